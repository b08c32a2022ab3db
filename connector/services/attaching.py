"""Annexes of contracts as this side has them: lists, receipts, and files of the parties that our people attach.

A file belongs to a contract when its terms name its SHA-256. It goes into the evidence from then on; nobody is told of it. The
other side of the contract, which may ask for our evidence, is given reports, and no consents and contracts with others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from connector.canonical import JsonObject, digest_bytes
from connector.clock import Clock, format_time
from connector.contracts.annexes import MAX_ATTACHED, Named, annexes_named, may_be_attached
from connector.ports.records import Act, AttachedRecord, ContractRecord
from connector.ports.store import Store, UnitOfWork
from connector.services.acts import note
from connector.services.errors import BadRequest, Conflict, NotFound
from connector.services.facts.people import is_erased

MAX_IN_ALL: Final = 4 * MAX_ATTACHED
"""The files of one contract together, in bytes: its evidence must stay within the bounds of an evidence file."""


class Attaching:
    """Keeps the files that our people attach to contracts."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def attach(self, contract_id: str, data: bytes, *, by: Act) -> str:
        """Keep a file that a contract names, and give its digest; the same file again changes nothing.

        Raises:
            NotFound: there is no such contract.
            BadRequest: it is empty, or larger than `MAX_ATTACHED`.
            Conflict: the contract names no such file, or its files together would be too large.
        """
        if not 0 < len(data) <= MAX_ATTACHED:
            raise BadRequest(f"a file of 1 to {MAX_ATTACHED:,} bytes is needed, this has {len(data):,}")
        digest = digest_bytes(data)

        def work(unit: UnitOfWork) -> str:
            contract = unit.contracts.get(contract_id)
            if contract is None:
                raise NotFound(f"there is no contract {contract_id}")
            named = {found: one for found, one in named_annexes(unit, contract).items() if may_be_attached(one)}
            if digest not in named:
                expected = ", ".join(sorted(named)) or "-"
                raise Conflict.told("file_not_named", digest=digest, expected=expected)
            held = unit.attached.find(contract=contract_id)
            if all(record.digest != digest for record in held):
                if sum(len(record.data) for record in held) + len(data) > MAX_IN_ALL:
                    raise Conflict.told("files_too_large", limit=f"{MAX_IN_ALL:,}")
                keep_file(unit, contract_id, data, format_time(self._clock.now()))
                note(unit, replace(by, object=contract_id))
            return digest

        return await self._store.write(work)


def keep_file(unit: UnitOfWork, contract: str, data: bytes, at: str) -> None:
    """Keep a file of a contract, once."""
    digest = digest_bytes(data)
    key = f"{contract} {digest}"
    if unit.attached.get(key) is None:
        unit.attached.add(AttachedRecord(key=key, contract=contract, digest=digest, data=data, at=at))


def named_annexes(unit: UnitOfWork, contract: ContractRecord) -> Mapping[str, Named]:
    """What terms and notices of a contract name, by digest."""
    notices = ((notice.author, notice.document) for notice in unit.notices.find(contract=contract.id))
    return annexes_named(contract.agreement, notices)


def held_annexes(unit: UnitOfWork, contract: ContractRecord) -> tuple[Sequence[JsonObject], Sequence[bytes]]:
    """Of these, what is here: lists and receipts, and files."""
    attached = {record.digest: record.data for record in unit.attached.find(contract=contract.id)}
    documents: list[JsonObject] = []
    files: list[bytes] = []
    for digest in sorted(named_annexes(unit, contract)):
        people, consent = unit.people_lists.get(digest), unit.consents.get(digest)
        if people is not None and not is_erased(people):
            documents.append(people.document)
        elif consent is not None and consent.receipt is not None:
            documents.append(consent.receipt)
        elif digest in attached:
            files.append(attached[digest])
    return documents, files
