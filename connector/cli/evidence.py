"""`mmd evidence`: everything about a contract in one file that a stranger can verify offline."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from connector.cli.choose import contract_called
from connector.cli.delivery import check_target, whole_file
from connector.cli.screen import size_text
from connector.cli.session import Session


def command(
    session: Session,
    contract: Annotated[str, Argument(metavar="CONTRACT", help="cli.evidence.contract")],
    output: Annotated[Path, Option("--output", "-o", metavar="FILE", help="cli.evidence.output")],
) -> int | None:
    check_target(session, output)
    with session.client() as client:
        found = contract_called(session, client, contract)
        with session.screen.waiting(session.say("evidence.making")), whole_file(output) as file:
            size = client.evidence(str(found["id"]), file)
    session.screen.result({"contract": found["id"], "file": str(output), "bytes": size})
    session.screen.line(session.say("evidence.done", file=output, size=size_text(size)), "green")
    session.screen.note(session.say("evidence.next", file=output), "dim")
    return None
