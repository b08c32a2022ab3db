"""`mmd revoke`: as an authority, take back a membership for good."""

from typing import Annotated

from typer import Argument, Option

from connector.cli.screen import YES
from connector.cli.session import Session


def command(
    session: Session,
    did: Annotated[str, Argument(metavar="DID", help="cli.revoke.did")],
    reason: Annotated[str | None, Option("--reason", metavar="TEXT", help="cli.revoke.reason")] = None,
    yes: Annotated[bool, Option("--yes", "-y", help="cli.withdraw.yes")] = False,
) -> int | None:
    with session.client() as client:
        # The whole DID: nobody is shut out by a slip of the hand.
        member = next((item for item in client.members() if item.get("did") == did), None)
        if member is None:
            raise session.error("no_such_member", wanted=did)
        if not reason:
            reason = session.screen.ask(session.say("revoke.ask_reason")) if session.screen.interactive else None
            if not reason:
                raise session.usage("no_reason")
        if not yes and session.screen.interactive:
            question = session.say("revoke.sure", name=member.get("name", ""), did=did)
            if session.screen.ask(question, "n").casefold() not in YES:
                raise session.error("not_revoked")
        done = client.revoke(did, reason)
    session.screen.result(done)
    session.screen.line(session.say("revoke.done", did=done["did"]), "green")
    return None
