"""A decision of the policy engine together with all that it was made from: what a refusal is explained by."""

from dataclasses import dataclass

from connector.canonical import JsonObject
from connector.services.errors import Forbidden
from policies.context import Context
from policies.decision import Decision
from policies.evaluate import evaluate
from policies.explain import explain_decision
from policies.model import Policy


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer of the engine.

    Attributes:
        dataset: what it was about.
        contract: under which contract; None while there is none.
        terms: the policy as it stands in messages.
        context: what was known.
        decision: what came of it.
    """

    dataset: str
    contract: str | None
    terms: JsonObject
    context: Context
    decision: Decision

    @property
    def sentence(self) -> str:
        """The decision for the other side, whose language is not known."""
        return explain_decision(self.decision, "en")


def judge(policy: Policy, context: Context, *, terms: JsonObject, dataset: str, contract: str | None = None) -> Judged:
    """Ask the engine, and keep what it was asked."""
    return Judged(dataset, contract, terms, context, evaluate(policy, context))


class NotPermitted(Forbidden):
    """An agreement does not allow it: the sentence names the clause, `judged` holds what it was decided by."""

    def __init__(self, judged: Judged) -> None:
        reason = judged.decision.reasons[0]
        super().__init__(judged.sentence, ko=explain_decision(judged.decision, "ko"), clause=reason.clause_id)
        self.judged = judged
