"""`mmd delete`: delete what was received under a contract, and certify it with a signed notice."""

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from connector.cli.choose import contract_called
from connector.cli.screen import YES
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json


def command(
    session: Session,
    contract: Annotated[str, Argument(metavar="CONTRACT", help="cli.contracts.contract")],
    statement: Annotated[str | None, Option("--statement", metavar="TEXT", help="cli.delete.statement")] = None,
    yes: Annotated[bool, Option("--yes", "-y", help="cli.withdraw.yes")] = False,
) -> int | None:
    with session.client() as client:
        found = contract_called(session, client, contract)
        if not statement:
            statement = session.screen.ask(session.say("delete.ask_statement")) if session.screen.interactive else None
            if not statement:
                raise session.usage("no_statement")
        if session.screen.interactive and not yes:
            count = sum(d.get("state") == "complete" and not d.get("deletedAt") for d in found.get("deliveries") or [])
            question = session.say("delete.sure", count=count, contract=found["id"])
            if session.screen.ask(question, "n").casefold() not in YES:
                raise session.error("not_deleted")
        done = client.delete(str(found["id"]), statement)
    session.screen.result(done)
    show_deletion(session, done)
    return None


def show_deletion(session: Session, contract: "Json") -> None:
    """How far the deletion under a contract is; nothing before anything was certified."""
    deletion = contract.get("deletion")
    if not deletion:
        return
    count, missing = len(deletion["deleted"]), deletion["missing"]
    session.screen.line(session.say("delete.certified", count=count), "green")
    if missing:
        names = ", ".join(str(name) for name in missing[:5])
        session.screen.line(session.say("delete.incomplete", count=len(missing), names=names), "yellow")
    key = "delete.acknowledged" if deletion["acknowledged"] else "delete.not_acknowledged"
    session.screen.note(session.say(key))
