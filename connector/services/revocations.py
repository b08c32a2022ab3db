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
from connector.trust.credentials import Credential, Membership, read_credential, read_membership
from connector.trust.errors import CredentialRevoked, TrustError
from connector.trust.status import StatusList, check_status
from connector.trust.status_entries import REVOCATION, SUSPENSION

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
        """Look through all that runs for those whom this list takes back, and for those whom it lets go on."""
        await self._store.write(lambda unit: self._mark(unit, found))
        running, resting = await self._store.read(
            lambda unit: (self._affected(unit, found), self._resting(unit, found))
        )
        for transfer, error in running:
            try:
                if error.purpose == REVOCATION:
                    await self._transfers.terminate(transfer, code=REVOKED, reason=str(error))
                else:
                    await self._transfers.suspend(transfer, code=SUSPENDED, reason=str(error))
            except ServiceError as hindered:  # it has ended, or is suspended already
                _log.info("transfer %s goes on as it is: %s", transfer, hindered)
        for transfer in resting:
            try:
                await self._transfers.resume(transfer)
            except ServiceError as hindered:  # it has ended, or somebody else suspended it
                _log.info("transfer %s stays as it is: %s", transfer, hindered)

    def _resting(self, unit: UnitOfWork, found: StatusList) -> list[str]:
        """Transfers that rest because of a suspension which this list has lifted."""
        if SUSPENSION not in found.purposes:
            return []
        return [
            transfer.id
            for transfer in unit.transfers.find(state=TransferState.SUSPENDED.value)
            if (transfer.problem or {}).get("code") == SUSPENDED
            and self._is_judged_by(unit, transfer.counterparty, found)
            and self._verdict(unit, transfer.counterparty, found) is None
        ]

    def _is_judged_by(self, unit: UnitOfWork, did: str, found: StatusList) -> bool:
        held = unit.memberships.find(did=did, own=False)
        entries = [(entry.list_url, record.issuer) for record in held for entry in read_membership(record.jwt).status]
        return (found.url, found.issuer) in entries

    def _mark(self, unit: UnitOfWork, found: StatusList) -> None:
        """Nothing is concluded any more under a membership that is taken back, whoever brings it."""
        for record in unit.memberships.find(issuer=found.issuer, revoked_at=None):
            error = _taken_back(read_membership(record.jwt), found)
            if error is not None and error.purpose == REVOCATION:
                unit.memberships.put(replace(record, revoked_at=format_time(self._clock.now())))

        for shown in unit.presented.find(issuer=found.issuer, revoked_at=None):
            error = _taken_back(read_credential(shown.jwt), found)
            if error is not None:
                unit.presented.put(replace(shown, revoked_at=format_time(self._clock.now())))

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


def _taken_back(credential: Membership | Credential, found: StatusList) -> CredentialRevoked | None:
    for entry in credential.status:
        if (entry.list_url, credential.issuer) == (found.url, found.issuer):
            try:
                check_status(entry, found, issuer=found.issuer, now=found.valid_from)
            except CredentialRevoked as error:
                return error
            except TrustError as error:
                _log.warning("the status of a credential of %s is unknown: %s", credential.issuer, error)
    return None
