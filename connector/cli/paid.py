"""`mmd paid`: a payment in advance is there, or was marked so by mistake."""

from typing import Annotated

from typer import Argument, Option

from connector.cli.choose import contract_called
from connector.cli.session import Session


def command(
    session: Session,
    contract: Annotated[str, Argument(metavar="CONTRACT", help="cli.paid.contract")],
    clear: Annotated[bool, Option("--clear", help="cli.paid.clear")] = False,
    note: Annotated[str | None, Option("--note", metavar="TEXT", help="cli.paid.note")] = None,
) -> int | None:
    with session.client() as client:
        found = contract_called(session, client, contract)
        done = client.mark_paid(str(found["id"]), received=not clear, note=note)
    session.screen.result(done)
    session.screen.line(session.say("paid.cleared" if clear else "paid.marked", contract=done["id"]), "green")
    return None
