"""`mmd refuse`: end a negotiation with a reason that the other side reads."""

from typing import Annotated

from typer import Argument, Option

from connector.cli.choose import negotiation_called
from connector.cli.session import Session


def command(
    session: Session,
    *,
    negotiation: Annotated[str, Argument(metavar="NEGOTIATION", help="cli.approve.negotiation")],
    reason: Annotated[str | None, Option("--reason", metavar="TEXT", help="cli.refuse.reason")] = None,
    code: Annotated[str, Option("--code", metavar="CODE", help="cli.refuse.code")] = "refused",
) -> int | None:
    if not reason:
        reason = session.screen.ask(session.say("refuse.ask_reason")) if session.screen.interactive else None
    if not reason:
        raise session.usage("no_reason_to_refuse")
    with session.client() as client:
        pid = str(negotiation_called(session, client, negotiation)["id"])
        view = client.terminate_negotiation(pid, reason, code=code)
    session.screen.result(view)
    session.screen.line(session.say("refuse.done", negotiation=pid, reason=reason), "green")
    return None
