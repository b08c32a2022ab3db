"""`mmd answer`: what the other side offers in a negotiation, and our answer to it: yes, no, or other terms."""

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from connector.cli.choose import negotiation_called
from connector.cli.clause_options import settle
from connector.cli.clauses import show_clauses
from connector.cli.negotiate import problem_text
from connector.cli.screen import YES
from connector.cli.session import Session
from connector.cli.terms import (
    AnyPurpose,
    Blanks,
    Bundle,
    Clauses,
    Count,
    NotBefore,
    Prohibitions,
    Purposes,
    Recipients,
    Until,
    Without,
    given_terms,
    none_given,
)

if TYPE_CHECKING:
    from connector.client import Json

SETTLES_WITHIN = 15
"""Seconds to look what the other side makes of our yes; it may take longer, and then goes on without us."""


def command(
    session: Session,
    *,
    negotiation: Annotated[str, Argument(metavar="NEGOTIATION", help="cli.answer.negotiation")],
    accept: Annotated[bool, Option("--accept", help="cli.answer.accept")] = False,
    refuse: Annotated[str | None, Option("--refuse", metavar="TEXT", help="cli.answer.refuse")] = None,
    purpose: Purposes = None,
    any_purpose: AnyPurpose = False,
    until: Until = None,
    not_before: NotBefore = None,
    count: Count = None,
    recipient: Recipients = None,
    prohibit: Prohibitions = None,
    bundle: Bundle = None,
    clause: Clauses = None,
    set_: Blanks = None,
    without: Without = None,
) -> int | None:
    terms = given_terms(
        session,
        purpose=purpose,
        any_purpose=any_purpose,
        until=until,
        not_before=not_before,
        count=count,
        recipient=recipient,
        prohibit=prohibit,
        bundle=bundle,
        clause=clause,
        set_=set_,
        without=without,
    )
    counters = not none_given(terms)
    if accept + (refuse is not None) + counters > 1:
        raise session.usage("one_answer")
    if counters and terms.purpose_is_open:
        raise session.usage("no_purpose")
    with session.client() as client:
        found = negotiation_called(session, client, negotiation)
        pid = str(found["id"])
        if refuse is not None:
            found = client.terminate_negotiation(pid, refuse)
        elif counters:
            settle(session, client, terms)
            found = client.counter(pid, terms.to_json())
        elif accept or _says_yes(session, found):
            client.accept(pid)
            found = client.follow_negotiation(pid, timeout=SETTLES_WITHIN)
    session.screen.result(found)
    _show_end(session, found)
    return None


def _says_yes(session: Session, found: "Json") -> bool:
    """Show what is on the table, and ask a person, if one is there and it is our turn."""
    offer = found.get("offer") or {}
    session.screen.line(session.say("answer.table", by=session.say(f"role.{offer.get('by')}")), "bold")
    show_clauses(session, offer.get("clauses", []))
    if not found.get("waitsForUs") or not session.screen.interactive:
        return False
    return session.screen.ask(session.say("answer.sure"), "n").casefold() in YES


def _show_end(session: Session, found: "Json") -> None:
    state = str(found.get("state"))
    if state == "TERMINATED":
        reason = problem_text(found.get("problem"), session.lang) or "-"
        session.screen.line(session.say("answer.ended", negotiation=found.get("id"), reason=reason), "yellow")
    elif state == "FINALIZED":
        session.screen.line(session.say("negotiate.contract", contract=found.get("contract")), "green")
    else:
        key = "answer.waits_us" if found.get("waitsForUs") else "answer.waits_them"
        session.screen.line(session.say(key, negotiation=found.get("id"), state=state))
