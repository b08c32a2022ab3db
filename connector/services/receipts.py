"""The content of a receipt of delivery, as either side signs it."""

from datetime import datetime

from connector.canonical import JsonObject, digest_bytes
from connector.clock import parse_time
from connector.ports.records import DeliveryRecord
from connector.protocol.notices import delivery


def receipt_of(record: DeliveryRecord, *, transfer: str, transferred: int, now: datetime) -> JsonObject:
    """What is signed of a delivery that is whole.

    Args:
        record: the delivery.
        transfer: the provider's pid of the transfer process.
        transferred: bytes that went over the wire, repeated ranges counted again.
        now: when it was done.
    """
    return delivery(
        delivery=record.id,
        transfer=transfer,
        transferred=transferred,
        ranges=[(0, record.byte_size - 1)] if record.byte_size else [],
        digest=record.digest,
        purpose=record.purpose,
        person=person_digest(record.id, record.person),
        started_at=parse_time(record.started_at),
        finished_at=now,
        result="complete",
    )


def person_digest(delivery_id: str, person: str | None) -> str | None:
    """A person in a receipt: salted with the delivery's random id, so that a guess cannot be confirmed elsewhere."""
    return digest_bytes(f"{delivery_id}\n{person}".encode()) if person else None
