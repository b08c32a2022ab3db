"""Decides by the stored rules: the first that fits; where none does, as it always was (`decisions.Rules`)."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from catalog.describe import offer_id
from connector.ports.store import UnitOfWork
from connector.protocol.machine import Role
from connector.protocol.negotiation import ContractNegotiation, Duty
from connector.services.agreeing.facts import facts_of
from connector.services.agreeing.matching import fits
from connector.services.agreeing.rule import AgreeingRule, Outcome
from connector.services.agreeing.second import rules_in
from connector.services.decisions import Accept, Agree, Offer, Rules, Step, Terminate, Wait
from connector.services.offers import has_false_name, judge_terms, visible

_NOT_OURS: Final = frozenset({"offer-unknown", "terms-refuse", "terms-conflict", "exclusive"})
"""What no rule gets over: the offer does not exist for this participant, says what nobody can keep, or is taken."""
_REFUSED: Final = "we do not agree to these terms"


class AgreeingRules(Rules):
    """The product's `Decider`."""

    def __init__(self, me: str) -> None:
        """`me` is our DID."""
        self._me = me

    def next_step(self, unit: UnitOfWork, negotiation: ContractNegotiation, duty: Duty, now: datetime) -> Step:
        """The step to take now."""
        usual = super().next_step(unit, negotiation, duty, now)
        # An offer of ours that was accepted was decided when we made it.
        if duty is not Duty.DECIDE or (isinstance(usual, Terminate) and usual.code in _NOT_OURS):
            return usual
        rule = first_fitting(unit, negotiation, now)
        if rule is None:
            return usual
        if rule.outcome is Outcome.REFUSE:
            return Terminate("refused-by-rule", rule.reason or _REFUSED, rule=rule.name)
        if rule.outcome is Outcome.WAIT:
            return Wait(rule=rule.name)
        return self._agreed(unit, negotiation, rule, usual, now)

    def _agreed(
        self, unit: UnitOfWork, negotiation: ContractNegotiation, rule: AgreeingRule, usual: Step, now: datetime
    ) -> Step:
        if isinstance(usual, Agree):
            return replace(usual, rule=rule.name)
        consumer = negotiation.role is Role.CONSUMER
        participant = self._me if consumer else negotiation.counterparty
        refusal = judge_terms(
            unit, negotiation.offer, negotiation.dataset, participant, now, negotiation.described if consumer else None
        )
        if refusal is not None:
            return usual if consumer else Terminate(refusal.code, refusal.sentence, refusal.judged)
        if consumer:
            # Without a description of the data nobody knows what would be agreed to: a person looks.
            return Accept(rule=rule.name) if negotiation.described is not None else Wait(rule=rule.name)
        dataset = unit.datasets.get(negotiation.dataset)
        if dataset is None or not visible(dataset, negotiation.counterparty):
            return usual
        if has_false_name(negotiation.offer, dataset):
            # Nobody could prove a contract on it. The same terms under their own name need only their yes.
            name = offer_id(negotiation.offer, dataset.id, dataset.description)
            return Offer({**negotiation.offer, "@id": name}, rule=rule.name)
        return Agree(negotiation.offer, dataset.description, rule=rule.name)


def first_fitting(unit: UnitOfWork, negotiation: ContractNegotiation, now: datetime) -> AgreeingRule | None:
    """The first rule that fits, of those that decide."""
    deciding = [rule for rule in rules_in(unit) if rule.outcome is not Outcome.TWO_PEOPLE]
    if not deciding:
        return None
    facts = facts_of(unit, negotiation, now)
    return next((rule for rule in deciding if fits(rule, facts)), None)
