"""Which rules ask for a second person. They all count, whatever their place, and no other rule takes that away."""

from collections.abc import Sequence
from datetime import datetime

from connector.ports.store import UnitOfWork
from connector.protocol.negotiation import ContractNegotiation
from connector.services.agreeing.facts import facts_of
from connector.services.agreeing.matching import fits
from connector.services.agreeing.rule import AgreeingRule, Outcome, read_rule


def rules_in(unit: UnitOfWork) -> Sequence[AgreeingRule]:
    """All rules, in their order."""
    return [read_rule(record.rule) for record in unit.rules.find()]


def second_person(unit: UnitOfWork, negotiation: ContractNegotiation, now: datetime) -> tuple[str, ...]:
    """The names of the rules that ask for a second person for what lies on the table."""
    asking = [rule for rule in rules_in(unit) if rule.outcome is Outcome.TWO_PEOPLE]
    if not asking:
        return ()
    facts = facts_of(unit, negotiation, now)
    return tuple(rule.name for rule in asking if fits(rule, facts))
