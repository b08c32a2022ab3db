"""Permissions, prohibitions and duties made ready to be judged.

Whom and what they are about, their constraints, and the duties that come before.
"""

from typing import Final

from policies.context import Context, DutyState, Scope
from policies.decision import Deferred, Reason
from policies.judge import HOLDS, Condition, Joined, Test, Verdict, all_of, condition_of, together
from policies.model import Duty, Permission, Rule
from policies.refusals import unknown_term
from policies.truth import Truth, negation

_DONE: Final = {DutyState.FULFILLED: Truth.TRUE, DutyState.OPEN: Truth.FALSE, DutyState.OVERDUE: Truth.FALSE}
_CODES: Final = {DutyState.OPEN: "duty-not-done", DutyState.OVERDUE: "duty-overdue", DutyState.LATE: "consequence-open"}


def conditions_of(rule: Rule, where: str) -> tuple[Condition, ...]:
    """Everything that has to hold for a rule to count; a duty's own fulfilment is not among them."""
    found: list[Condition] = []
    if rule.target is not None:
        found.append(_About("target", rule.target, where))
    if rule.assignee is not None:
        found.append(_About("assignee", rule.assignee, where))
    found.extend(condition_of(part, f"{where}.constraint[{i}]") for i, part in enumerate(rule.constraint))
    found.extend(condition_of(part, f"{where}.action.refinement[{i}]") for i, part in enumerate(rule.refinement))
    if rule.extra:
        found.append(_Unknown(rule.extra[0][0], where))
    if isinstance(rule, Permission):
        found.extend(DutyBefore(duty, f"{where}.duty[{index}]") for index, duty in enumerate(rule.duty))
    return tuple(found)


class _Unknown:
    """A property that no registry knows: the rule cannot be said to hold, but it can be said not to."""

    def __init__(self, term: str, where: str) -> None:
        self._verdict = Verdict(Truth.UNKNOWN, (unknown_term(term, where),))

    def test(self, _scope: Scope) -> Test:
        """How to judge it."""
        return Truth.UNKNOWN

    def verdict(self, _context: Context) -> Verdict:
        """The same with reasons."""
        return self._verdict


class _About:
    """A rule that speaks of its own target or assignee: one of them by its IRI, or a collection (ODRL 2.2.2, 2.3.2)."""

    def __init__(self, name: str, iri: str, where: str) -> None:
        self._name = name
        self._iri = iri
        self._where = where

    def test(self, _scope: Scope) -> Test:
        """How to judge it."""
        return self._truth

    def _truth(self, context: Context) -> Truth:
        known = context.asset if self._name == "target" else context.party
        if known.id == self._iri:
            return Truth.TRUE
        if known.collections is None or known.id is None:
            return Truth.UNKNOWN
        return Truth.TRUE if self._iri in known.collections else Truth.FALSE

    def verdict(self, context: Context) -> Verdict:
        """The same with reasons."""
        truth = self._truth(context)
        if truth is Truth.TRUE:
            return HOLDS
        where, facts = f"{self._where}.{self._name}", {"values": [self._iri]}
        code = "fact-unknown" if truth is Truth.UNKNOWN else f"other-{self._name}"
        return Verdict(truth, (Reason(where, self._name, code, facts),))


class DutyBefore:
    """A duty that has to be fulfilled before its permission counts (ODRL 2.6.5): a rule of its own, with consequences.

    It holds when it is not in force (its constraints do not hold), or is fulfilled; fulfilled late it holds once its
    consequences are fulfilled too; overdue it does not.
    """

    def __init__(self, duty: Duty, where: str) -> None:
        self._duty = duty
        self._where = where
        self._key = duty.id or where
        self._in_force: Condition = Joined("and", conditions_of(_without_extra(duty), where), where)
        self._consequences = [
            DutyBefore(part, f"{where}.consequence[{index}]") for index, part in enumerate(duty.consequence)
        ]

    def test(self, scope: Scope) -> Test:
        """How to judge it in this scope."""
        in_force = self._in_force.test(scope)
        consequences = all_of([part.test(scope) for part in self._consequences])

        def test(context: Context) -> Truth:
            force = in_force(context) if callable(in_force) else in_force
            return max(negation(force), self._done(context, consequences))

        return test

    def _done(self, context: Context, consequences: Test) -> Truth:
        state = context.duties.get(self._key)
        if state is None:
            # Whether a duty is done is known for good when data is about to move.
            return Truth.UNKNOWN if context.scope is Scope.TRANSFER else Truth.DEFERRED
        if state is DutyState.LATE:
            return consequences(context) if callable(consequences) else consequences
        return _DONE[state]

    def verdict(self, context: Context) -> Verdict:
        """The same with reasons."""
        test = self.test(context.scope)
        truth = test(context) if callable(test) else test
        if truth is Truth.TRUE:
            return HOLDS
        if truth is Truth.DEFERRED:
            return Verdict(truth, deferred=(Deferred(self._where, "duty"),))
        state = context.duties.get(self._key)
        code = _CODES[state] if state in _CODES and truth is Truth.FALSE else "duty-open"
        reason = Reason(self._where, "duty", code, {"action": self._duty.action})
        if state is not DutyState.LATE:
            return Verdict(truth, (reason,))
        inner = together([part.verdict(context) for part in self._consequences])
        return Verdict(truth, (reason, *inner.reasons))


def _without_extra(duty: Duty) -> Duty:
    # Whoever says that a duty is fulfilled has read all of it: who owes it, an informed party, an amount.
    return Duty(action=duty.action, constraint=duty.constraint)
