"""`mmd rotate-key`: put a new key in the place of one of the three; of the old one what it signed stays valid."""

from enum import StrEnum
from typing import Annotated

from typer import Argument, Option

from connector.cli.moments import moment
from connector.cli.screen import YES
from connector.cli.session import Session


class KeyUse(StrEnum):
    """What the key signs."""

    TOKEN = "token"  # noqa: S105 - the name of a key
    CONTRACT = "contract"
    LOG = "log"


def command(
    session: Session,
    use: Annotated[KeyUse, Argument(metavar="KEY", help="cli.rotate_key.use")],
    since: Annotated[str | None, Option("--compromised-since", metavar="TIME", help="cli.rotate_key.since")] = None,
    yes: Annotated[bool, Option("--yes", "-y", help="cli.withdraw.yes")] = False,
) -> int | None:
    lost = moment(session, "--compromised-since", since, end_of_day=False)
    sure = yes or lost is None or not session.screen.interactive
    if not sure:
        answer = session.screen.ask(session.say("rotate_key.sure", use=use.value, since=lost or ""), "n")
        if answer.casefold() not in YES:
            raise session.error("not_rotated")
    with session.client() as client:
        found = client.rotate_key(use.value, lost)
    session.screen.result(found)
    for key in found["keys"]:
        if key["use"] == use.value:
            word = key["state"].replace(" ", "_")
            state = session.say(f"rotate_key.state_{word}")
            session.screen.line(session.say("rotate_key.key", id=key["id"], state=state))
    waiting = [key for key in found["keys"] if key["use"] == use.value and key["state"] == "announced"]
    if found["problem"]:
        session.screen.note(session.say("rotate_key.problem", why=found["problem"]))
    elif waiting:
        session.screen.note(session.say("rotate_key.waiting", id=waiting[0]["id"], at=waiting[0]["usableFrom"]))
    return None
