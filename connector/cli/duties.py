"""`mmd duties`: what is owed under our contracts, by whom and until when; and the word that something is done."""

from typing import TYPE_CHECKING, Annotated, Final

from typer import Argument, Option

from connector.cli.choose import contract_called, matches, one_of, words
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json, ManagementClient

_FULFIL: Final = "fulfil"
_STATES: Final = frozenset({"open", "standing", "fulfilled", "overdue"})


def command(
    session: Session,
    *,
    what: Annotated[str | None, Argument(metavar="[fulfil]", help="cli.duties.what")] = None,
    duty: Annotated[str | None, Argument(metavar="ID", help="cli.duties.duty")] = None,
    contract: Annotated[str | None, Option("--contract", metavar="CONTRACT", help="cli.duties.contract")] = None,
    statement: Annotated[str | None, Option("--statement", metavar="TEXT", help="cli.duties.statement")] = None,
) -> int | None:
    if what not in (None, _FULFIL) or (what == _FULFIL) is not (duty is not None):
        raise session.usage("duties_what")
    with session.client() as client:
        if duty is not None:
            found = _called(
                session, client.duties() if "#" not in duty else _of_its_contract(session, client, duty), duty
            )
            if not statement:
                asked = session.say("duties.ask_statement")
                statement = session.screen.ask(asked) if session.screen.interactive else None
                if not statement:
                    raise session.usage("no_duty_statement")
            done = client.fulfil_duty(str(found["id"]), statement)
            session.screen.result(done)
            session.screen.line(session.say("duties.done", duty=done["id"]), "green")
            return None
        named = str(contract_called(session, client, contract)["id"]) if contract is not None else None
        listed = client.duties(named)
    session.screen.result({"duties": listed})
    _show(session, listed)
    return None


def _of_its_contract(session: Session, client: "ManagementClient", duty: str) -> list["Json"]:
    contract = contract_called(session, client, duty.partition("#")[0])
    return client.duties(str(contract["id"]))


def _called(session: Session, duties: list["Json"], wanted: str) -> "Json":
    held = [item for item in duties if matches(str(item.get("id", "")), wanted) or _is_short_for(item, wanted)]
    exact = [item for item in held if _is_exact(item, wanted)]
    return one_of(session, [{**item, "wanted": wanted} for item in exact or held], wanted, key="wanted", kind="duty")


def _is_short_for(duty: "Json", wanted: str) -> bool:
    contract, _, turn = wanted.partition("#")
    return (
        bool(turn) and matches(str(duty.get("contract", "")), contract) and str(duty.get("duty", "")).startswith(turn)
    )


def _is_exact(duty: "Json", wanted: str) -> bool:
    return str(duty.get("duty")) == wanted.partition("#")[2]


def _show(session: Session, duties: list["Json"]) -> None:
    if not duties:
        session.screen.note(session.say("duties.none"))
        return
    columns = ("due", "state", "who", "what", "with", "duty")
    rows = [
        [
            str(item.get("due") or "-")[:16],
            _state(session, str(item.get("state"))),
            session.say("duties.ours" if item.get("ours") else "duties.theirs"),
            _what(session, item),
            str(item.get("counterpartyName") or item.get("counterparty") or ""),
            str(item.get("id")),
        ]
        for item in duties
    ]
    session.screen.table([session.say(f"duties.column_{name}") for name in columns], rows)
    late = sum(item.get("state") == "overdue" for item in duties)
    if late:
        session.screen.note(session.say("duties.overdue", count=late), "yellow")


def _what(session: Session, duty: "Json") -> str:
    name = words(duty.get("name"), session.lang) or str(duty.get("action", ""))
    facts = duty.get("facts") or {}
    amount = " ".join(str(facts[key]) for key in ("payAmount", "currency") if facts.get(key))
    return f"{name} {amount}".strip()


def _state(session: Session, state: str) -> str:
    return session.say(f"duties.state_{state}") if state in _STATES else state
