"""Who decides what we answer: by rules here; later by people, and in the official kit's runs by its script.

A decider is asked whenever it is our turn (`protocol.negotiation.owed`) and answers with a step. It sees the unit of work,
changes nothing, and waits for nobody: `Wait` leaves the negotiation as it is until somebody acts on it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from connector.canonical import JsonObject
from connector.ports.store import UnitOfWork
from connector.protocol.machine import Role
from connector.protocol.negotiation import ContractNegotiation, Duty
from connector.services.offers import Refusal, judge_offer


@dataclass(frozen=True, slots=True)
class Agree:
    """As provider: send the agreement on this offer. `described` is the data set's description that it names."""

    offer: JsonObject
    described: JsonObject


@dataclass(frozen=True, slots=True)
class Offer:
    """Offer this instead: a ContractOfferMessage of the provider, or a ContractRequestMessage of the consumer."""

    offer: JsonObject


@dataclass(frozen=True, slots=True)
class Accept:
    """As consumer: agree to the provider's offer on the table."""


@dataclass(frozen=True, slots=True)
class Go:
    """Do what is owed: verify, or finalize."""


@dataclass(frozen=True, slots=True)
class Terminate:
    """End it; the other side reads the reason."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Leave it to a person."""


Step: TypeAlias = Agree | Offer | Accept | Go | Terminate | Wait


class Decider(Protocol):
    """Answers what to do next."""

    def next_step(self, unit: UnitOfWork, negotiation: ContractNegotiation, duty: Duty, now: datetime) -> Step:
        """The step to take now."""
        ...


class Rules:
    """Agrees to our own published offers and to nothing else; accepts nothing in our name that was not asked for."""

    def next_step(self, unit: UnitOfWork, negotiation: ContractNegotiation, duty: Duty, now: datetime) -> Step:
        """The step to take now."""
        if duty in (Duty.VERIFY, Duty.FINALIZE):
            return Go()
        if negotiation.role is Role.CONSUMER:
            # A counter-offer is other than what our people asked for: they have to look at it.
            return Wait()
        verdict = judge_offer(unit, negotiation.offer, negotiation.dataset, negotiation.counterparty, now)
        if isinstance(verdict, Refusal):
            return Terminate(verdict.code, verdict.sentence)
        return Agree(*verdict)
