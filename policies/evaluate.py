"""evaluate(policy, context) → Decision.

The order of thought, and what ODRL leaves open:

0. `compile_policy` makes a policy ready once; what it gives answers often. `evaluate` does both.
1. Something unknown about the whole policy (type, profile, strategy, foreign property): undetermined, whatever the rules say.
2. A policy with an assignee permits nothing to anybody else; of an Agreement that is the party itself, of a Set or an Offer
   it may be a collection that the party is a member of.
3. A permission counts for the action asked for when it names that action or a wider one (`use` includes `distribute`). No such
   permission: denied. Nothing means no.
4. A permission holds when it is about this party and this data, all its constraints and refinements hold, and the duties
   that come before are fulfilled (`policies.rules.DutyBefore`).
5. A prohibition counts likewise. One that is narrower than the permission is an exception from it, and no conflict. One that
   is as wide or wider is a conflict, and `conflict` decides: `perm` lets the permission stand, `prohibit` the prohibition;
   `invalid`, the default, makes the policy void, and a void policy permits nothing. A prohibition of an action that the one
   asked for implies counts likewise (ODRL Vocabulary, `implies`).
6. Whatever cannot be judged makes the answer undetermined unless the answer is the same either way.
"""

from typing import Final, Generic, TypeVar

from policies.check import check_terms, unknown_beside_rules
from policies.clauses.registry import clause_of_prohibition
from policies.context import Context, DutyState, Party, Scope
from policies.decision import Decision, Deferred, Outcome, Reason
from policies.judge import Test, Verdict, all_of, together
from policies.model import Agreement, Duty, Permission, Policy, Prohibition, Rule, constraints_of
from policies.rules import conditions_of
from policies.truth import Truth, negation
from policies.vocabulary import action_and_wider, implied_by, local_name

__all__ = ["Compiled", "check_terms", "compile_policy", "evaluate", "permits", "ready"]

_R = TypeVar("_R", bound=Rule)

_OUTCOMES: Final = {
    Truth.FALSE: Outcome.DENIED,
    Truth.UNKNOWN: Outcome.UNDETERMINED,
    Truth.DEFERRED: Outcome.PERMITTED,
    Truth.TRUE: Outcome.PERMITTED,
}
_MOST_ACTIONS: Final = 64
"""Actions that a compiled policy remembers; more are judged as well, each anew."""
MOST_READY: Final = 120_000
"""Rules and constraints of all policies that are remembered in their ready form, together."""


def evaluate(policy: Policy, context: Context, action: str = "use") -> Decision:
    """May the party of this context do this action?

    The policy is made ready on the way, and remembered by identity: keep the object of a policy that is asked often.

    Args:
        policy: a parsed policy.
        context: what is known now. Constraints about anything that its scope does not know are listed in `deferred`;
            a TransferContext knows everything, so with it nothing is deferred.
        action: an ODRL action, in any spelling.

    Returns:
        The decision. Never raises for anything a policy may contain.
    """
    return ready(policy).decide(context, action)


def permits(policy: Policy, context: Context, action: str = "use") -> bool:
    """Whether `evaluate` would permit, without reasons: for lists of thousands."""
    return ready(policy).permits(context, action)


def ready(policy: Policy) -> "Compiled":
    """This policy made ready; the same again for the same object."""
    return _REMEMBERED.ready(policy)


def compile_policy(policy: Policy) -> "Compiled":
    """The policy made ready for many decisions: terms looked up and values read once."""
    return Compiled(policy)


class Compiled:
    """A policy that is asked often. It changes with nothing and may be shared.

    Attributes:
        policy: what it was made from.
        operands: the left operands of all its constraints: which facts have to be looked up.
        weight: how many rules and constraints it has.
    """

    __slots__ = ("_plans", "_problem", "operands", "policy", "weight")

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        found = [constraint.left_operand for constraint in constraints_of(policy)]
        self.operands = frozenset(found)
        self.weight = len(found) + len(policy.permission) + len(policy.prohibition) + len(policy.obligation)
        self._plans: dict[str, _Plan] = {}
        self._problem: Decision | None = None
        if policy.profile or policy.conflict is not None or policy.extra:
            problem = next(unknown_beside_rules(policy, "$"), None)
            if problem:
                reason = Reason(problem.where, "", "unknown-term", {"term": problem.term})
                self._problem = Decision(Outcome.UNDETERMINED, (reason,), duties=policy.obligation)

    def decide(self, context: Context, action: str = "use") -> Decision:
        """As `evaluate`."""
        if self._problem is not None:
            return self._problem
        if self.policy.assignee not in (None, context.party.id):
            stranger = _as_stranger(self.policy, context.party)
            if stranger:
                known = stranger.outcome is Outcome.DENIED
                told = stranger if known else self._plan_of(action).decide(context)
                # Whoever it is, what is refused to everybody is refused.
                return told if told.outcome is Outcome.DENIED else stranger
        return self._plan_of(action).decide(context)

    def permits(self, context: Context, action: str = "use") -> bool:
        """Whether the decision would be to permit, without reasons: for lists of thousands."""
        if self._problem is not None:
            return False
        if self.policy.assignee not in (None, context.party.id) and _as_stranger(self.policy, context.party):
            return False
        test = self._plan_of(action).test(context.scope)
        return (test(context) if callable(test) else test) >= Truth.DEFERRED

    def _plan_of(self, action: str) -> "_Plan":
        found = self._plans.get(action)
        if found is None:
            found = _Plan(self.policy, action)
            if len(self._plans) < _MOST_ACTIONS:
                self._plans[action] = found
        return found


def _as_stranger(policy: Policy, party: Party) -> Decision | None:
    """The refusal for a party that is not the assignee; None when it is one of the collection that is."""
    reason = Reason("$.assignee", "", "not-the-assignee", {"party": party.id, "assignee": policy.assignee})
    known = party.collections
    if isinstance(policy, Agreement) or (known is not None and policy.assignee not in known):
        return Decision(Outcome.DENIED, (reason,))
    return Decision(Outcome.UNDETERMINED, (reason,)) if known is None else None


class _Memory:
    """Compiled policies by the identity of what they were made from, bounded by their size."""

    def __init__(self) -> None:
        self._held: dict[int, Compiled] = {}
        self._weight = 0

    def ready(self, policy: Policy) -> Compiled:
        found = self._held.get(id(policy))
        # What is remembered holds its policy, so no other object can have its id meanwhile.
        if found is not None and found.policy is policy:
            return found
        made = Compiled(policy)
        if self._weight + made.weight > MOST_READY:
            self._held.clear()
            self._weight = 0
        self._held[id(policy)] = made
        self._weight += made.weight
        return made


_REMEMBERED: Final = _Memory()


class _Ready(Generic[_R]):
    """A rule about the action asked for, or a wider one.

    Attributes:
        rule: as it stands in the policy.
        where: its JSON path.
    """

    __slots__ = ("_conditions", "_tests", "rule", "where")

    def __init__(self, rule: _R, where: str) -> None:
        self.rule = rule
        self.where = where
        self._conditions = conditions_of(rule, where)
        self._tests: dict[Scope, Test] = {}

    def test(self, scope: Scope) -> Test:
        """How to judge it in this scope."""
        found = self._tests.get(scope)
        if found is None:
            found = self._tests[scope] = all_of([condition.test(scope) for condition in self._conditions])
        return found

    def truth(self, context: Context) -> Truth:
        """Whether it holds."""
        test = self.test(context.scope)
        return test(context) if callable(test) else test

    def verdict(self, context: Context) -> Verdict:
        """The same with reasons."""
        return together([condition.verdict(context) for condition in self._conditions])


def _ready(rules: tuple[_R, ...], actions: frozenset[str], where: str) -> list[_Ready[_R]]:
    return [_Ready(rule, f"{where}[{i}]") for i, rule in enumerate(rules) if rule.action in actions]


class _Plan:
    """A policy as far as it is about one action."""

    __slots__ = (
        "_action", "_alone", "_granted", "_has_duties", "_permissions", "_policy", "_prohibitions", "_tests",
    )  # fmt: skip

    def __init__(self, policy: Policy, action: str) -> None:
        self._policy = policy
        self._action = local_name(action)
        chain = action_and_wider(self._action)
        self._permissions = _ready(policy.permission, frozenset(chain), "$.permission")
        against = frozenset(
            wider for name in (self._action, *implied_by(self._action)) for wider in action_and_wider(name)
        )
        self._prohibitions = _ready(policy.prohibition, against, "$.prohibition")
        self._granted = [self._grant(found) for found in self._permissions]
        self._alone = self._permissions[0] if len(self._permissions) == 1 and not self._prohibitions else None
        self._tests: dict[Scope, Test] = {}
        self._has_duties = bool(policy.obligation) or any(found.rule.duty for found in self._permissions)

    def test(self, scope: Scope) -> Test:
        """How to judge it in this scope, without reasons."""
        found = self._tests.get(scope)
        if found is None:
            found = self._tests[scope] = self._truth if self._alone is None else self._alone.test(scope)
        return found

    def _truth(self, context: Context) -> Truth:
        granted = [found.truth(context) for found in self._permissions]
        if not granted:
            return Truth.FALSE
        truth = max(granted)
        for found in self._prohibitions:
            if truth is Truth.FALSE:
                break
            truth = min(truth, negation(self._blocked(found, found.truth(context), granted)))
        return truth

    def decide(self, context: Context) -> Decision:
        """What comes out, and why."""
        if not self._permissions:
            reason = Reason("$.permission", "", "no-permission", {"action": self._action})
            return Decision(Outcome.DENIED, (reason,))
        if self._alone is not None and not self._has_duties and self._alone.truth(context) is Truth.TRUE:
            return self._granted[0]
        granted = [found.truth(context) for found in self._permissions]
        level = max(granted)
        truth = level
        against: list[tuple[_Ready[Prohibition], Truth]] = []
        for found in self._prohibitions:
            blocked = self._blocked(found, found.truth(context), granted)
            if blocked is not Truth.FALSE:
                truth = min(truth, negation(blocked))
                against.append((found, blocked))
        if truth is Truth.TRUE and not self._has_duties:
            return self._granted[granted.index(Truth.TRUE)]
        duties = self._duties(context, granted)
        if truth >= Truth.DEFERRED:
            return self._permitted(context, granted, against, duties)
        reasons = [
            self._against(found, blocked, context, granted)
            for found, blocked in against
            if blocked is not Truth.DEFERRED
        ]
        if level < Truth.DEFERRED:
            reasons += [reason for found in self._permissions for reason in found.verdict(context).reasons]
        return Decision(_OUTCOMES[truth], tuple(reasons), duties=duties)

    def _grant(self, found: _Ready[Permission]) -> Decision:
        return Decision(Outcome.PERMITTED, (Reason(found.where, "", "permitted"),))

    def _permitted(
        self,
        context: Context,
        granted: list[Truth],
        against: list[tuple[_Ready[Prohibition], Truth]],
        duties: tuple[Duty, ...],
    ) -> Decision:
        level = max(granted)
        chosen = [found for found, truth in zip(self._permissions, granted, strict=True) if truth is level]
        left: list[Deferred] = []
        if level is Truth.DEFERRED:
            left += [item for found in chosen for item in found.verdict(context).deferred]
        left += [item for found, _ in against for item in found.verdict(context).deferred]
        return Decision(Outcome.PERMITTED, (Reason(chosen[0].where, "", "permitted"),), tuple(left), duties)

    def _blocked(self, found: _Ready[Prohibition], truth: Truth, granted: list[Truth]) -> Truth:
        """Whether this prohibition stands in the way."""
        if truth is Truth.FALSE or self._policy.conflict != "perm":
            return truth
        return min(truth, negation(self._level(found.rule, granted)))

    def _level(self, prohibition: Prohibition, granted: list[Truth]) -> Truth:
        """How far a permission holds that is not wider than the prohibition."""
        wider = action_and_wider(prohibition.action)[1:]
        pairs = zip(self._permissions, granted, strict=True)
        return max((truth for found, truth in pairs if found.rule.action not in wider), default=Truth.FALSE)

    def _against(self, found: _Ready[Prohibition], blocked: Truth, context: Context, granted: list[Truth]) -> Reason:
        verdict = found.verdict(context)
        if blocked is Truth.UNKNOWN and verdict.reasons:
            return verdict.reasons[0]
        both = verdict.truth is Truth.TRUE and self._level(found.rule, granted) is Truth.TRUE
        contradicts = both and self._policy.conflict not in {"prohibit", "perm"}
        clause = clause_of_prohibition(found.rule)
        code = "contradiction" if contradicts else "prohibited"
        return Reason(found.where, clause.id if clause else "", code, {"action": found.rule.action})

    def _duties(self, context: Context, granted: list[Truth]) -> tuple[Duty, ...]:
        """What has to be done: before (of permissions that may hold), or after (obligations); what is done is left out."""
        places = [
            (duty, f"{found.where}.duty[{index}]")
            for found, truth in zip(self._permissions, granted, strict=True)
            if truth is not Truth.FALSE or found.rule.duty
            for index, duty in enumerate(found.rule.duty)
        ]
        places += [(duty, f"$.obligation[{index}]") for index, duty in enumerate(self._policy.obligation)]
        done = DutyState.FULFILLED
        return tuple(duty for duty, where in places if context.duties.get(duty.id or where) is not done)
