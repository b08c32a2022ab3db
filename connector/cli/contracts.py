"""`mmd contracts`: the contracts that we have, or one of them in full."""

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from connector.cli.choose import contract_called, words
from connector.cli.clauses import show_clauses
from connector.cli.delete import show_deletion
from connector.cli.negotiate import problem_text
from connector.cli.screen import size_text
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json

PAGE, MOST = 100, 1000
"""How many are listed at once: usually, and at the most."""
DELIVERY = ("startedAt", "state", "bytes", "purpose", "id")
_WITHDRAWN = {"at": "withdrawnAt", "by": "withdrawnBy", "reason": "withdrawnReason"}
NOTICE = ("at", "kind", "author", "number", "digest")
"""What is shown of a delivery and of a notice, where the connector tells it."""


def command(
    session: Session,
    contract: Annotated[str | None, Argument(metavar="CONTRACT", help="cli.contracts.contract")] = None,
    negotiations: Annotated[bool, Option("--negotiations", help="cli.contracts.negotiations")] = False,
    after: Annotated[str | None, Option("--after", metavar="ID", help="cli.contracts.after")] = None,
    limit: Annotated[int, Option("--limit", metavar="N", help="cli.contracts.limit")] = PAGE,
) -> int | None:
    if not 1 <= limit <= MOST:
        raise session.usage("not_a_limit", most=MOST)
    with session.client() as client:
        if negotiations:
            begun = client.negotiations(after=after, limit=limit)
            _show_negotiations(session, begun)
            _say_more(session, begun, limit, "mmd contracts --negotiations")
            return None
        if contract is None:
            held = client.contracts(after=after, limit=limit)
            _show_all(session, held)
            _say_more(session, held, limit, "mmd contracts")
            return None
        found = client.contract(str(contract_called(session, client, contract)["id"]))
    session.screen.result(found)
    show_contract(session, found)
    return None


def _say_more(session: Session, page: list["Json"], limit: int, command: str) -> None:
    """A full page is perhaps not the last one."""
    if len(page) == limit:
        session.screen.note(session.say("contracts.more", command=f"{command} --after {page[-1].get('id')}"))


def show_contract(session: Session, found: "Json") -> None:
    """One contract, as a person reads it."""
    title = words(found.get("title"), session.lang) or str(found.get("dataset", ""))
    session.screen.line(title, "bold")
    if found.get("laboratory"):
        session.screen.line(session.say("contracts.laboratory"), "yellow")
    if found.get("state") == "one-sided":
        session.screen.line(session.say("contracts.one_sided"), "yellow")
        session.screen.note(session.say("contracts.takes_no_notices"))
    _say_what_stops_it(session, found)
    other = " ".join(str(found[key]) for key in ("counterpartyName", "counterparty") if found.get(key))
    confirmed = "contracts.confirmed" if found.get("confirmed") else "contracts.not_confirmed"
    facts = [
        ("id", found.get("id")),
        ("state", f"{state_text(session, found)}, {session.say(confirmed)}"),
        ("role", _role(session, found)),
        ("with", other),
        ("dataset", found.get("dataset")),
        ("signed", found.get("signedAt")),
        ("until", found.get("until")),
        ("uses", _uses(found)),
        ("approved", ", ".join(str(one.get("person")) for one in found.get("approvedBy") or [])),
        ("digest", found.get("digest")),
        ("log", found.get("logIndex")),
        ("problem", problem_text(found.get("problem"), session.lang) or None),
    ]
    session.screen.facts([(session.say(f"contracts.fact_{name}"), value) for name, value in facts])
    _show_witnesses(session, found.get("witnesses") or [])
    show_clauses(session, found.get("clauses", []))
    show_deletion(session, found)
    for heading, members in (("deliveries", DELIVERY), ("notices", NOTICE)):
        rows = [[_cell(item, name) for name in members] for item in found.get(heading) or []]
        if rows:
            session.screen.line(session.say(f"contracts.{heading}"), "bold")
            session.screen.table([""] * len(members), rows)


def _say_what_stops_it(session: Session, found: "Json") -> None:
    """Why nothing flows, or will not any more; and that what was used before stays lawful."""
    for by, said in (found.get("suspendedBy") or {}).items():
        session.screen.line(
            session.say("contracts.suspended_by", by=by, at=said["at"], reason=said["reason"]), "yellow"
        )
    held = found.get("held")
    if held:
        session.screen.line(session.say(f"contracts.held_{held['why']}", since=held["since"]), "yellow")
    restored = found.get("restored")
    if restored:
        session.screen.line(session.say("contracts.restored", by=restored["by"], at=restored["at"]), "yellow")
    ending = found.get("ending") or {}
    if found.get("state") == "ending":
        session.screen.line(
            session.say("contracts.ends_on", at=ending["at"], by=ending["by"], reason=ending["reason"]), "yellow"
        )
    if found.get("state") == "withdrawn":
        why = {name: found.get(key) or "-" for name, key in _WITHDRAWN.items()}
        session.screen.line(session.say("contracts.withdrawn_by", **why), "yellow")
    if found.get("state") in ("ending", "withdrawn", "ended"):
        session.screen.note(session.say("withdraw.stays_lawful"))


def _show_witnesses(session: Session, witnesses: list["Json"]) -> None:
    """Who has cosigned our log since this contract was in it."""
    if not witnesses:
        return
    session.screen.line(session.say("contracts.witnesses"), "bold")
    rows = [
        [
            session.say(f"contracts.witness_{item['role']}"),
            str(item["did"]),
            str(item["cosignedAt"] or session.say(f"contracts.witness_{'late' if item['late'] else 'missing'}")),
        ]
        for item in witnesses
    ]
    session.screen.table([""] * 3, rows)


def _cell(item: "Json", name: str) -> str:
    return size_text(item.get(name)) if name == "bytes" else str(item.get(name) or "")


def _show_all(session: Session, found: list["Json"]) -> None:
    session.screen.result({"contracts": found})
    if not found:
        session.screen.note(session.say("contracts.none"))
        return
    columns = ("contract", "state", "role", "with", "title", "uses", "until")
    rows = [
        [
            item.get("id", ""),
            state_text(session, item),
            _role(session, item),
            item.get("counterpartyName") or item.get("counterparty", ""),
            words(item.get("title"), session.lang) or item.get("dataset", ""),
            _uses(item),
            str(item.get("until") or "")[:10],
        ]
        for item in found
    ]
    session.screen.table([session.say(f"contracts.column_{name}") for name in columns], rows)
    _say_problems(session, found)


def _say_problems(session: Session, found: list["Json"]) -> None:
    """What is wrong with those listed, or what they wait for, below the table."""
    for item in found:
        problem = problem_text(item.get("problem"), session.lang)
        if problem:
            session.screen.note(session.say("contracts.problem_of", id=item.get("id"), problem=problem), "yellow")


def _show_negotiations(session: Session, found: list["Json"]) -> None:
    session.screen.result({"negotiations": found})
    columns = ("negotiation", "state", "role", "with", "dataset", "contract")
    names = ("id", "state", "role", "counterparty", "dataset", "agreementId")
    rows = [[_cell_of(session, item, name) for name in names] for item in found]
    session.screen.table([session.say(f"contracts.column_{name}") for name in columns], rows)
    _say_problems(session, found)


def _cell_of(session: Session, item: "Json", name: str) -> str:
    text = str(item.get(name) or "")
    return f"{text} {session.say('contracts.your_turn')}" if name == "state" and item.get("waitsForUs") else text


def state_text(session: Session, item: "Json") -> str:
    """The state of a contract in words."""
    state = str(item.get("state"))
    known = {"signed", "complete", "withdrawn", "terminated", "one-sided", "ended", "ending", "suspended", "held"}
    return session.say(f"contracts.state_{state}") if state in known else state


def _role(session: Session, item: "Json") -> str:
    role = str(item.get("role", "")).lower()
    return session.say(f"role.{role}") if role in {"consumer", "provider"} else role


def _uses(item: "Json") -> str:
    if item.get("usesAllowed") is None:
        return str(item.get("usesReserved") or "")
    return f"{item.get('usesReserved') or 0}/{item['usesAllowed']}"
