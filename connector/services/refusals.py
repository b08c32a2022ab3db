"""Refusals are kept with the rule and the facts that decided them, and logged: who asks later why, is told (decision 5, 8).

The same refusal (who, what, by which rules) is kept once a day and counted after that: nobody fills the log by asking again.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from connector.audit.entries import EntryKind
from connector.canonical import JsonObject, JsonValue, canonical_bytes, digest_bytes
from connector.clock import format_time
from connector.ports.records import DecisionRecord
from connector.ports.store import SigningSuspended, UnitOfWork
from connector.services.judged import Judged
from connector.services.receipts import person_digest
from policies.context import Context, NegotiationContext, TransferContext

RUNNING: Final = "running"
"""The scope of bytes that were cut while they ran."""


def keep_refusal(unit: UnitOfWork, judged: Judged, *, about: str, now: datetime, scope: str | None = None) -> None:
    """Keep why something was refused; a permission is not kept.

    Args:
        unit: the unit of work that refuses, or one after it when that was undone.
        judged: the decision.
        about: the id of the negotiation, transfer or delivery of ours that it was refused to.
        now: when.
        scope: another name of the occasion than the context's.
    """
    if judged.decision.permitted:
        return
    at = format_time(now)
    reasons = [_without_names(reason.to_json(), about) for reason in judged.decision.reasons]
    occasion = scope or judged.context.scope.value
    same = [occasion, judged.context.party.id, judged.dataset, judged.contract, at[:10]]
    key = digest_bytes(canonical_bytes([*same, [[r["where"], r["code"]] for r in reasons]]))
    held = unit.decisions.get(key)
    if held is not None:
        unit.decisions.put(replace(held, times=held.times + 1, last_at=at, about=about))
        return
    facts = facts_of(judged.context, about)
    record = DecisionRecord(
        key=key,
        at=at,
        scope=occasion,
        party=judged.context.party.id,
        dataset=judged.dataset,
        contract=judged.contract,
        about=about,
        outcome=judged.decision.outcome.value,
        policy=judged.terms,
        facts=facts,
        reasons=reasons,
        digest="",
        times=1,
        last_at=at,
    )
    record = replace(record, digest=digest_bytes(canonical_bytes(_committed(record))))
    unit.decisions.add(record)
    try:
        unit.log.append_salted(EntryKind.DECISION, _committed(record), now)
    except SigningSuspended:
        # It is refused all the same; that nothing may be logged now is told elsewhere.
        return


def facts_of(context: Context, about: str) -> JsonObject:
    """What was known, as JSON; a person only as a digest that is salted with what it was about."""
    party, found = context.party, dict[str, JsonValue]()
    found["party"] = party.id
    found["claims"] = {name: _plain(value) for name, value in sorted(party.claims.items())}
    found["credentialTypes"] = _plain(party.credential_types)
    found["country"] = party.country
    found["affiliateOf"] = _plain(party.affiliate_of)
    found["now"] = format_time(context.now)
    asset = context.asset
    found["exportControl"], found["pseudonymLevel"] = asset.export_control, asset.pseudonym_level
    found["consents"] = _plain(asset.consents)
    if isinstance(context, NegotiationContext | TransferContext):
        found["exclusive"] = context.exclusive
    if isinstance(context, TransferContext):
        found |= _of_use(context, about)
    return {name: value for name, value in found.items() if value not in (None, {}, [])}


def _of_use(context: TransferContext, about: str) -> dict[str, JsonValue]:
    return {
        "agreedAt": format_time(context.agreed_at),
        "uses": context.uses,
        "rows": context.rows,
        "bytes": context.size,
        "usedAt": None if context.used_at is None else [format_time(moment) for moment in context.used_at[-100:]],
        "purpose": context.purpose,
        "person": person_digest(about, context.person),
        "environment": context.environment,
        "prepaid": context.prepaid,
    }


def _without_names(reason: JsonObject, about: str) -> JsonObject:
    """A reason whose facts name a person by a salted digest only, also in reasons inside it."""
    facts = dict(reason["facts"])
    if isinstance(facts.get("person"), str):
        facts["person"] = person_digest(about, facts["person"]) or ""
    if isinstance(facts.get("reasons"), list):
        facts["reasons"] = [_without_names(inner, about) for inner in facts["reasons"]]
    return {**reason, "facts": facts}


def _committed(record: DecisionRecord) -> JsonObject:
    """What the log commits to: everything but what is counted later."""
    names = ("at", "scope", "party", "dataset", "contract", "outcome", "policy", "facts", "reasons")
    return {name: getattr(record, name) for name in names}


def _plain(value: object) -> JsonValue:
    if isinstance(value, frozenset | tuple):
        return sorted(str(item) for item in value)
    return value if isinstance(value, str | bool | int) else None
