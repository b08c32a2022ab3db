"""The truth of constraints in a context, with the reasons. `policies.evaluate` makes a Decision of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from policies.clauses.registry import clause_of_constraint
from policies.context import Context
from policies.decision import Deferred, Reason
from policies.literals import read_count, write_time
from policies.model import AnyConstraint, Constraint
from policies.operands import LEFT_OPERANDS, LeftOperand, Value, unknown_in
from policies.operators import OPERATORS, Operator
from policies.truth import Truth, join
from policies.vocabulary import LOGICAL_NAMES


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a constraint or of all constraints of a rule: reasons when it does not hold, else what is left."""

    truth: Truth
    reasons: tuple[Reason, ...] = ()
    deferred: tuple[Deferred, ...] = ()


HOLDS: Final = Verdict(Truth.TRUE)

_BROKEN: Final = {
    ("purpose", "eq"): "purpose-not-agreed",
    ("purpose", "isAnyOf"): "purpose-not-agreed",
    ("recipient", "eq"): "not-a-recipient",
    ("recipient", "isAnyOf"): "not-a-recipient",
    ("dateTime", "gt"): "too-early",
    ("dateTime", "gteq"): "too-early",
    ("dateTime", "lt"): "too-late",
    ("dateTime", "lteq"): "too-late",
    ("count", "lt"): "used-up",
    ("count", "lteq"): "used-up",
}


def judge_all(constraints: tuple[AnyConstraint, ...], context: Context, where: str) -> Verdict:
    """The constraints of one rule, all of which must hold; none at all hold always."""
    if not constraints:
        return HOLDS
    verdicts = [judge(part, context, f"{where}.constraint[{index}]") for index, part in enumerate(constraints)]
    return _all_of(verdicts)


def judge(constraint: AnyConstraint, context: Context, where: str) -> Verdict:
    """One constraint, atomic or logical. Depth is bounded by the parser."""
    if isinstance(constraint, Constraint):
        return _judge_atomic(constraint, context, where)
    operator = constraint.operator
    if constraint.extra or operator not in LOGICAL_NAMES or not constraint.constraints:
        term = constraint.extra[0][0] if constraint.extra else operator
        return _unknown(term, where)
    parts = [judge(part, context, f"{where}.{operator}[{index}]") for index, part in enumerate(constraint.constraints)]
    if operator == "and":
        return _all_of(parts)
    truth = join(operator, [part.truth for part in parts])
    if truth is Truth.TRUE:
        return HOLDS
    if truth is Truth.DEFERRED:
        return Verdict(truth, deferred=tuple(item for part in parts for item in part.deferred))
    return Verdict(truth, (_reason_for(operator, truth, parts, where),))


def _all_of(verdicts: list[Verdict]) -> Verdict:
    truth = min(verdict.truth for verdict in verdicts)
    if truth is Truth.TRUE:
        return HOLDS
    if truth is Truth.DEFERRED:
        return Verdict(truth, deferred=tuple(item for verdict in verdicts for item in verdict.deferred))
    # What is false comes before what cannot be judged: it is what a person can change.
    ordered = sorted((verdict for verdict in verdicts if verdict.reasons), key=lambda verdict: verdict.truth)
    return Verdict(truth, tuple(reason for verdict in ordered for reason in verdict.reasons))


def _reason_for(operator: str, truth: Truth, parts: list[Verdict], where: str) -> Reason:
    inner = [reason.to_json() for part in parts for reason in part.reasons]
    clause_id = next((reason.clause_id for part in parts for reason in part.reasons), "")
    if operator == "andSequence":
        return Reason(
            where, clause_id, "order-unknown" if truth is Truth.UNKNOWN else "no-alternative-holds", {"reasons": inner}
        )
    if truth is Truth.FALSE and any(part.truth is Truth.TRUE for part in parts):
        return Reason(where, clause_id, "more-than-one-holds", {"reasons": inner})
    return Reason(where, clause_id, "no-alternative-holds", {"reasons": inner})


def _judge_atomic(constraint: Constraint, context: Context, where: str) -> Verdict:
    unknown = unknown_in(constraint)
    if unknown is not None:
        return _unknown(unknown, where)
    operand = LEFT_OPERANDS[constraint.left_operand]
    operator = OPERATORS[constraint.operator]
    right = _right_values(constraint, operand, operator)
    if right is None:
        facts = {"value": list(constraint.values)}
        return Verdict(Truth.UNKNOWN, (Reason(where, _clause_id(constraint), "unreadable-value", facts),))
    left = operand.read_left(context)
    if context.scope not in operand.scopes:
        # Left for later, unless it is already certain that it will never hold.
        never = operand.only_grows and operator.bounds_above and left is not None and not operator.holds(left, right)
        if not never or left is None:
            return Verdict(Truth.DEFERRED, deferred=(Deferred(where, _clause_id(constraint)),))
    if left is None:
        return Verdict(
            Truth.FALSE, (Reason(where, _clause_id(constraint), "purpose-missing", {"agreed": list(right)}),)
        )
    if operator.holds(left, right):
        return HOLDS
    return _broken(constraint, left, right, where)


def _right_values(constraint: Constraint, operand: LeftOperand, operator: Operator) -> tuple[Value, ...] | None:
    texts = constraint.values
    if len(texts) != 1 and not operator.takes_many:
        return None
    values = tuple(operand.read_right(text) for text in texts)
    return None if None in values else values  # type: ignore[return-value]


def _broken(constraint: Constraint, left: Value, right: tuple[Value, ...], where: str) -> Verdict:
    code = _BROKEN[constraint.left_operand, constraint.operator]
    facts: dict[str, Any] = {"operator": constraint.operator}
    if isinstance(left, datetime):
        facts |= {"limit": constraint.values[0], "now": write_time(left)}
    elif isinstance(left, int):
        bound = read_count(constraint.values[0]) or 0
        most = bound if constraint.operator == "lteq" else bound - 1
        facts |= {"limit": most, "uses": left - 1}
    elif constraint.left_operand == "purpose":
        facts |= {"asked": left, "agreed": list(right)}
    else:
        facts |= {"party": left}
    return Verdict(Truth.FALSE, (Reason(where, _clause_id(constraint), code, facts),))


def _unknown(term: str, where: str) -> Verdict:
    return Verdict(Truth.UNKNOWN, (Reason(where, "", "unknown-term", {"term": term}),))


def _clause_id(constraint: Constraint) -> str:
    clause = clause_of_constraint(constraint)
    return clause.id if clause else ""


def is_readable(constraint: Constraint) -> bool:
    """Whether the values of a constraint with known terms are values that its operand and operator can use."""
    operand, operator = LEFT_OPERANDS[constraint.left_operand], OPERATORS[constraint.operator]
    return _right_values(constraint, operand, operator) is not None
