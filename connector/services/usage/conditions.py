"""Which delivery a request for data is about, and from which byte on (RFC 9110, 13 and 14; decision 5, 15).

A client of ours names its delivery in a header. Any other gets the id that we mint inside the strong ETag of its first
answer, `"sha256:…;uuid"`, and resumes with `Range` and `If-Range`. Where HTTP would fall back to the whole, we refuse: the
whole is another use, and a use is counted.
"""

import re
from typing import Final

from connector.ids import is_iri, new_iri
from connector.ports.records import DatasetRecord, DeliveryRecord
from connector.ports.store import UnitOfWork
from connector.services.errors import BadRequest, Forbidden
from connector.services.usage.requests import DataRequest, Wanted
from policies.model import Constraint, Policy

_RANGE: Final = re.compile(r"\s*bytes\s*=\s*(\d{1,15})-(\d{0,15})\s*")
_TAG: Final = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_URN: Final = "urn:uuid:"
_MOST_PURPOSE: Final = 500


def etag_of(dataset: DatasetRecord, delivery: str | None = None) -> str:
    """The strong ETag of a data set; with the id of a delivery that we minted, of that delivery."""
    return f'"{dataset.digest}"' if delivery is None else f'"{dataset.digest};{delivery.removeprefix(_URN)}"'


def is_unchanged(request: DataRequest, dataset: DatasetRecord) -> bool:
    """Whether `If-None-Match` names what we have: then nothing is sent, and nothing is used (304)."""
    value = request.if_none_match
    return value is not None and (
        value.strip() == "*" or any(tag.partition(";")[0] == dataset.digest for _, tag in _tags(value))
    )


def wanted(unit: UnitOfWork, request: DataRequest, dataset: DatasetRecord, policy: Policy) -> Wanted:
    """What this request asks for.

    Raises:
        BadRequest: header values that cannot be; 412 for a condition that does not hold, 416 for a range that is not
            served, 428 for a range of nobody knows which delivery.
        Forbidden: it names no purpose, and the agreement fixes none.
    """
    start = _start(request.range, dataset)
    if request.delivery is not None or request.purpose is not None or request.person is not None:
        return _named(request, dataset, start)
    purpose = fixed_purpose(policy)
    if purpose is None:
        raise Forbidden(
            "this agreement allows several purposes, or any: each use has to name itself, with the headers "
            "Mmd-Delivery (a urn:uuid of yours) and Mmd-Purpose",
            clause="purpose",
        )
    known = _resumed(unit, request, dataset, ranged=start > 0)
    return Wanted(
        transfer=request.transfer,
        delivery=known or new_iri(),
        purpose=purpose,
        person=None,
        start=start,
        minted=True,
    )


def fixed_purpose(policy: Policy) -> str | None:
    """The one purpose that every permission of an agreement names; None when it names several, or none."""
    found: set[tuple[str, ...]] = set()
    for permission in policy.permission:
        named = [c.values for c in permission.constraint if isinstance(c, Constraint) and c.left_operand == "purpose"]
        found.update(named or [()])
    if len(found) != 1:
        return None
    values = found.pop()
    return values[0] if len(values) == 1 else None


def _start(value: str | None, dataset: DatasetRecord) -> int:
    if value is None:
        return 0
    match = _RANGE.fullmatch(value)
    first, last = (int(match[1]), int(match[2] or dataset.byte_size - 1)) if match else (0, -1)
    if match is None or last < dataset.byte_size - 1:
        raise _unserved("only one range is served, from some byte to the end: Range: bytes=N-", dataset)
    if first and first >= dataset.byte_size:
        raise _unserved("the range begins beyond the end of the data", dataset)
    return first


def _unserved(sentence: str, dataset: DatasetRecord) -> BadRequest:
    return BadRequest(sentence, status=416, byteSize=dataset.byte_size)


def _named(request: DataRequest, dataset: DatasetRecord, start: int) -> Wanted:
    delivery, purpose = request.delivery or "", request.purpose
    if not delivery or not purpose:
        raise BadRequest("each use names itself: the headers Mmd-Delivery (a urn:uuid) and Mmd-Purpose are needed")
    if not is_iri(delivery) or len(purpose) > _MOST_PURPOSE:
        raise BadRequest("Mmd-Delivery is not an IRI, or Mmd-Purpose is too long")
    ours = (etag_of(dataset), etag_of(dataset, delivery))
    if start and request.if_range is not None and request.if_range.strip() not in ours:
        raise _changed("If-Range")
    match = request.if_match
    if (
        match is not None
        and match.strip() != "*"
        and not any(f'"{tag}"' in ours for weak, tag in _tags(match) if not weak)
    ):
        raise _changed("If-Match")
    return Wanted(transfer=request.transfer, delivery=delivery, purpose=purpose, person=request.person, start=start)


def _resumed(unit: UnitOfWork, request: DataRequest, dataset: DatasetRecord, *, ranged: bool) -> str | None:
    """The minted delivery that a condition names; None for a request that begins a new one."""
    for name, value in (("If-Range", request.if_range if ranged else None), ("If-Match", request.if_match)):
        if value is None:
            continue
        for weak, tag in _tags(value):
            digest, _, minted = tag.partition(";")
            held = unit.deliveries.get(_URN + minted) if minted and not weak and digest == dataset.digest else None
            if held is not None and _is_of(held, request):
                return held.id
        same = name == "If-Match" and (value.strip() == "*" or (False, dataset.digest) in _tags(value))
        if not same:
            raise _changed(name)
    if ranged:
        raise BadRequest(
            "a range belongs to a delivery that was begun: name it by the ETag of its answer, in If-Range", status=428
        )
    return None


def _is_of(held: DeliveryRecord, request: DataRequest) -> bool:
    return held.role == "provider" and held.transfer == request.transfer


def _changed(header: str) -> BadRequest:
    # A resume of something else is never answered with the whole: it would be a second view (decision 5, 15).
    return BadRequest(f"this is not what {header} names: another delivery, or the data is other by now", status=412)


def _tags(value: str) -> list[tuple[bool, str]]:
    """The entity tags in a header: whether each is weak, and what stands between its quotes."""
    return [(bool(weak), tag) for weak, tag in _TAG.findall(value[:4000])]
