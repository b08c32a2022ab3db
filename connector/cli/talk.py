"""A negotiation on the screen, as people decide about it: what lies on the table, what it changes, who has said yes."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from connector.cli.choose import clause_text, words
from connector.cli.clauses import keeper, show_clauses
from connector.cli.negotiate import problem_text
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json

_MINUTE: Final = 16
"""Letters of a time (2026-11-29T10:45) that say all that a person wants to know."""


def show_talk(session: Session, found: "Json") -> None:
    """The whole: what lies on the table, how it differs from our own word, what was said before, what can be done."""
    negotiation, waiting = found["negotiation"], found.get("waiting")
    _show_head(session, found)
    offers = found.get("offers") or []
    if offers:
        session.screen.line(session.say("talk.table", by=session.say(f"role.{offers[-1].get('by')}")), "bold")
        if offers[-1].get("problem"):
            session.screen.line(f"  {session.say('offer.problem', problem=offers[-1]['problem'])}", "yellow")
        show_clauses(session, offers[-1].get("clauses", []))
    if found.get("fromOurWord"):
        session.screen.line(session.say("talk.from_our_word"), "bold")
        show_changes(session, found["fromOurWord"])
    _show_yes(session, found)
    _show_before(session, offers[:-1])
    _show_acts(session, found.get("acts") or [])
    if waiting is not None:
        session.screen.line(session.say("talk.next", negotiation=negotiation.get("id")), "bold")


def show_changes(session: Session, changes: Iterable["Json"]) -> None:
    """Each changed clause: what was, what is asked, whom it favours."""
    for change in changes:
        clause = change.get("asked") or change.get("was") or {}
        kept = f"  [{keeper(session, clause['enforcer'])}]" if clause.get("enforcer") else ""
        session.screen.line(f"  • {clause_text(change, session.lang)}{kept}", _COLOURS.get(str(change.get("favours"))))


def minute(text: object) -> str:
    """A time as people read it, in UTC."""
    return str(text or "")[:_MINUTE].replace("T", " ")


_COLOURS: Final = {"neither": "yellow"}


def _show_head(session: Session, found: "Json") -> None:
    negotiation, waiting = found["negotiation"], found.get("waiting") or {}
    session.screen.line(words(waiting.get("summary"), session.lang) or words(found.get("title"), session.lang), "bold")
    facts = [
        ("id", negotiation.get("id")),
        ("state", negotiation.get("state")),
        ("role", session.say(f"role.{negotiation.get('role')}")),
        ("with", f"{found.get('counterpartyName')} {negotiation.get('counterparty')}"),
        ("dataset", negotiation.get("dataset")),
        ("since", minute(waiting.get("since"))),
        ("until", minute(waiting.get("until"))),
        ("rule", waiting.get("rule")),
        ("contract", negotiation.get("contract")),
        ("problem", problem_text(negotiation.get("problem"), session.lang)),
    ]
    session.screen.facts([(session.say(f"talk.fact_{name}"), value) for name, value in facts])


def _show_yes(session: Session, found: "Json") -> None:
    """Who has said yes to what lies on the table, and whether another one has to."""
    for one in found.get("approvals") or []:
        what = session.say(f"talk.yes_{str(one.get('act')).replace('-', '_')}")
        session.screen.line(
            session.say("talk.yes", person=one.get("person"), at=minute(one.get("at")), what=what), "green"
        )
    rules = found.get("secondPerson") or []
    if rules and found.get("waiting") is not None:
        session.screen.line(session.say("talk.two_people", rules=", ".join(rules)), "yellow")


def _show_before(session: Session, offers: list["Json"]) -> None:
    if not offers:
        return
    session.screen.line(session.say("talk.before"), "bold")
    for offer in offers:
        by = session.say(f"role.{offer.get('by')}")
        when = minute(offer.get("at")) or session.say("talk.catalog")
        changes = offer.get("changes")
        said = "talk.same" if changes == [] else "talk.began" if changes is None else "talk.changed"
        session.screen.line(session.say(said, at=when, by=by))
        show_changes(session, changes or [])


def _show_acts(session: Session, acts: list["Json"]) -> None:
    if acts:
        session.screen.line(session.say("talk.acts"), "bold")
        rows = [[minute(act.get("at")), act.get("person") or act.get("name"), _act(session, act)] for act in acts]
        session.screen.table([""] * 3, rows)


def _act(session: Session, act: "Json") -> str:
    name = str(act.get("act"))
    return session.say(f"talk.act.{name}") if name in _ACTS else name


_ACTS: Final = frozenset(
    {
        "waits-for-people", "accept-offer", "make-offer", "terminate-negotiation", "negotiate", "offer",
        "agree", "accept", "refuse",
    }
)  # fmt: skip
