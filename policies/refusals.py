"""Why a constraint does not hold, as a `Reason`: a code, and the facts that decided it as JSON."""

from datetime import UTC, datetime
from typing import Any, Final

from policies.clauses.registry import clause_of_constraint
from policies.context import Party, TransferContext
from policies.decision import Reason
from policies.durations import Duration
from policies.literals import write_time
from policies.model import Constraint
from policies.operands import CLAIM, LeftOperand
from policies.operators import Operator
from policies.vocabulary import MMD

_BY_OPERATOR: Final = {"gt": "too-early", "gteq": "too-early", "lt": "too-late", "lteq": "too-late"}
_LESS_ONE: Final = "lt"


def clause_id_of(constraint: Constraint) -> str:
    """The clause that a constraint is; the local name of its operand where no clause speaks for it."""
    clause = clause_of_constraint(constraint)
    return clause.id if clause else constraint.left_operand.removeprefix(MMD)


def unknown_term(term: str, where: str) -> Reason:
    """Something here is in no registry."""
    return Reason(where, "", "unknown-term", {"term": term})


def unreadable(constraint: Constraint, where: str) -> Reason:
    """The right operand is no value of this kind."""
    return Reason(where, clause_id_of(constraint), "unreadable-value", {"value": list(constraint.values)})


def not_known(constraint: Constraint, where: str) -> Reason:
    """The fact that it is about is not known here."""
    return Reason(where, clause_id_of(constraint), "fact-unknown", {"values": list(constraint.values)})


def not_said(constraint: Constraint, operand: LeftOperand, where: str) -> Reason:
    """Whoever asks did not say what he has to say."""
    return Reason(where, clause_id_of(constraint), operand.missing, {"agreed": list(constraint.values)})


def broken(
    constraint: Constraint, operand: LeftOperand, operator: Operator, left: Any, right: tuple[Any, ...], where: str
) -> Reason:
    """The comparison does not hold."""
    facts: dict[str, Any] = {"operator": constraint.operator, "values": list(constraint.values)}
    facts |= _facts(constraint, left, right)
    code = "excluded" if operator.excludes else operand.broken or _BY_OPERATOR.get(constraint.operator, "not-met")
    return Reason(where, clause_id_of(constraint), code, facts)


def _facts(constraint: Constraint, left: Any, right: tuple[Any, ...]) -> dict[str, Any]:
    name = constraint.left_operand
    if isinstance(left, datetime):
        return {"limit": constraint.values[0], "now": write_time(left)}
    if name == "elapsedTime":
        return {"limit": _end_of(left, right[0]), "now": write_time(left.now)}
    if name == "count":
        most = right[0] - (constraint.operator == _LESS_ONE)
        return {"limit": most, "uses": left - 1}
    if name == MMD + "frequency":
        return {"limit": right[0].most, "uses": right[0].used(left.used_at or (), left.now)}
    if name == "purpose":
        return {"asked": left, "agreed": list(right)}
    if isinstance(left, Party):
        return {"party": left.id, "found": left.id}
    if isinstance(left, TransferContext):
        return {"person": left.person or ""}
    if name.startswith(CLAIM):
        return {"claim": name[len(CLAIM) :], "found": sorted(left)}
    return {"found": _shown(left)}


def _end_of(context: TransferContext, length: Duration) -> str:
    try:
        return write_time(length.after(context.agreed_at))
    except OverflowError:
        return write_time(datetime.max.replace(tzinfo=UTC))


def _shown(left: Any) -> Any:
    if isinstance(left, frozenset):
        return sorted(left)
    return left if isinstance(left, (str, int, bool)) else write_time(left)
