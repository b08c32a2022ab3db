"""Clauses and rules that cannot stand together, found before anything is signed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Final, NamedTuple

from policies.against_data import find_against_data
from policies.clauses.exclusions import find_exclusions
from policies.clauses.model import Filled
from policies.clauses.read import constraint_values, known_rules
from policies.clauses.registry import clause_of_constraint, clause_of_prohibition
from policies.conflict import Conflict
from policies.data import DataFacts
from policies.durations import read_duration
from policies.judge import is_readable
from policies.literals import read_count, read_time
from policies.model import Agreement, AnyConstraint, Constraint, LogicalConstraint, Permission, Policy
from policies.operands import unknown_in
from policies.refusals import clause_id_of
from policies.vocabulary import MMD, action_and_wider, purpose_iri
from policies.windows import DayWindow, read_window

__all__ = ["Conflict", "DataFacts", "find_conflicts"]


def find_conflicts(policy: Policy, data: DataFacts | None = None) -> tuple[Conflict, ...]:
    """Everything that cannot stand together, and everything that does not fit the data set if its facts are given.

    What is not known at all is no conflict: `check_terms` refuses it. Inside `or` and `xone` one branch may be impossible
    without harm, so only what must hold together is compared.
    """
    found: list[Conflict] = []
    clauses: list[Filled] = []
    if not policy.permission:
        found.append(Conflict("no-permission", ("use",), ("$.permission",)))
    for index, permission in enumerate(policy.permission):
        placed = _placed(permission, f"$.permission[{index}]", found)
        found.extend(_within(policy, placed))
        clauses.extend(_filled(placed))
    clauses.extend(known_rules(policy))
    excluded = list(find_exclusions(clauses))
    known = {item.where for item in excluded}
    found.extend(item for item in _contradictions(policy) if item.where not in known)
    found.extend(excluded)
    if data is not None:
        found.extend(find_against_data(clauses, data))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Placed:
    constraint: Constraint
    clause_id: str
    where: str


def _placed(permission: Permission, where: str, problems: list[Conflict]) -> list[_Placed]:
    """The known comparisons that must all hold; those that are wrong by themselves are told as problems instead."""
    placed: list[_Placed] = []
    for item in _together(permission.constraint, where, "constraint"):
        problem = _alone(item)
        if problem:
            problems.append(problem)
        else:
            placed.append(item)
    return placed


def _filled(placed: list[_Placed]) -> Iterator[Filled]:
    for item in placed:
        clause = clause_of_constraint(item.constraint)
        if clause is not None:
            yield Filled(clause, constraint_values(clause.slots[0], item.constraint), item.where)


def _within(policy: Policy, placed: list[_Placed]) -> Iterator[Conflict]:
    yield from _windows(policy, placed)
    yield from _hours([item for item in placed if item.clause_id == "hours"])
    for operand, shrink in _SETS.items():
        yield from _nothing_in_common([item for item in placed if item.constraint.left_operand == operand], shrink)
    if isinstance(policy, Agreement):
        for item in placed:
            if item.clause_id == "recipient" and policy.assignee not in item.constraint.values:
                facts = {"assignee": policy.assignee}
                yield Conflict("assignee-excluded", ("recipient",), (item.where,), facts)


def _together(constraints: tuple[AnyConstraint, ...], where: str, name: str) -> Iterator[_Placed]:
    """The known atomic constraints that must all hold: those of the rule, and those inside `and`."""
    for index, constraint in enumerate(constraints):
        path = f"{where}.{name}[{index}]"
        if isinstance(constraint, LogicalConstraint):
            if constraint.operator == "and":
                yield from _together(constraint.constraints, path, "and")
        elif unknown_in(constraint) is None:
            yield _Placed(constraint, clause_id_of(constraint), path)


def _alone(item: _Placed) -> Conflict | None:
    """What is wrong with one constraint by itself."""
    constraint = item.constraint
    if not constraint.values:
        return Conflict("empty-list", (item.clause_id,), (item.where,))
    if not is_readable(constraint):
        return Conflict("unreadable-value", (item.clause_id,), (item.where,), {"value": ", ".join(constraint.values)})
    if item.clause_id in {"count", "max-rows", "max-bytes"}:
        count = read_count(constraint.values[0]) or 0
        if count - (constraint.operator == "lt") < 1:
            code = "count-below-one" if item.clause_id == "count" else "nothing-allowed"
            return Conflict(code, (item.clause_id,), (item.where,), {"limit": count})
    length = read_duration(constraint.values[0]) if item.clause_id == "duration" else None
    if length is not None and not (length.months or length.rest):
        return Conflict("nothing-allowed", (item.clause_id,), (item.where,), {"limit": 0})
    return None


def _windows(policy: Policy, placed: list[_Placed]) -> Iterator[Conflict]:
    starts = [item for item in placed if item.clause_id == "not-before"]
    ends = [item for item in placed if item.clause_id == "until"]
    # The latest start and the earliest end decide; comparing only these keeps thousands of them cheap.
    if starts and ends:
        start, end = max(starts, key=_moment), min(ends, key=_moment)
        exact = start.constraint.operator == "gteq" and end.constraint.operator == "lteq"
        if _moment(start) > _moment(end) or (_moment(start) == _moment(end) and not exact):
            facts = {"from_": start.constraint.values[0], "until": end.constraint.values[0]}
            yield Conflict("empty-window", ("not-before", "until"), (start.where, end.where), facts)
    signed = read_time(policy.timestamp) if policy.timestamp else None
    if ends and signed is not None:
        end = min(ends, key=_moment)
        if _moment(end) < signed:
            facts = {"until": end.constraint.values[0], "signed": policy.timestamp or ""}
            yield Conflict("ended-when-signed", ("until",), (end.where,), facts)


def _moment(item: _Placed) -> Any:
    return read_time(item.constraint.values[0])


def _hours(placed: list[_Placed]) -> Iterator[Conflict]:
    """Parts of the day that have no minute in common; those of different zones are not compared."""
    windows = [[w for text in item.constraint.values if (w := read_window(text)) is not None] for item in placed]
    zones = {window.text.rpartition(" ")[2] for found in windows for window in found}
    if len(placed) < 2 or len(zones) != 1:  # noqa: PLR2004
        return
    common = (1 << _MINUTES) - 1
    for found in windows:
        common &= reduce(or_, (_minutes(window) for window in found), 0)
    if not common:
        yield Conflict("no-common-value", ("hours",), tuple(item.where for item in placed))


def _minutes(window: DayWindow) -> int:
    """The minutes of a day as bits."""
    upto_start, upto_end = (1 << window.start) - 1, (1 << window.end) - 1
    whole = (1 << _MINUTES) - 1
    if window.start < window.end:
        return upto_end & ~upto_start
    return (whole & ~upto_start) | upto_end


def _nothing_in_common(placed: list[_Placed], shrink: "_Shrink") -> Iterator[Conflict]:
    """What is demanded of one thing, and what is ruled out: is any value left?"""
    wanted = [shrink.read(item) for item in placed if item.constraint.operator in _DEMANDS]
    ruled_out = [value for item in placed if item.constraint.operator in _RULES_OUT for value in shrink.read(item)]
    if len(placed) > 1 and wanted:
        left = reduce(shrink.both, wanted)
        if not shrink.without(left, frozenset(ruled_out)):
            yield Conflict("no-common-value", (placed[0].clause_id,), tuple(item.where for item in placed))


class _Shrink(NamedTuple):
    """How values of one operand are compared."""

    read: Callable[[_Placed], frozenset[str]]
    both: Callable[[frozenset[str], frozenset[str]], frozenset[str]]
    without: Callable[[frozenset[str], frozenset[str]], frozenset[str]]


def _is_in(place: str, places: frozenset[str]) -> bool:
    return any(place == other or place.startswith(other + "-") for other in places)


_WORDS: Final = _Shrink(lambda item: frozenset(item.constraint.values), frozenset.__and__, frozenset.__sub__)
_PLACES: Final = _Shrink(
    lambda item: frozenset(value.upper() for value in item.constraint.values),
    lambda a, b: frozenset(x for x in a if _is_in(x, b)) | frozenset(y for y in b if _is_in(y, a)),
    lambda a, b: frozenset(x for x in a if not _is_in(x, b)),
)
_SETS: Final[Mapping[str, _Shrink]] = {
    "purpose": _Shrink(
        lambda item: frozenset(purpose_iri(value) for value in item.constraint.values),
        frozenset.__and__,
        frozenset.__sub__,
    ),
    "recipient": _WORDS,
    "spatial": _PLACES,
    MMD + "environment": _WORDS,
    MMD + "exportControl": _WORDS,
}
"""Operands of which there is one value at a time, so that two demands can contradict each other."""
_DEMANDS: Final = frozenset({"eq", "isAnyOf", "isPartOf"})
_RULES_OUT: Final = frozenset({"neq", "isNoneOf"})
_MINUTES: Final = 24 * 60


def _contradictions(policy: Policy) -> Iterator[Conflict]:
    """A prohibition as wide as a permission or wider, where no strategy says which of them wins."""
    if policy.conflict in {"perm", "prohibit"}:
        return
    first: dict[str, int] = {}
    for index, permission in enumerate(policy.permission):
        for action in action_and_wider(permission.action):
            first.setdefault(action, index)
    for index, prohibition in enumerate(policy.prohibition):
        if prohibition.action in first:
            clause = clause_of_prohibition(prohibition)
            where = (f"$.permission[{first[prohibition.action]}]", f"$.prohibition[{index}]")
            ids = ("use", clause.id) if clause else ("use",)
            yield Conflict("permitted-and-prohibited", ids, where, {"action": prohibition.action})
