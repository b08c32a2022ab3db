"""What a status list brings about: whoever was revoked loses what is running, at once and with the reason.

New requests of a revoked member are refused at the door, which looks into the same lists (`authenticate`).
"""

import logging
from dataclasses import replace
from typing import Final

from connector.clock import Clock, format_time, parse_time
from connector.ports.store import Store, UnitOfWork
from connector.protocol.transfer import TransferState
from connector.services.errors import ServiceError
from connector.services.transfers.service import Transfers
from connector.trust.credentials import Membership, read_membership
from connector.trust.errors import CredentialRevoked, TrustError
from connector.trust.status import StatusList, check_status

REVOKED: Final = "membership-revoked"
SUSPENDED: Final = "membership-suspended"
_LIVE: Final = (None, TransferState.REQUESTED.value, TransferState.STARTED.value, TransferState.SUSPENDED.value)
_log: Final = logging.getLogger(__name__)


class Revocations:
    """Ends and suspends transfers with members who are members no more."""

    def __init__(self, *, store: Store, transfers: Transfers, clock: Clock) -> None:
        self._store = store
        self._transfers = transfers
        self._clock = clock

    async def apply(self, found: StatusList) -> None:
        """Look through all that runs for those whom this list revokes."""
        await self._store.write(lambda unit: self._mark(unit, found))
        running = await self._store.read(lambda unit: self._affected(unit, found))
        for transfer, error in running:
            try:
                if error.purpose == "revocation":
                    await self._transfers.terminate(transfer, code=REVOKED, reason=str(error))
                else:
                    await self._transfers.suspend(transfer, code=SUSPENDED, reason=str(error))
            except ServiceError as hindered:  # it has ended, or is suspended already
                _log.info("transfer %s goes on as it is: %s", transfer, hindered)

    def _mark(self, unit: UnitOfWork, found: StatusList) -> None:
        """Nothing is concluded any more under a membership that is taken back, whoever brings it."""
        for record in unit.memberships.find(issuer=found.issuer, revoked_at=None):
            error = _taken_back(read_membership(record.jwt), found)
            if error is not None and error.purpose == "revocation":
                unit.memberships.put(replace(record, revoked_at=format_time(self._clock.now())))

    def _affected(self, unit: UnitOfWork, found: StatusList) -> list[tuple[str, CredentialRevoked]]:
        """Transfers that are not over, with members who hold nothing better than what the list takes back."""
        verdicts: dict[str, CredentialRevoked | None] = {}
        affected = []
        for state in _LIVE:
            for transfer in unit.transfers.find(state=state):
                did = transfer.counterparty
                if did not in verdicts:
                    verdicts[did] = self._verdict(unit, did, found)
                error = verdicts[did]
                if error is not None:
                    affected.append((transfer.id, error))
        return affected

    def _verdict(self, unit: UnitOfWork, did: str, found: StatusList) -> CredentialRevoked | None:
        now = self._clock.now()
        taken: CredentialRevoked | None = None
        for record in unit.memberships.find(did=did, own=False):
            if parse_time(record.valid_until) <= now:
                continue
            membership = read_membership(record.jwt)
            error = _taken_back(membership, found)
            if error is None:
                return None
            taken = error
        return taken


def _taken_back(membership: Membership, found: StatusList) -> CredentialRevoked | None:
    for entry in membership.status:
        if (entry.list_url, membership.issuer) == (found.url, found.issuer):
            try:
                check_status(entry, found, issuer=found.issuer, now=found.valid_from)
            except CredentialRevoked as error:
                return error
            except TrustError as error:
                _log.warning("the status of %s is unknown: %s", membership.did, error)
    return None
