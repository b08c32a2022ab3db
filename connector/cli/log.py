"""`mmd log`: the connector's own log: its size, its root, its signed checkpoint; and who did what."""

from typing import Annotated

from typer import Option

from connector.cli.session import Session


def command(session: Session, acts: Annotated[bool, Option("--acts", help="cli.log.acts")] = False) -> int | None:
    with session.client() as client:
        if acts:
            done = client.acts()
            session.screen.result({"acts": done})
            names = ("at", "name", "role", "act", "object")
            session.screen.table(
                [session.say(f"log.column_{name}") for name in names],
                [[item.get(name) or "" for name in names] for item in done],
            )
            return None
        found = client.log()
    session.screen.result(found)
    session.screen.facts([(session.say(f"log.{name}"), found.get(name)) for name in ("origin", "size", "root")])
    session.screen.line(found.get("checkpoint") or "")
    return None
