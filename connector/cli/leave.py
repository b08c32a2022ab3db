"""`mmd leave`: leave the data space; contracts and evidence stay."""

from typing import Annotated

from typer import Option

from connector.cli.screen import YES
from connector.cli.session import Session


def command(
    session: Session, *, yes: Annotated[bool, Option("--yes", "-y", help="cli.withdraw.yes")] = False
) -> int | None:
    if (
        not yes
        and session.screen.interactive
        and session.screen.ask(session.say("leave.sure"), "n").casefold() not in YES
    ):
        raise session.error("not_left")
    with session.client() as client:
        done = client.leave()
    session.screen.result(done)
    session.screen.line(session.say("leave.ended", datasets=done["withdrawn"], negotiations=done["negotiationsEnded"]))
    for authority in done["left"]:
        session.screen.line(session.say("leave.done", authority=authority), "green")
    for authority, why in done["waiting"].items():
        session.screen.note(session.say("leave.waiting", authority=authority, why=why))
    return 1 if done["waiting"] else None
