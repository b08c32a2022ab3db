"""Who decides what we answer: by rules here; by people and scripts where they are asked instead.

A decider is asked whenever it is our turn (`protocol.negotiation.owed`, `protocol.transfer.owed`) and answers with a
step. It sees the unit of work, changes nothing, and waits for nobody: `Wait` leaves the process as it is until somebody
acts on it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from connector.canonical import JsonObject
from connector.ports.records import ContractRecord
from connector.ports.store import UnitOfWork
from connector.protocol.machine import Role
from connector.protocol.negotiation import ContractNegotiation, Duty
from connector.protocol.transfer import TransferProcess
from connector.services.agreed import agreed_policy
from connector.services.facts import for_start
from connector.services.judged import Judged, judge
from connector.services.offers import Refusal, judge_accepted, judge_offer
from connector.services.standing import why_nothing_flows


@dataclass(frozen=True, slots=True)
class Agree:
    """As provider: send the agreement on this offer. `described` is the data set's description that it names.

    Here as in the other steps `rule` is the stored rule that decided so, if one did.
    """

    offer: JsonObject
    described: JsonObject
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """Offer this instead: a ContractOfferMessage of the provider, or a ContractRequestMessage of the consumer.

    `described` as in `Accept`.
    """

    offer: JsonObject
    described: JsonObject | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Accept:
    """As consumer: agree to the provider's offer on the table.

    `described` is the data set's description that the offer names, if it was learnt only now; None: what is known stays.
    """

    described: JsonObject | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Go:
    """Do what is owed: verify, or finalize."""


@dataclass(frozen=True, slots=True)
class Start:
    """As provider: start the transfer."""


@dataclass(frozen=True, slots=True)
class Terminate:
    """End it; the other side reads the reason. `judged` is the decision about terms that it rests on, if it rests on one."""

    code: str
    reason: str
    judged: Judged | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """Leave it to people: to one, or to two where the rules in `because` ask for a second one."""

    rule: str | None = None
    because: tuple[str, ...] = ()


Step: TypeAlias = Agree | Offer | Accept | Go | Terminate | Wait
TransferStep: TypeAlias = Start | Terminate | Wait


class Decider(Protocol):
    """Answers what to do next in a negotiation."""

    def next_step(self, unit: UnitOfWork, negotiation: ContractNegotiation, duty: Duty, now: datetime) -> Step:
        """The step to take now."""
        ...


class Rules:
    """Agrees to our own published offers and to nothing else; accepts nothing in our name that was not asked for.

    What holds where no stored rule fits (`services.agreeing`).
    """

    def next_step(self, unit: UnitOfWork, negotiation: ContractNegotiation, duty: Duty, now: datetime) -> Step:
        """The step to take now."""
        if duty in (Duty.VERIFY, Duty.FINALIZE):
            return Go()
        if negotiation.role is Role.CONSUMER:
            # A counter-offer is other than what our people asked for: they have to look at it.
            return Wait()
        # Accepted was an offer of ours, perhaps one that stands in no catalog: what a person offered instead.
        judged_by = judge_accepted if duty is Duty.AGREE else judge_offer
        verdict = judged_by(unit, negotiation.offer, negotiation.dataset, negotiation.counterparty, now)
        if not isinstance(verdict, Refusal):
            return Agree(*verdict)
        if duty is Duty.DECIDE and negotiation.offer_before is not None:
            # The answer to an offer that our people made: they have to look at it.
            return Wait()
        return Terminate(verdict.code, verdict.sentence, verdict.judged)


class TransferDecider(Protocol):
    """Answers whether a transfer that was asked for starts."""

    def next_step(self, unit: UnitOfWork, transfer: TransferProcess, now: datetime) -> TransferStep:
        """The step to take now."""
        ...


class TransferRules:
    """Starts what the agreement lets start."""

    def next_step(self, unit: UnitOfWork, transfer: TransferProcess, now: datetime) -> TransferStep:
        """The step to take now."""
        problem = hindrance(unit, unit.contracts.get(transfer.agreement), now)
        return Start() if problem is None else Terminate("not-permitted", problem.sentence, problem.judged)


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why nothing may flow, as a sentence; `judged` when the terms say so."""

    sentence: str
    judged: Judged | None = None


def hindrance(unit: UnitOfWork, contract: ContractRecord | None, now: datetime) -> Hindrance | None:
    """Why nothing may flow from us under a contract now; None when it may."""
    if contract is None or contract.confirmed_at is None:
        return Hindrance("the contract is not complete: the consumer has not confirmed that it holds our receipt")
    problem = why_nothing_flows(contract, now)
    if problem is not None:
        return Hindrance(problem)
    policy = agreed_policy(contract)
    context = for_start(unit, contract, unit.datasets.get(contract.dataset), policy, now)
    judged = judge(policy, context, terms=contract.agreement, dataset=contract.dataset, contract=contract.id)
    return None if judged.decision.permitted else Hindrance(judged.sentence, judged)
