"""`mmd withdraw`: end a contract with a signed notice, or take a data set out of the catalog."""

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from connector.cli.choose import contracts_called, matches, one_of, words
from connector.cli.contracts import MOST
from connector.cli.screen import YES
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json, ManagementClient

_SIDES = frozenset({"consumer", "provider", "both"})
_OVER = frozenset({"withdrawn", "terminated", "ended"})


def command(
    session: Session,
    what: Annotated[str, Argument(metavar="CONTRACT|DATASET", help="cli.withdraw.what")],
    reason: Annotated[str | None, Option("--reason", metavar="TEXT", help="cli.withdraw.reason")] = None,
    effective: Annotated[str | None, Option("--effective", metavar="TIME", help="cli.withdraw.effective")] = None,
    dry_run: Annotated[bool, Option("--dry-run", help="cli.withdraw.dry_run")] = False,
    yes: Annotated[bool, Option("--yes", "-y", help="cli.withdraw.yes")] = False,
) -> int | None:
    with session.client() as client:
        contracts = [{**item, "kind": "contract"} for item in contracts_called(client, what)]
        datasets = [{**item, "kind": "dataset"} for item in client.datasets()]
        candidates = [item for item in [*contracts, *datasets] if matches(str(item.get("id", "")), what)]
        found = one_of(session, candidates, what, key="id", kind="contract_or_dataset")
        if dry_run:
            _show_hits(session, client, found)
            return None
        if found["kind"] == "contract" and not reason:
            reason = session.screen.ask(session.say("withdraw.ask_reason")) if session.screen.interactive else None
            if not reason:
                raise session.usage("no_reason")
        _make_sure(session, client, found, yes=yes)
        if found["kind"] == "dataset":
            client.withdraw_dataset(str(found["id"]))
            session.screen.result({"dataset": found["id"], "withdrawn": True})
            session.screen.line(session.say("withdraw.dataset_done", dataset=found["id"]), "green")
        else:
            _say_done(session, client.withdraw(str(found["id"]), str(reason), effective=effective))
    return None


def _say_done(session: Session, contract: "Json") -> None:
    session.screen.result(contract)
    ending = contract.get("ending") or {}
    if contract.get("state") == "withdrawn" or not ending:
        session.screen.line(session.say("withdraw.contract_done", contract=contract.get("id")), "green")
    else:
        done = session.say("withdraw.contract_ends", contract=contract.get("id"), at=ending.get("at"))
        session.screen.line(done, "green")
    session.screen.note(session.say("withdraw.stays_lawful"))


def _show_hits(session: Session, client: "ManagementClient", found: "Json") -> None:
    """What a withdrawal would do; nothing is done."""
    if found["kind"] == "contract":
        hits = [client.withdrawal(str(found["id"]))]
        session.screen.result({"contracts": hits})
        _show_hit(session, hits[0])
        session.screen.note(session.say("withdraw.stays_lawful"))
        return
    standing = [c for c in client.contracts(dataset=str(found["id"]), limit=MOST) if c.get("state") not in _OVER]
    session.screen.result({"dataset": found["id"], "contracts": [c.get("id") for c in standing]})
    session.screen.line(session.say("withdraw.dataset_leaves", count=len(standing)))
    rows = [[str(c.get("id")), str(c.get("counterpartyName") or c.get("counterparty"))] for c in standing]
    session.screen.table([session.say(f"contracts.column_{name}") for name in ("contract", "with")], rows)


def _show_hit(session: Session, hit: "Json") -> None:
    title = words(hit.get("title"), session.lang) or str(hit.get("dataset", ""))
    session.screen.line(session.say("withdraw.would", title=title), "bold")
    told = session.say("withdraw.told_notice" if hit.get("toldBy") == "notice" else "withdraw.told_termination")
    facts = [
        ("with", " ".join(str(hit[name]) for name in ("counterpartyName", "counterparty") if hit.get(name))),
        ("effective", hit.get("effective")),
        ("told", told),
        ("transfers", len(hit.get("transfers") or [])),
        ("deliveries", len(hit.get("deliveries") or [])),
    ]
    session.screen.facts([(session.say(f"withdraw.fact_{name}"), value) for name, value in facts])
    for duty in hit.get("duties") or []:
        what = words(duty.get("name"), session.lang) or duty.get("action")
        by = session.say(f"withdraw.by_{duty['owedBy']}") if duty.get("owedBy") in _SIDES else str(duty.get("owedBy"))
        said = session.say("withdraw.owed", due=duty.get("due"), action=what, by=by)
        session.screen.line(said)


def _make_sure(session: Session, client: "ManagementClient", found: "Json", *, yes: bool) -> None:
    if yes or not session.screen.interactive:
        return
    if found["kind"] == "contract":
        _show_hit(session, client.withdrawal(str(found["id"])))
    question = session.say(f"withdraw.sure_{found['kind']}", what=found["id"])
    if session.screen.ask(question, "n").casefold() not in YES:
        raise session.error("not_withdrawn")
