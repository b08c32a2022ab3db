"""Constraints made ready to be judged: once for each policy, then often.

Each one becomes a *condition*: for every scope either a truth that is certain beforehand, or a function of the context; and,
for people, the reasons. The functions look at nothing but the one fact and the values that were read beforehand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from policies import facts
from policies.context import Context, Scope
from policies.decision import Deferred, Reason
from policies.model import AnyConstraint, Constraint
from policies.operands import LeftOperand, find_operand, unknown_in
from policies.operators import Operator
from policies.refusals import broken, clause_id_of, not_known, not_said, unknown_term, unreadable
from policies.truth import Truth, join
from policies.vocabulary import LOGICAL_NAMES

Test: TypeAlias = Truth | Callable[[Context], Truth]
"""What is certain, or how to find out."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a constraint or of all constraints of a rule: reasons when it does not hold, else what is left."""

    truth: Truth
    reasons: tuple[Reason, ...] = ()
    deferred: tuple[Deferred, ...] = ()


HOLDS: Final = Verdict(Truth.TRUE)


class Condition(Protocol):
    """Something that holds in a context or does not."""

    def test(self, scope: Scope) -> Test:
        """How to judge it in this scope."""
        ...

    def verdict(self, context: Context) -> Verdict:
        """The same with reasons."""
        ...


class Atomic:
    """One comparison."""

    __slots__ = ("_certain", "_constraint", "_operand", "_operator", "_right", "_where")

    def __init__(self, constraint: Constraint, where: str) -> None:
        self._constraint = constraint
        self._where = where
        self._certain: Verdict | None = None
        unknown = unknown_in(constraint)
        operand = find_operand(constraint.left_operand)
        if unknown is not None or operand is None:
            term = unknown or constraint.left_operand
            self._certain = Verdict(Truth.UNKNOWN, (unknown_term(term, where),))
            return
        self._operand = operand
        self._operator = operand.operators[constraint.operator]
        right = right_values(constraint, operand, self._operator)
        if right is None:
            self._certain = Verdict(Truth.UNKNOWN, (unreadable(constraint, where),))
            return
        self._right = right

    def test(self, scope: Scope) -> Test:
        """How to judge it in this scope."""
        if self._certain is not None:
            return self._certain.truth
        read, holds, right = self._operand.read_left, self._operator.holds, self._right
        if scope not in self._operand.scopes:
            # Of what only grows the time alone is known everywhere: an end that is past stays past.
            is_end = read is facts.now and self._operand.only_grows and self._operator.bounds_above
            return _later(read, holds, right) if is_end else Truth.DEFERRED
        return _now(read, holds, right, Truth.FALSE if self._operand.missing else Truth.UNKNOWN)

    def verdict(self, context: Context) -> Verdict:
        """The same with reasons."""
        if self._certain is not None:
            return self._certain
        test = self.test(context.scope)
        truth = test(context) if callable(test) else test
        if truth is Truth.TRUE:
            return HOLDS
        if truth is Truth.DEFERRED:
            return Verdict(truth, deferred=(Deferred(self._where, clause_id_of(self._constraint)),))
        return Verdict(truth, (self._reason(truth, context),))

    def _reason(self, truth: Truth, context: Context) -> Reason:
        left = self._operand.read_left(context)
        if truth is Truth.UNKNOWN:
            return not_known(self._constraint, self._where)
        if left is None:
            return not_said(self._constraint, self._operand, self._where)
        return broken(self._constraint, self._operand, self._operator, left, self._right, self._where)


def _now(read: Callable[[Context], Any], holds: Callable[..., bool | None], right: Any, missing: Truth) -> Test:
    true, false, unknown = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN

    def test(context: Context) -> Truth:
        left = read(context)
        if left is None:
            return missing
        answer = holds(left, right)
        if answer is None:
            return unknown
        return true if answer else false

    return test


def _later(read: Callable[[Context], Any], holds: Callable[..., bool | None], right: Any) -> Test:
    """Left for later, unless it is already certain that it will never hold."""

    def test(context: Context) -> Truth:
        left = read(context)
        return Truth.FALSE if left is not None and holds(left, right) is False else Truth.DEFERRED

    return test


class Joined:
    """Several conditions and how they belong together."""

    __slots__ = ("_operator", "_parts", "_where")

    def __init__(self, operator: str, parts: Sequence[Condition], where: str) -> None:
        self._operator = operator
        self._parts = tuple(parts)
        self._where = where

    def test(self, scope: Scope) -> Test:
        """How to judge it in this scope."""
        tests = [part.test(scope) for part in self._parts]
        if self._operator == "and":
            return all_of(tests)
        certain = [test for test in tests if not callable(test)]
        if len(certain) == len(tests):
            return join(self._operator, certain)
        operator = self._operator

        def test(context: Context) -> Truth:
            return join(operator, [part(context) if callable(part) else part for part in tests])

        return test

    def verdict(self, context: Context) -> Verdict:
        """The same with reasons."""
        verdicts = [part.verdict(context) for part in self._parts]
        if self._operator == "and":
            return together(verdicts)
        truth = join(self._operator, [verdict.truth for verdict in verdicts])
        if truth is Truth.TRUE:
            return HOLDS
        if truth is Truth.DEFERRED:
            return Verdict(truth, deferred=tuple(item for verdict in verdicts for item in verdict.deferred))
        return Verdict(truth, (self._reason(truth, verdicts),))

    def _reason(self, truth: Truth, parts: list[Verdict]) -> Reason:
        inner = {"reasons": [reason.to_json() for part in parts for reason in part.reasons]}
        clause_id = next((reason.clause_id for part in parts for reason in part.reasons), "")
        code = "no-alternative-holds"
        if self._operator == "andSequence" and truth is Truth.UNKNOWN:
            code = "order-unknown"
        elif self._operator == "xone" and truth is Truth.FALSE and any(part.truth is Truth.TRUE for part in parts):
            code = "more-than-one-holds"
        return Reason(self._where, clause_id, code, inner)


class Certain:
    """Something whose verdict does not depend on anything."""

    __slots__ = ("_verdict",)

    def __init__(self, verdict: Verdict) -> None:
        self._verdict = verdict

    def test(self, _scope: Scope) -> Test:
        """How to judge it in any scope."""
        return self._verdict.truth

    def verdict(self, _context: Context) -> Verdict:
        """The same with reasons."""
        return self._verdict


def condition_of(constraint: AnyConstraint, where: str) -> Condition:
    """A constraint, atomic or logical. Depth is bounded by the parser."""
    if isinstance(constraint, Constraint):
        return Atomic(constraint, where)
    operator = constraint.operator
    if constraint.extra or operator not in LOGICAL_NAMES or not constraint.constraints:
        term = constraint.extra[0][0] if constraint.extra else operator
        return Certain(Verdict(Truth.UNKNOWN, (unknown_term(term, where),)))
    parts = [condition_of(part, f"{where}.{operator}[{index}]") for index, part in enumerate(constraint.constraints)]
    return Joined(operator, parts, where)


def all_of(tests: Sequence[Test]) -> Test:
    """The smallest of all; of none at all TRUE."""
    floor: Truth = min((test for test in tests if not callable(test)), default=Truth.TRUE)
    open_tests = tuple(test for test in tests if callable(test))
    if not open_tests or floor is Truth.FALSE:
        return floor
    if len(open_tests) == 1 and floor is Truth.TRUE:
        return open_tests[0]
    false = Truth.FALSE

    def test(context: Context) -> Truth:
        found: Truth = floor
        for part in open_tests:
            truth = part(context)
            if truth < found:
                if truth is false:
                    return false
                found = truth
        return found

    return test


def together(verdicts: Sequence[Verdict]) -> Verdict:
    """All of them, with what has to be said: what is false comes first, for it is what a person can change."""
    truth = min((verdict.truth for verdict in verdicts), default=Truth.TRUE)
    if truth is Truth.TRUE:
        return HOLDS
    if truth is Truth.DEFERRED:
        return Verdict(truth, deferred=tuple(item for verdict in verdicts for item in verdict.deferred))
    ordered = sorted((verdict for verdict in verdicts if verdict.reasons), key=lambda verdict: verdict.truth)
    return Verdict(truth, tuple(reason for verdict in ordered for reason in verdict.reasons))


def right_values(constraint: Constraint, operand: LeftOperand, operator: Operator) -> tuple[Any, ...] | None:
    """The right operand as values; None when they are none, or too many."""
    texts = constraint.values
    if len(texts) != 1 and not operator.takes_many:
        return None
    values = tuple(operand.read_right(text) for text in texts)
    return None if None in values else values


def is_readable(constraint: Constraint) -> bool:
    """Whether the values of a constraint are values that its operand and operator can use."""
    operand = find_operand(constraint.left_operand)
    operator = operand.operators.get(constraint.operator) if operand else None
    return operand is not None and operator is not None and right_values(constraint, operand, operator) is not None
