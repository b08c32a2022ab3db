"""`mmd resume`: lift our suspension of a contract."""

from typing import Annotated

from typer import Argument

from connector.cli.choose import contract_called
from connector.cli.session import Session


def command(
    session: Session,
    contract: Annotated[str, Argument(metavar="CONTRACT", help="cli.contracts.contract")],
) -> int | None:
    with session.client() as client:
        found = client.resume(str(contract_called(session, client, contract)["id"]))
    session.screen.result(found)
    key = "resume.still" if found.get("suspendedBy") else "resume.done"
    session.screen.line(session.say(key, contract=found.get("id"), with_=found.get("counterparty")), "green")
    return None
