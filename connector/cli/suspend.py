"""`mmd suspend`: nothing is delivered under a contract until we lift it, told with a signed notice."""

from typing import Annotated

from typer import Argument, Option

from connector.cli.choose import contract_called
from connector.cli.session import Session


def command(
    session: Session,
    contract: Annotated[str, Argument(metavar="CONTRACT", help="cli.contracts.contract")],
    reason: Annotated[str | None, Option("--reason", metavar="TEXT", help="cli.suspend.reason")] = None,
) -> int | None:
    if not reason:
        reason = session.screen.ask(session.say("withdraw.ask_reason")) if session.screen.interactive else None
        if not reason:
            raise session.usage("no_reason")
    with session.client() as client:
        found = client.suspend(str(contract_called(session, client, contract)["id"]), reason)
    session.screen.result(found)
    session.screen.line(session.say("suspend.done", contract=found.get("id")), "green")
    return None
