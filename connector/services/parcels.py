"""What is pushed in a transfer, where to, and as which use."""

from dataclasses import dataclass
from pathlib import Path

from connector.clock import Clock
from connector.ids import is_iri
from connector.ports.dataplane import PushRequest
from connector.ports.records import ContractRecord, DatasetRecord, DeliveryRecord
from connector.ports.store import UnitOfWork
from connector.protocol.transfer import TransferProcess, TransferState
from connector.services.addresses import PURPOSE, Target, read_address
from connector.services.agreed import agreed_policy
from connector.services.errors import Forbidden
from connector.services.identity import Identity
from connector.services.usage.conditions import fixed_purpose
from connector.trust.tokens import make_request_proof


@dataclass(frozen=True, slots=True)
class Push:
    """What is to be pushed, where to, and as which use."""

    transfer: TransferProcess
    contract: ContractRecord
    dataset: DatasetRecord
    target: Target
    delivery: str
    purpose: str
    held: DeliveryRecord | None


def find_push(unit: UnitOfWork, transfer_id: str) -> Push | None:
    """What to push; None when nothing flows in this transfer now.

    Raises:
        Forbidden: nobody says what for.
    """
    transfer = unit.transfers.get(transfer_id)
    if transfer is None or transfer.state is not TransferState.STARTED or transfer.pending:
        return None
    contract = unit.contracts.get(transfer.agreement)
    dataset = unit.datasets.get(contract.dataset) if contract is not None else None
    if contract is None or dataset is None or transfer.data_address is None:
        return None
    target = read_address(transfer.data_address)
    purpose = target.purpose or fixed_purpose(agreed_policy(contract))
    if purpose is None:
        raise Forbidden(
            "this agreement allows several purposes, or any: the dataAddress has to name that of this use, with "
            f"the endpoint property {PURPOSE}"
        )
    # A consumer of another make asks for one delivery with one transfer.
    delivery = target.delivery if target.delivery is not None and is_iri(target.delivery) else transfer.id
    held = unit.deliveries.get(delivery)
    if held is not None and (held.role, held.transfer) != ("provider", transfer.id):
        # The consumer names deliveries: one of another transfer, or one that we ourselves fetch, is none of this one.
        # It is refused when it is reserved, as any id that was used for something else.
        held = None
    return Push(transfer, contract, dataset, target, delivery, purpose, held)


def request_of(push: Push, source: Path, start: int, *, me: Identity, clock: Clock) -> PushRequest:
    """The request that sends a file from a byte on; one of no file only asks how much is there."""
    target = push.target

    def proof(method: str, url: str) -> str:
        return make_request_proof(me.token_key, method=method, url=url, access_token=target.token, now=clock.now())

    return PushRequest(
        url=target.url,
        method=target.method,
        headers=target.opening,
        proof=proof if target.bound else None,
        source=source,
        start=start,
        byte_size=push.dataset.byte_size,
        media_type=str(push.dataset.card["found"].get("mediaType") or "application/octet-stream"),
        digest=push.dataset.digest,
        delivery=push.delivery,
    )
