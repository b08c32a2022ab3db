"""What a rule looks at: who asks for which data on which terms, and how these differ from our own word."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.canonical import JsonObject
from connector.ports.store import UnitOfWork
from connector.protocol.machine import Role
from connector.protocol.negotiation import ContractNegotiation
from connector.services.agreeing.quantities import Held
from connector.services.facts import party_of
from connector.services.said import conversation
from policies.compare import Difference, differences
from policies.context import Party
from policies.errors import PolicyError
from policies.explain import explain_policy
from policies.model import Policy
from policies.parse import parse_policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One occasion on which rules are asked.

    Attributes:
        role: which side we are.
        policy: the terms; None when they are no policy that we can read.
        country: where the partner sits, as its membership says it (ISO 3166); None when none says so.
        clauses: the id and class of each clause in them.
        ours: what we said last, to compare with; None when we have said nothing.
    """

    role: Role
    partner: str
    country: str | None
    dataset: str
    policy: Policy | None
    clauses: tuple[tuple[str, str], ...]
    ours: Policy | None

    def within(self, keeps: Callable[[Policy, Any], Held], bound: Any) -> Held:
        """Whether the terms keep within a bound (`quantities`); None when they cannot be read."""
        return None if self.policy is None else keeps(self.policy, bound)

    def differences(self) -> Sequence[Difference] | None:
        """How the terms differ from our own word; None when there is nothing to compare."""
        if self.policy is None or self.ours is None:
            return None
        return differences(self.ours, self.policy)


def facts_of(unit: UnitOfWork, negotiation: ContractNegotiation, now: datetime) -> Facts:
    """The occasion that a negotiation is, now."""
    said = conversation(unit, negotiation)
    own = [one.offer for one in said if one.by is negotiation.role]
    return make_facts(
        role=negotiation.role,
        partner=party_of(unit, negotiation.counterparty, now),
        dataset=negotiation.dataset,
        terms=negotiation.offer,
        ours=own[-1] if own else None,
    )


def make_facts(*, role: Role, partner: Party, dataset: str, terms: JsonObject, ours: JsonObject | None) -> Facts:
    """An occasion from its parts; `terms` and `ours` are policies in the form of the wire."""
    policy = _read(terms)
    clauses = () if policy is None else tuple((part.clause_id, part.enforcer) for part in explain_policy(policy, "en"))
    return Facts(
        role=role,
        partner=partner.id,
        country=partner.country,
        dataset=dataset,
        policy=policy,
        # A permission without limits is explained by a sentence that is no clause.
        clauses=tuple(clause for clause in clauses if clause[0] != "use"),
        ours=None if ours is None else _read(ours),
    )


def _read(policy: JsonObject) -> Policy | None:
    try:
        return parse_policy(policy)
    except PolicyError:
        return None
