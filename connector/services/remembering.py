"""What we can tell a participant about itself when it has forgotten: its checkpoints, and the contracts that it has with us.

Whoever asks gets what it is a party to, and nothing else: the largest checkpoint of each of its logs that we hold, for
each contract with us how far it has come, and the evidence of it.
"""

from collections.abc import Sequence
from typing import Final

from connector.canonical import JsonObject
from connector.ports.records import ContractRecord, NoticeRecord
from connector.ports.store import Store, UnitOfWork
from connector.services.contracting import digest_of_signed
from connector.services.errors import NotFound
from connector.services.evidence import Evidence
from connector.services.identity import Identity
from connector.trust.credentials import read_membership

FORMAT: Final = "mmd-held/1"
PAGE: Final = 200
"""Contracts in one answer."""
HELD: Final = "/log/held"
"""Below the address of the notices."""


class Remembering:
    """Answers those who ask what we hold of them."""

    def __init__(self, identity: Identity, *, store: Store, evidence: Evidence) -> None:
        self._me = identity
        self._store = store
        self._evidence = evidence

    async def held(self, asker: str, after: str | None) -> JsonObject:
        """Checkpoints of the asker's logs, and a page of the contracts with us, newest first.

        Args:
            asker: who asks.
            after: the last contract of the page before.

        Raises:
            NotFound: there is no such contract of the asker's.
        """

        def work(unit: UnitOfWork) -> JsonObject:
            before = unit.contracts.get(after) if after is not None else None
            if after is not None and (before is None or before.counterparty != asker):
                raise NotFound("there is no such contract")
            found = unit.contracts.page(limit=PAGE, after=before, counterparty=asker)
            return {
                "format": FORMAT,
                "checkpoints": checkpoints_of(unit, asker),
                "origins": sorted(origins_of(unit, asker)),
                "memberships": memberships_of(unit, asker),
                "contracts": [self._listed(unit, contract) for contract in found],
                "next": found[-1].id if len(found) == PAGE else None,
            }

        return await self._store.read(work)

    async def evidence(self, asker: str, contract_id: str) -> bytes:
        """The evidence of a contract with the asker, without what its terms name and is not for him: consents, other contracts.

        Raises:
            NotFound: there is none.
            Conflict: nothing is signed yet.
        """
        contract = await self._store.read(lambda unit: unit.contracts.get(contract_id))
        if contract is None or contract.counterparty != asker:
            raise NotFound("there is no such contract")
        return await self._evidence.export(contract_id, to_other_side=True)

    def _listed(self, unit: UnitOfWork, contract: ContractRecord) -> JsonObject:
        receipt = contract.signatures.get("R")
        return {
            "id": contract.id,
            "receipt": digest_of_signed(receipt) if receipt else None,
            "terminated": "T" in contract.signatures,
            "notices": {
                "yours": _highest(unit, contract.id, contract.counterparty),
                "ours": _highest(unit, contract.id, self._me.did),
            },
            "uses": uses_known(unit, contract.id),
        }


def uses_known(unit: UnitOfWork, contract: str) -> int:
    """How many deliveries were begun under a contract, as far as we know: those that were refused are none."""
    begun = [delivery for delivery in unit.deliveries.find(contract=contract) if delivery.state != "refused"]
    return max(len(begun), unit.tallies.of(contract).uses)


def checkpoints_of(unit: UnitOfWork, did: str) -> list[str]:
    """The largest checkpoint of each log of this participant that we cosigned or were shown."""
    found: dict[str, tuple[int, str]] = {}
    for origin in origins_of(unit, did):
        held = unit.witnessed.get(origin)
        seen = unit.checkpoints.find(origin=origin, peer=did, newest_first=True, limit=1)
        notes = [(held.size, held.note)] if held is not None and held.did == did else []
        notes += [(one.size, one.note) for one in seen]
        if notes:
            found[origin] = max(notes)
    return [note for _, (_, note) in sorted(found.items())]


def origins_of(unit: UnitOfWork, did: str) -> set[str]:
    """The names of the logs of a participant, as we know them."""
    named = {record.log_origin for record in unit.memberships.find(did=did)}
    member = unit.members.get(did)
    named |= {member.log_origin} if member is not None else set()
    named |= {log.origin for log in unit.witnessed.find(did=did)}
    named |= {read_membership(jwt).log_origin for jwt in memberships_of(unit, did)}
    return {origin for origin in named if origin}


def memberships_of(unit: UnitOfWork, did: str) -> list[str]:
    """As an authority: what we issued to this member last, in each profile, if it still stands."""
    issued = unit.issued.find(did=did, revoked_at=None)
    newest = max(issued, key=lambda one: (one.issued_at, one.status_index), default=None)
    return [str(jwt) for jwt in newest.credentials.values()] if newest is not None else []


def _highest(unit: UnitOfWork, contract: str, author: str) -> JsonObject | None:
    found: Sequence[NoticeRecord] = unit.notices.find(contract=contract, author=author, newest_first=True, limit=1)
    return {"number": found[0].position, "digest": found[0].digest} if found else None
