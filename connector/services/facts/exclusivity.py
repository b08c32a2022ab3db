"""Whether an agreement on a data set lives beside another: what is exclusive is so for all who come after."""

from datetime import datetime

from connector.ports.records import ContractRecord
from connector.ports.store import UnitOfWork
from connector.services.agreed import agreed_policy
from connector.services.facts.needs import EXCLUSIVE, values_of
from policies.context import NegotiationContext, Party
from policies.evaluate import evaluate
from policies.model import Policy


def is_alone(unit: UnitOfWork, dataset: str, now: datetime, *, beside: str | None = None) -> bool:
    """Whether no other agreement of ours as provider on this data set lives; `beside` is left out."""
    return not any(_lives(contract, now) for contract in _others(unit, dataset, beside))


def exclusive_other(unit: UnitOfWork, dataset: str, now: datetime) -> ContractRecord | None:
    """The agreement that lives on this data set and promises to be the only one; None when there is none."""
    held = unit.contracts.find(sole_on=dataset, role="provider")
    return next((contract for contract in held if _lives(contract, now)), None)


def promises_to_be_alone(policy: Policy) -> bool:
    """Whether these terms say that no other agreement on the data set lives beside them."""
    return bool(values_of(policy, EXCLUSIVE))


def _others(unit: UnitOfWork, dataset: str, beside: str | None) -> list[ContractRecord]:
    return [held for held in unit.contracts.find(dataset=dataset, role="provider") if held.id != beside]


def _lives(contract: ContractRecord, now: datetime) -> bool:
    """Whether it is agreed, or on the way to it, and neither ended nor run out."""
    if contract.over:
        return False
    decision = evaluate(agreed_policy(contract), NegotiationContext(Party(contract.counterparty), now))
    return decision.reasons[0].code != "too-late"
