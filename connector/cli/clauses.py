"""Clauses on the screen: what each says, and who keeps it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from connector.cli.choose import clause_text
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json


def show_clauses(session: Session, clauses: Iterable["Json"]) -> None:
    """One line for each clause, its keeper in brackets."""
    for clause in clauses:
        session.screen.line(f"  • {clause_text(clause, session.lang)}  [{keeper(session, clause.get('enforcer'))}]")


def show_offers(session: Session, offers: Iterable["Json"]) -> None:
    """Each offer with its clauses."""
    for offer in offers:
        session.screen.line(session.say("offer.title", offer=offer.get("id", "")))
        if offer.get("problem"):
            sentence = session.say("offer.problem", problem=offer["problem"])
            session.screen.line(f"  {sentence}", "yellow")
        show_clauses(session, offer.get("clauses", []))


def keeper(session: Session, enforcer: Any) -> str:
    """Who keeps a clause: E the provider's connector, C the other connector, P a promise on paper."""
    return session.say(f"keeper.{enforcer}") if enforcer in {"E", "C", "P"} else str(enforcer or "?")
