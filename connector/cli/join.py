"""`mmd join`: ask an authority for a membership over the line, and see what became of it."""

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from connector.cli.failures import CommandError
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json

PATIENCE = 120
"""Seconds to wait for the authority with `--wait`."""


def command(
    session: Session,
    authority: Annotated[str | None, Argument(metavar="DID", help="cli.join.authority")] = None,
    wait: Annotated[bool, Option("--wait", help="cli.join.wait")] = False,
    timeout: Annotated[int, Option("--timeout", metavar="SECONDS", help="cli.join.timeout")] = PATIENCE,
) -> int | None:
    if authority is None:
        return _show(session)
    with session.client() as client:
        # What waits for an answer is not asked for a second time; who waits is also shown what was answered meanwhile.
        earlier = [one for one in client.joining() if one["issuer"] == authority]
        told = {"RECEIVED", "ISSUED"} if wait else {"RECEIVED"}
        view = earlier[-1] if earlier and earlier[-1]["state"] in told else client.join(authority)
        with session.screen.waiting(session.say("join.waiting", authority=authority)):
            view = client.follow_join(str(view["id"]), timeout=timeout if wait else 0)
    session.screen.result(view)
    if view["state"] == "REJECTED":
        sentence = session.say("error.not_admitted", authority=authority, reason=_reason(session, view))
        raise CommandError(sentence, facts={"request": view})
    text = session.say(f"join.state_{str(view['state']).lower()}", authority=authority)
    session.screen.line(text, "green" if view["state"] == "ISSUED" else "")
    return None


def _show(session: Session) -> int | None:
    with session.client() as client:
        found = client.joining()
    session.screen.result({"requests": found})
    columns = [session.say(f"join.column_{name}") for name in ("at", "authority", "state", "reason")]
    rows = [
        [
            str(one["createdAt"]),
            str(one["issuer"]),
            session.say(f"join.word_{str(one['state']).lower()}"),
            one["reason"] or "",
        ]
        for one in found
    ]
    session.screen.table(columns, rows)
    if not found:
        session.screen.note(session.say("join.none"))
    return None


def _reason(session: Session, view: "Json") -> str:
    return str(view.get("reason") or session.say("join.no_reason"))
