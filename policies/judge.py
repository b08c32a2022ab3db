"""The truth of constraints in a context, with the reasons. `policies.evaluate` makes a Decision of it."""

from dataclasses import dataclass
from typing import Any, Final

from policies.context import Context
from policies.decision import Deferred, Reason
from policies.model import AnyConstraint, Constraint
from policies.operands import LeftOperand, find_operand, unknown_in
from policies.operators import Operator
from policies.refusals import broken, clause_id_of, not_known, not_said, unknown_term, unreadable
from policies.truth import Truth, join
from policies.vocabulary import LOGICAL_NAMES


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a constraint or of all constraints of a rule: reasons when it does not hold, else what is left."""

    truth: Truth
    reasons: tuple[Reason, ...] = ()
    deferred: tuple[Deferred, ...] = ()


HOLDS: Final = Verdict(Truth.TRUE)


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
    operand = find_operand(constraint.left_operand)
    if unknown is not None or operand is None:
        return _unknown(unknown or constraint.left_operand, where)
    operator = operand.operators[constraint.operator]
    right = _right_values(constraint, operand, operator)
    if right is None:
        return Verdict(Truth.UNKNOWN, (unreadable(constraint, where),))
    left = operand.read_left(context)
    if context.scope not in operand.scopes:
        # Left for later, unless it is already certain that it will never hold.
        never = operand.only_grows and operator.bounds_above and left is not None and not operator.holds(left, right)
        if not never:
            return Verdict(Truth.DEFERRED, deferred=(Deferred(where, clause_id_of(constraint)),))
    if left is None:
        if operand.missing:
            return Verdict(Truth.FALSE, (not_said(constraint, operand, where),))
        return Verdict(Truth.UNKNOWN, (not_known(constraint, where),))
    holds = operator.holds(left, right)
    if holds is None:
        return Verdict(Truth.UNKNOWN, (not_known(constraint, where),))
    return HOLDS if holds else Verdict(Truth.FALSE, (broken(constraint, operand, operator, left, right, where),))


def _right_values(constraint: Constraint, operand: LeftOperand, operator: Operator) -> tuple[Any, ...] | None:
    texts = constraint.values
    if len(texts) != 1 and not operator.takes_many:
        return None
    values = tuple(operand.read_right(text) for text in texts)
    return None if None in values else values


def _unknown(term: str, where: str) -> Verdict:
    return Verdict(Truth.UNKNOWN, (unknown_term(term, where),))


def is_readable(constraint: Constraint) -> bool:
    """Whether the values of a constraint with known terms are values that its operand and operator can use."""
    operand = find_operand(constraint.left_operand)
    operator = operand.operators.get(constraint.operator) if operand else None
    return operand is not None and operator is not None and _right_values(constraint, operand, operator) is not None
