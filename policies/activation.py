"""Rule by rule: is it about what is asked, and does it hold? For people who look closer, and for other suites' reports."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from policies.context import Context
from policies.decision import Reason
from policies.judge import together
from policies.model import Permission, Policy, Prohibition
from policies.rules import conditions_of
from policies.truth import Truth
from policies.vocabulary import action_and_wider, local_name

State: TypeAlias = Literal["active", "inactive", "deferred", "undetermined"]


@dataclass(frozen=True, slots=True)
class Activation:
    """One permission or prohibition, seen from one request.

    Attributes:
        rule: as it stands in the policy.
        where: its JSON path.
        state: `active`: it counts now; `inactive`: it is about something else, or a condition of it does not hold;
            `deferred`: a later occasion will know; `undetermined`: nobody here can know.
        reasons: why it does not count; empty where it does, and where it is about another action.
    """

    rule: Permission | Prohibition
    where: str
    state: State
    reasons: tuple[Reason, ...] = ()


_STATES: dict[Truth, State] = {
    Truth.FALSE: "inactive",
    Truth.UNKNOWN: "undetermined",
    Truth.DEFERRED: "deferred",
    Truth.TRUE: "active",
}


def activations(policy: Policy, context: Context, action: str = "use") -> tuple[Activation, ...]:
    """Every permission and prohibition of a policy, in the order of the document, seen from this request."""
    chain = action_and_wider(local_name(action))
    placed: list[tuple[Permission | Prohibition, str]] = [
        *((rule, f"$.permission[{index}]") for index, rule in enumerate(policy.permission)),
        *((rule, f"$.prohibition[{index}]") for index, rule in enumerate(policy.prohibition)),
    ]
    found = []
    for rule, where in placed:
        if rule.action not in chain:
            found.append(Activation(rule, where, "inactive"))
            continue
        verdict = together([condition.verdict(context) for condition in conditions_of(rule, where)])
        found.append(Activation(rule, where, _STATES[verdict.truth], verdict.reasons))
    return tuple(found)
