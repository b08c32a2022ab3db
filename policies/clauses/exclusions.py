"""Clauses that cannot stand together, and clauses that need another: found by what stands in a policy."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final

from policies.clauses.kinds import HUNDRED, share_of
from policies.clauses.model import Clause, Filled
from policies.clauses.registry import CLAUSES
from policies.conflict import Conflict
from policies.literals import read_time

PAYMENTS: Final = ("lump-sum", "flat-fee", "metered", "royalty")
WITHOUT_FRACTION: Final = frozenset({"KRW", "JPY"})
"""Currencies whose amounts are whole numbers; a unit price may be a fraction all the same."""
EXCLUDED: Final[Mapping[str, tuple[str, ...]]] = {c.id: c.excludes for c in CLAUSES.values() if c.excludes}

_ById = Mapping[str, tuple[Filled, ...]]


def find_exclusions(clauses: Iterable[Filled]) -> Iterator[Conflict]:
    """What cannot stand together, in the order of the catalogue."""
    by_id: dict[str, tuple[Filled, ...]] = defaultdict(tuple)
    for item in clauses:
        by_id[item.clause.id] = (*by_id[item.clause.id], item)
    found = {clause_id: by_id[clause_id] for clause_id in CLAUSES if clause_id in by_id}
    yield from _excluded(found)
    yield from _twice(found)
    yield from _free_and_paid(found)
    yield from _missing(found)
    yield from _shares(found)
    yield from _fractions(found)
    yield from _provision(found)


def _excluded(found: _ById) -> Iterator[Conflict]:
    for clause_id in found:
        for other in EXCLUDED.get(clause_id, ()):
            if other in found:
                yield Conflict("excluded", (clause_id, other), _where(found[clause_id], found[other]))


def _twice(found: _ById) -> Iterator[Conflict]:
    """Two permissions, prohibitions or obligations of one kind: which of them holds? (Constraints all hold at once.)."""
    for clause_id, items in found.items():
        clause: Clause = items[0].clause
        if len(items) > 1 and clause.place == "obligation" and not clause.repeats:
            yield Conflict("given-twice", (clause_id,), _where(items))


def _free_and_paid(found: _ById) -> Iterator[Conflict]:
    free = tuple(item for item in found.get("consideration", ()) if item.values.get("kind") == ("none",))
    for clause_id in PAYMENTS:
        if free and clause_id in found:
            yield Conflict("free-and-paid", ("consideration", clause_id), _where(free, found[clause_id]))


def _missing(found: _ById) -> Iterator[Conflict]:
    """A clause that says nothing without another."""
    paid = [clause_id for clause_id in PAYMENTS if clause_id in found]
    if "prepaid" in found and not {"lump-sum", "flat-fee"} & set(paid):
        yield Conflict("nothing-to-prepay", ("prepaid", "lump-sum"), _where(found["prepaid"]))
    if "payees" in found and not paid:
        yield Conflict("nothing-to-share", ("payees", "lump-sum"), _where(found["payees"]))
    if "report-revenue" in found and "royalty" not in found:
        yield Conflict("nothing-to-report", ("report-revenue", "royalty"), _where(found["report-revenue"]))


def _shares(found: _ById) -> Iterator[Conflict]:
    for item in found.get("payees", ()):
        shares = [share_of(text) for text in item.values["shares"]]
        total = sum((percent for percent, _ in shares), Decimal(0))
        if total != HUNDRED:
            yield Conflict("shares-not-hundred", ("payees",), (item.where,), {"total": str(total)})
        parties = [party for _, party in shares]
        if len(set(parties)) < len(parties):
            yield Conflict("payee-twice", ("payees",), (item.where,))


def _fractions(found: _ById) -> Iterator[Conflict]:
    for clause_id, blank in (("lump-sum", "amount"), ("flat-fee", "amount"), ("liability", "cap")):
        for item in found.get(clause_id, ()):
            (currency,), (amount,) = item.values.get("currency", ("",)), item.values.get(blank, ("0",))
            if currency in WITHOUT_FRACTION and "." in amount:
                facts = {"amount": amount, "currency": currency}
                yield Conflict("fraction", (clause_id,), (item.where,), facts)


def _provision(found: _ById) -> Iterator[Conflict]:
    """Provision that goes on after the use has ended, or ends before anything may be fetched."""
    for ends in found.get("provision-end", ()):
        for other, code in (("until", "provided-after-use"), ("not-before", "provided-before-start")):
            for item in found.get(other, ()):
                provided, limit = (read_time(one.values["time"][0]) for one in (ends, item))
                wrong = provided and limit and (provided > limit if other == "until" else provided < limit)
                if wrong:
                    facts = {"until": ends.values["time"][0], "limit": item.values["time"][0]}
                    yield Conflict(code, ("provision-end", other), (ends.where, item.where), facts)


def _where(*groups: Iterable[Filled]) -> tuple[str, ...]:
    return tuple(item.where for group in groups for item in group)
