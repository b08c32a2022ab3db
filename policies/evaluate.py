"""evaluate(policy, context) → Decision.

The order of thought, and what ODRL leaves open:

1. Something unknown about the whole policy (type, profile, strategy, foreign property): undetermined, whatever the rules say.
2. An Agreement permits nothing to anybody but its assignee.
3. A permission counts for the action asked for when it names that action or a wider one (`use` includes `distribute`). No such
   permission: denied. Nothing means no.
4. A permission holds when all its constraints do; one with an open duty cannot be said to (a duty comes before).
5. A prohibition counts likewise. One that is narrower than the permission is an exception from it, and no conflict. One that
   is as wide or wider is a conflict, and `conflict` decides: `perm` lets the permission stand, `prohibit` the prohibition;
   `invalid`, the default, makes the policy void, and a void policy permits nothing.
6. Whatever cannot be judged makes the answer undetermined unless the answer is the same either way.
"""

from typing import Final, TypeAlias, TypeVar

from policies.check import check_terms, unknown_about_policy
from policies.clauses.registry import clause_of_prohibition
from policies.context import Context
from policies.decision import Decision, Deferred, Outcome, Reason
from policies.judge import Verdict, judge_all
from policies.model import Agreement, Duty, Permission, Policy, Prohibition, Rule
from policies.truth import Truth, negation
from policies.vocabulary import action_and_wider, local_name

__all__ = ["check_terms", "evaluate"]

_R = TypeVar("_R", bound=Rule)
_Judged: TypeAlias = tuple[_R, str, Verdict]

_OUTCOMES: Final = {
    Truth.FALSE: Outcome.DENIED,
    Truth.UNKNOWN: Outcome.UNDETERMINED,
    Truth.DEFERRED: Outcome.PERMITTED,
    Truth.TRUE: Outcome.PERMITTED,
}


def evaluate(policy: Policy, context: Context, action: str = "use") -> Decision:
    """May the party of this context do this action?

    Args:
        policy: a parsed policy; parse once, evaluate often.
        context: what is known now. Constraints about anything that its scope does not know are listed in `deferred`;
            a TransferContext knows everything, so with it nothing is deferred.
        action: an ODRL action, in any spelling.

    Returns:
        The decision. Never raises for anything a policy may contain.
    """
    if policy.profile or policy.conflict is not None or policy.extra:
        problem = unknown_about_policy(policy, "$")
        if problem:
            reason = Reason(problem.where, "", "unknown-term", {"term": problem.term})
            return Decision(Outcome.UNDETERMINED, (reason,), duties=policy.obligation)
    if isinstance(policy, Agreement) and policy.assignee != context.party.id:
        facts = {"party": context.party.id, "assignee": policy.assignee}
        return Decision(Outcome.DENIED, (Reason("$.assignee", "", "not-the-assignee", facts),))
    chain = action_and_wider(local_name(action))
    permissions = [
        (rule, where, _judge_permission(rule, context, where))
        for rule, where in _about(policy.permission, chain, "$.permission")
    ]
    if not permissions:
        return Decision(Outcome.DENIED, (Reason("$.permission", "", "no-permission", {"action": chain[0]}),))
    prohibitions = [
        (rule, where, _judge_rule(rule, context, where))
        for rule, where in _about(policy.prohibition, chain, "$.prohibition")
    ]
    return _decide(policy, permissions, prohibitions)


def _about(rules: tuple[_R, ...], chain: tuple[str, ...], where: str) -> list[tuple[_R, str]]:
    """The rules about the action or a wider one, with their paths."""
    return [(rule, f"{where}[{index}]") for index, rule in enumerate(rules) if rule.action in chain]


def _judge_rule(rule: Rule, context: Context, where: str) -> Verdict:
    verdict = judge_all(rule.constraint, context, where)
    if not rule.extra or verdict.truth is Truth.FALSE:
        return verdict
    reason = Reason(where, "", "unknown-term", {"term": rule.extra[0][0]})
    return Verdict(Truth.UNKNOWN, (*verdict.reasons, reason))


def _judge_permission(rule: Permission, context: Context, where: str) -> Verdict:
    verdict = _judge_rule(rule, context, where)
    if not rule.duty or verdict.truth is Truth.FALSE:
        return verdict
    # No context says that a duty was fulfilled, so nothing here may assume it.
    reason = Reason(f"{where}.duty[0]", "", "duty-open", {"action": rule.duty[0].action})
    return Verdict(Truth.UNKNOWN, (*verdict.reasons, reason))


def _decide(
    policy: Policy, permissions: list[_Judged[Permission]], prohibitions: list[_Judged[Prohibition]]
) -> Decision:
    granted = max(verdict.truth for _, _, verdict in permissions)
    truth = granted
    against: list[Reason] = []
    deferred: list[Deferred] = []
    for judged in prohibitions:
        blocked, contradicts = _blocked(policy, judged, permissions)
        truth = min(truth, negation(blocked))
        if blocked is Truth.DEFERRED:
            deferred.extend(judged[2].deferred)
        elif blocked is not Truth.FALSE:
            against.append(_against(judged, blocked, contradicts=contradicts))
    duties = _open_duties(policy, permissions)
    if truth >= Truth.DEFERRED:
        where, kept = _permitted_by(granted, permissions)
        reason = Reason(where, "", "permitted")
        return Decision(_OUTCOMES[truth], (reason,), (*kept, *deferred), duties)
    refused = (
        [reason for _, _, verdict in permissions for reason in verdict.reasons] if granted < Truth.DEFERRED else []
    )
    return Decision(_OUTCOMES[truth], (*against, *refused), duties=duties)


def _blocked(
    policy: Policy, judged: _Judged[Prohibition], permissions: list[_Judged[Permission]]
) -> tuple[Truth, bool]:
    """Whether this prohibition stands in the way, and whether it contradicts a permission that holds."""
    prohibition, _, verdict = judged
    wider = action_and_wider(prohibition.action)[1:]
    level = max(
        (found.truth for rule, _, found in permissions if rule.action not in wider),
        default=Truth.FALSE,
    )
    if policy.conflict == "perm":
        return min(verdict.truth, negation(level)), False
    return verdict.truth, policy.conflict != "prohibit" and level is Truth.TRUE and verdict.truth is Truth.TRUE


def _against(judged: _Judged[Prohibition], blocked: Truth, *, contradicts: bool) -> Reason:
    rule, where, verdict = judged
    if blocked is Truth.UNKNOWN and verdict.reasons:
        return verdict.reasons[0]
    clause = clause_of_prohibition(rule)
    code = "contradiction" if contradicts else "prohibited"
    return Reason(where, clause.id if clause else "", code, {"action": rule.action})


def _permitted_by(granted: Truth, permissions: list[_Judged[Permission]]) -> tuple[str, tuple[Deferred, ...]]:
    """The path of the permission that carries, and what it leaves for later: nothing, when one holds already."""
    chosen = [(where, verdict) for _, where, verdict in permissions if verdict.truth is granted]
    return chosen[0][0], tuple(item for _, verdict in chosen for item in verdict.deferred)


def _open_duties(policy: Policy, permissions: list[_Judged[Permission]]) -> tuple[Duty, ...]:
    before = (duty for rule, _, verdict in permissions if verdict.truth is not Truth.FALSE for duty in rule.duty)
    return (*before, *policy.obligation)
