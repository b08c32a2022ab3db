"""Clauses and rules that cannot stand together, found before anything is signed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from policies.clauses.registry import clause_of_constraint, clause_of_prohibition
from policies.judge import is_readable
from policies.literals import read_count, read_time
from policies.model import Agreement, AnyConstraint, Constraint, LogicalConstraint, Permission, Policy
from policies.operands import unknown_in
from policies.vocabulary import action_and_wider


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something that makes terms useless or void.

    Attributes:
        code: what is wrong, for programs; `policies.explain` has the sentence.
        clause_ids: the clauses that are in it.
        where: the JSON paths of the rules or constraints.
        facts: the values, as JSON.
    """

    code: str
    clause_ids: tuple[str, ...]
    where: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def find_conflicts(policy: Policy) -> tuple[Conflict, ...]:
    """Everything that cannot stand together, in the order of the document.

    What is not known at all is no conflict: `check_terms` refuses it. Inside `or` and `xone` one branch may be impossible
    without harm, so only what must hold together is compared.
    """
    found: list[Conflict] = []
    if not policy.permission:
        found.append(Conflict("no-permission", ("use",), ("$.permission",)))
    for index, permission in enumerate(policy.permission):
        found.extend(_within(policy, permission, f"$.permission[{index}]"))
    found.extend(_contradictions(policy))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Placed:
    constraint: Constraint
    clause_id: str
    where: str


def _within(policy: Policy, permission: Permission, where: str) -> Iterator[Conflict]:
    placed: list[_Placed] = []
    for item in _together(permission.constraint, where, "constraint"):
        problem = _alone(item)
        if problem:
            yield problem
        else:
            placed.append(item)
    yield from _windows(policy, placed)
    for clause_id in ("purpose", "recipient"):
        yield from _nothing_in_common([item for item in placed if item.clause_id == clause_id])
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
            continue
        clause = clause_of_constraint(constraint)
        if clause is not None and unknown_in(constraint) is None:
            yield _Placed(constraint, clause.id, path)


def _alone(item: _Placed) -> Conflict | None:
    """What is wrong with one constraint by itself."""
    constraint = item.constraint
    if not constraint.values:
        return Conflict("empty-list", (item.clause_id,), (item.where,))
    if not is_readable(constraint):
        return Conflict("unreadable-value", (item.clause_id,), (item.where,), {"value": ", ".join(constraint.values)})
    if item.clause_id == "count":
        count = read_count(constraint.values[0]) or 0
        if count - (constraint.operator == "lt") < 1:
            return Conflict("count-below-one", ("count",), (item.where,), {"limit": count})
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


def _nothing_in_common(placed: list[_Placed]) -> Iterator[Conflict]:
    if len(placed) > 1 and not set.intersection(*(set(item.constraint.values) for item in placed)):
        yield Conflict("no-common-value", (placed[0].clause_id,), tuple(item.where for item in placed))


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
