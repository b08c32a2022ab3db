"""What lies on the table of a negotiation, and the offers that lay there before: as its messages say, in their order."""

from collections.abc import Sequence
from dataclasses import dataclass

from connector.canonical import JsonObject, digest
from connector.ports.records import MessageRecord
from connector.ports.store import UnitOfWork
from connector.protocol.machine import Role
from connector.protocol.messages import ContractOfferMessage, ContractRequestMessage
from connector.protocol.negotiation import ContractNegotiation
from connector.wire.codec import decode, read_object
from connector.wire.errors import DecodeError

_OFFERING: dict[str, type[ContractRequestMessage] | type[ContractOfferMessage]] = {
    ContractRequestMessage.TYPE: ContractRequestMessage,
    ContractOfferMessage.TYPE: ContractOfferMessage,
}


@dataclass(frozen=True, slots=True)
class Said:
    """An offer that was made in a negotiation.

    Attributes:
        at: when; None for an offer of the catalog, with which it began.
        by: whose it was.
        offer: as it lay on the table.
        terms: its digest.
    """

    at: str | None
    by: Role
    offer: JsonObject
    terms: str


def on_the_table(negotiation: ContractNegotiation) -> str:
    """The digest of what lies on the table: which data set, which terms, whose offer. What a decision is bound to."""
    return terms_digest(negotiation.dataset, negotiation.offer, negotiation.offered_by)


def terms_digest(dataset: str, offer: JsonObject, by: Role) -> str:
    """The same for any offer. Whose it is does count: to agree to one's own words is another thing."""
    return digest({"dataset": dataset, "offer": offer, "by": by.value})


def conversation(unit: UnitOfWork, negotiation: ContractNegotiation) -> Sequence[Said]:
    """All offers of a negotiation, oldest first; the one on the table is the last.

    Before the first stands the offer of our catalog that it names, when it asks for something else.
    """
    said = [_said(negotiation, message) for message in unit.messages.find(process=negotiation.id)]
    found = [one for one in said if one is not None]
    if not found or found[-1].terms != on_the_table(negotiation):
        # An offer of ours that was refused lies there no more; what lay there before does.
        lying = Said(None, negotiation.offered_by, negotiation.offer, on_the_table(negotiation))
        earlier = [one for one in found if one.terms == lying.terms]
        found.append(earlier[-1] if earlier else lying)
    return [*_catalog_offer(unit, negotiation, found[0]), *found]


def _said(negotiation: ContractNegotiation, message: MessageRecord) -> Said | None:
    kind = _OFFERING.get(message.type)
    if kind is None:
        return None
    try:
        # Ours as we wrote it, theirs as the door read it: so they lay on the table.
        ours = message.direction == "out"
        offer = read_object(message.body)["offer"] if ours else decode(message.body, kind).offer
    except DecodeError:
        return None
    by = negotiation.role if ours else negotiation.role.other
    if not isinstance(offer, dict):
        return None
    # The first request is for an offer of the provider, whoever sends it (`Negotiations.begin`).
    return Said(message.at, by, offer, terms_digest(negotiation.dataset, offer, by))


def _catalog_offer(unit: UnitOfWork, negotiation: ContractNegotiation, first: Said) -> list[Said]:
    held = unit.offers.get(first.offer.get("@id")) if negotiation.role is Role.PROVIDER else None
    if held is None or first.by is Role.PROVIDER:
        return []
    offer = {**held.policy, "@id": held.id, "target": negotiation.dataset}
    return [Said(None, Role.PROVIDER, offer, terms_digest(negotiation.dataset, offer, Role.PROVIDER))]
