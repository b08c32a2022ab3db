"""`mmd withdraw`: end a contract with a signed notice, or take a data set out of the catalog."""

from typing import Annotated

from typer import Argument, Option

from connector.cli.choose import contracts_called, matches, one_of
from connector.cli.screen import YES
from connector.cli.session import Session


def command(
    session: Session,
    what: Annotated[str, Argument(metavar="CONTRACT|DATASET", help="cli.withdraw.what")],
    reason: Annotated[str | None, Option("--reason", metavar="TEXT", help="cli.withdraw.reason")] = None,
    yes: Annotated[bool, Option("--yes", "-y", help="cli.withdraw.yes")] = False,
) -> int | None:
    with session.client() as client:
        contracts = [{**item, "kind": "contract"} for item in contracts_called(client, what)]
        datasets = [{**item, "kind": "dataset"} for item in client.datasets()]
        candidates = [item for item in [*contracts, *datasets] if matches(str(item.get("id", "")), what)]
        found = one_of(session, candidates, what, key="id", kind="contract_or_dataset")
        if found["kind"] == "contract" and not reason:
            reason = session.screen.ask(session.say("withdraw.ask_reason")) if session.screen.interactive else None
            if not reason:
                raise session.usage("no_reason")
        _make_sure(session, found, yes=yes)
        if found["kind"] == "dataset":
            client.withdraw_dataset(str(found["id"]))
            session.screen.result({"dataset": found["id"], "withdrawn": True})
            session.screen.line(session.say("withdraw.dataset_done", dataset=found["id"]), "green")
        else:
            session.screen.result(client.withdraw(str(found["id"]), str(reason)))
            session.screen.line(session.say("withdraw.contract_done", contract=found["id"]), "green")
    return None


def _make_sure(session: Session, found: dict[str, object], *, yes: bool) -> None:
    if yes or not session.screen.interactive:
        return
    question = session.say(f"withdraw.sure_{found['kind']}", what=found["id"])
    if session.screen.ask(question, "n").casefold() not in YES:
        raise session.error("not_withdrawn")
