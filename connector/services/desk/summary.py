"""What waits, in one sentence: who wants what, and how far it is from our own word."""

from collections.abc import Sequence

from connector.canonical import JsonObject
from connector.ports.store import UnitOfWork
from connector.protocol.machine import Role
from connector.protocol.negotiation import ContractNegotiation
from connector.services.desk.changes import changes_between
from connector.services.said import Said, conversation
from connector.texts import LANGUAGES, say
from connector.trust.credentials import read_membership
from connector.trust.errors import TrustError


def name_of(unit: UnitOfWork, did: str) -> str:
    """What the authority calls a participant; its DID when we have seen no membership of it."""
    held = unit.memberships.find(did=did, newest_first=True, limit=1)
    try:
        return read_membership(held[0].jwt).name if held else did
    except TrustError:
        return did


def title_of(unit: UnitOfWork, negotiation: ContractNegotiation) -> JsonObject:
    """The title of a data set, by language; its id where we know no better."""
    described = negotiation.described
    if negotiation.role is Role.PROVIDER:
        held = unit.datasets.get(negotiation.dataset)
        described = held.description if held is not None else described
    value = (described or {}).get("dct:title") or []
    entries = value if isinstance(value, list) else [value]
    found = {str(e.get("@language", "en")): str(e.get("@value", "")) for e in entries if isinstance(e, dict)}
    return found or dict.fromkeys(LANGUAGES, negotiation.dataset)


def from_our_word(negotiation: ContractNegotiation, said: Sequence[Said]) -> list[JsonObject] | None:
    """How what lies on the table differs from what we said last; None when we have said nothing before."""
    own = [one for one in said[:-1] if one.by is negotiation.role]
    return changes_between(own[-1].offer, negotiation.offer) if own else None


def summary(unit: UnitOfWork, negotiation: ContractNegotiation) -> JsonObject:
    """One sentence in each language for what waits in a negotiation."""
    changes = from_our_word(negotiation, conversation(unit, negotiation))
    titles, who = title_of(unit, negotiation), name_of(unit, negotiation.counterparty)
    key = _key(negotiation)
    told: JsonObject = {}
    for lang in LANGUAGES:
        title = titles.get(lang) or next(iter(titles.values()))
        told[lang] = say(f"desk.{key}", lang, who=who, title=title, terms=_terms(changes, lang))
    return told


def _key(negotiation: ContractNegotiation) -> str:
    duty = _DUTIES.get(negotiation.state or "")
    if duty is not None:
        return duty
    return "asks" if negotiation.role is Role.PROVIDER else "offers"


_DUTIES = {"ACCEPTED": "took", "AGREED": "sent"}
"""What waits once both sides want it: our signature."""


def _terms(changes: list[JsonObject] | None, lang: str) -> str:
    if changes is None:
        return say("desk.on_terms.fresh", lang)
    if not changes:
        return say("desk.on_terms.same", lang)
    favoured = [change["favours"] for change in changes]
    count = {side: favoured.count(side) for side in ("provider", "consumer")}
    return say("desk.on_terms.changed", lang, count=len(changes), **count)
