"""`mmd transfers`: the transfers of both roles, or one of them with what was said in it."""

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from connector.cli.choose import contract_called, transfer_called
from connector.cli.contracts import MOST, PAGE
from connector.cli.negotiate import problem_text
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json

_WAY = {"HttpData-PULL": "pull", "HttpData-PUSH": "push"}
_FACTS = ("id", "state", "role", "with", "contract", "way", "suspended", "begun", "changed", "problem")
_SAID = ("at", "by", "message")


def command(
    session: Session,
    transfer: Annotated[str | None, Argument(metavar="TRANSFER", help="cli.transfers.transfer")] = None,
    contract: Annotated[str | None, Option("--contract", metavar="CONTRACT", help="cli.transfers.of_contract")] = None,
    after: Annotated[str | None, Option("--after", metavar="ID", help="cli.contracts.after")] = None,
    limit: Annotated[int, Option("--limit", metavar="N", help="cli.contracts.limit")] = PAGE,
) -> int | None:
    if not 1 <= limit <= MOST:
        raise session.usage("not_a_limit", most=MOST)
    with session.client() as client:
        if transfer is not None:
            _show_one(session, client.transfer(str(transfer_called(session, client, transfer)["id"])))
            return None
        under = None if contract is None else str(contract_called(session, client, contract)["id"])
        found = client.transfers(after=after, limit=limit, contract=under)
    _show_all(session, found)
    if len(found) == limit:
        again = f"mmd transfers{'' if under is None else f' --contract {under}'} --after {found[-1].get('id')}"
        session.screen.note(session.say("contracts.more", command=again))
    return None


def _show_all(session: Session, found: list["Json"]) -> None:
    session.screen.result({"transfers": found})
    if not found:
        session.screen.note(session.say("transfers.none"))
        return
    columns = ("transfer", "state", "role", "with", "way", "changed")
    rows = [
        [
            str(item.get("id", "")),
            _state(session, item),
            _role(session, item.get("role")),
            str(item.get("counterparty", "")),
            _way(session, item),
            str(item.get("updatedAt") or "")[:19],
        ]
        for item in found
    ]
    session.screen.table([session.say(f"transfers.column_{name}") for name in columns], rows)
    for item in found:
        problem = problem_text(item.get("problem"), session.lang)
        if problem:
            session.screen.note(session.say("contracts.problem_of", id=item.get("id"), problem=problem), "yellow")


def _show_one(session: Session, item: "Json") -> None:
    session.screen.result(item)
    facts = {
        "id": item.get("id"),
        "state": _state(session, item),
        "role": _role(session, item.get("role")),
        "with": item.get("counterparty"),
        "contract": item.get("contract"),
        "way": _way(session, item),
        "suspended": _role(session, item.get("suspendedBy")) or None,
        "begun": item.get("createdAt"),
        "changed": item.get("updatedAt"),
        "problem": problem_text(item.get("problem"), session.lang) or None,
    }
    session.screen.facts([(session.say(f"transfers.fact_{name}"), facts[name]) for name in _FACTS])
    said = item.get("history") or []
    if said:
        session.screen.line(session.say("transfers.said"), "bold")
        rows = [[str(m.get("at", "")), _role(session, m.get("by")), str(m.get("message", ""))] for m in said]
        session.screen.table([""] * len(_SAID), rows)


def _state(session: Session, item: "Json") -> str:
    """As the standard names it, and whether something of ours has not been taken yet."""
    state = str(item.get("state", ""))
    if not item.get("pending"):
        return state
    return state + " " + session.say("transfers.pending")


def _role(session: Session, role: object) -> str:
    return session.say(f"role.{role}") if role in {"consumer", "provider"} else str(role or "")


def _way(session: Session, item: "Json") -> str:
    name = str(item.get("format", ""))
    return session.say(f"transfers.way_{_WAY[name]}") if name in _WAY else name
