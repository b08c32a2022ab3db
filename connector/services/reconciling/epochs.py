"""Opening a log that takes the place of one that cannot go on, telling others of it, and taking what others tell."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from connector.audit.checkpoint import Checkpoint
from connector.canonical import JsonObject, digest
from connector.clock import Clock, format_time
from connector.contracts.epochs import (
    check_epoch_statement,
    known_checkpoint,
    make_epoch_statement,
    read_epoch_statement,
)
from connector.contracts.errors import ContractError
from connector.contracts.rules import Signer
from connector.ports.network import Network, PeerUnreachable
from connector.ports.records import Act, LogEpochRecord
from connector.ports.store import Store, UnitOfWork
from connector.services.acts import note
from connector.services.authenticate import Authenticator
from connector.services.errors import BadRequest, NotFound, ServiceError
from connector.services.holding import own_membership
from connector.services.identity import Identity
from connector.services.notice_places import notice_place
from connector.trust.credentials import read_membership
from connector.trust.errors import TrustError
from connector.trust.keys import PublicKey
from connector.trust.verify import Participant
from connector.wire.codec import dump

EPOCHS: Final = "/log/epochs"
"""Below the address of the notices: where the owner of a log tells that it has a new one."""
MAX_STATEMENT: Final = 100_000
LOG_EPOCH: Final = "log-epoch"
_FINAL: Final = range(400, 500)
_MOST: Final = 16
_log: Final = logging.getLogger(__name__)


class Epochs:
    """Our logs after the first, and those of others."""

    def __init__(
        self,
        identity: Identity,
        *,
        store: Store,
        network: Network,
        authenticator: Authenticator,
        clock: Clock,
        authorities: tuple[str, ...],
    ) -> None:
        self._authorities = authorities
        self._me = identity
        self._store = store
        self._network = network
        self._authenticator = authenticator
        self._clock = clock

    def open(
        self,
        unit: UnitOfWork,
        *,
        previous: int,
        known: tuple[Checkpoint, str] | None,
        reason: str,
        others: Sequence[str],
        now: datetime,
    ) -> LogEpochRecord:
        """Sign the statement and make it the first entry of the log in use, which has none yet.

        Args:
            unit: the unit of work.
            previous: which of our logs cannot go on.
            known: the largest checkpoint of it that anybody holds.
            reason: why, as a word.
            others: who is to be told, and to be asked what we have forgotten.
            now: the time.
        """
        head = unit.log.head(previous)
        largest = known[1] if known is not None else head.note if head is not None else None
        if head is not None and known is not None and known[0].size < head.size:
            largest = head.note
        membership = own_membership(unit)
        document = make_epoch_statement(
            issuer=self._me.did,
            key=self._me.contract_signer(membership.contract_key if membership is not None else None),
            origin=self._me.log_origin,
            epoch=self._me.log_epoch,
            previous=self._me.origin_of(previous),
            restored_size=head.size if head is not None else 0,
            restored_root=head.root.hex() if head is not None else "",
            known=largest,
            reason=reason,
            now=now,
        )
        entry = unit.log.open_epoch(digest(document), now, unbound=why_unbound(unit, self._me))
        record = LogEpochRecord(
            origin=self._me.log_origin,
            epoch=self._me.log_epoch,
            statement=document,
            entry=entry.entry,
            proof=entry.proof,
            at=format_time(now),
            untold=sorted(others),
            unlearned=sorted(others),
        )
        unit.epochs.put(record)
        return record

    async def tell(self) -> int:
        """Tell those who have not been told yet; how many were told now."""
        records = await self._store.read(lambda unit: [record for record in unit.epochs.find() if record.untold])
        return sum([await self._tell_all(record) for record in records])

    async def _tell_all(self, record: LogEpochRecord) -> int:
        told = [did for did in record.untold if await self._tell(did, record)]

        def work(unit: UnitOfWork) -> None:
            held = unit.epochs.get(record.origin)
            if held is not None:
                unit.epochs.put(replace(held, untold=[did for did in held.untold if did not in told]))

        if told:
            await self._store.write(work)
        return len(told)

    async def _tell(self, did: str, record: LogEpochRecord) -> bool:
        body = dump({"statement": record.statement, "entry": record.entry, "proof": record.proof})
        try:
            place = await notice_place(self._authenticator, did)
            answer = await self._network.post(place + EPOCHS, body, self._authenticator.bearer(did))
        except NotFound as error:
            _log.info("%s cannot be told of our new log: %s", did, error)
            return True
        except (PeerUnreachable, ServiceError, TrustError) as error:
            _log.info("%s is told of our new log later: %s", did, error)
            return False
        if answer.status in _FINAL:
            _log.warning("%s does not take the word of our new log: %d %s", did, answer.status, answer.text)
        return answer.status < 500 and answer.status not in (401, 403, 429)  # noqa: PLR2004

    # --- of others -------------------------------------------------------------------------------------------------------

    async def take(self, sender: Participant, body: JsonObject) -> JsonObject:
        """Another participant says that its log goes on under a new name: kept for people, and logged.

        It binds nobody to believe the new log: that takes a membership which names it. What it hides is noted with it: a
        checkpoint of the old log that we hold and that is larger than all that it names.

        Raises:
            BadRequest: it is not its word, or not about logs of its own.
            NotFound: we know no membership of the sender that binds the old log.
        """
        document = body.get("statement")
        if not isinstance(document, dict):
            raise BadRequest("a statement is needed")
        now = self._clock.now()
        try:
            claimed = read_epoch_statement(document)
        except ContractError as error:
            raise BadRequest(str(error)) from None

        def work(unit: UnitOfWork) -> JsonObject | ServiceError:
            bound = _bound_keys(unit, sender.did, claimed.previous)
            if not bound and sender.did in self._authorities:
                # Nobody vouches for an authority; that it is itself its document shows, as everywhere else.
                bound = [key for _, key in sender.document.keys("assertionMethod") if key.algorithm == "EdDSA"]
            if not bound:
                return NotFound("no membership of yours is known here that binds the old log")
            problem: ContractError | None = None
            for key in bound:
                try:
                    statement = check_epoch_statement(document, Signer(sender.did, key), now=now)
                    break
                except ContractError as error:
                    problem = error
            else:
                return BadRequest(str(problem))
            told = unit.acts.find(act=LOG_EPOCH, object=sender.did, limit=_MOST)
            if any(isinstance(act.detail, dict) and act.detail.get("origin") == statement.origin for act in told):
                return {"status": "held"}
            if len(told) == _MOST:
                return BadRequest("there are more logs of yours than anything here calls for")
            known = known_checkpoint(statement)
            hidden = largest_held(unit, statement.previous) > (known.size if known is not None else 0)
            detail: JsonObject = {
                "origin": statement.origin,
                "previous": statement.previous,
                "reason": statement.reason,
                "restored": statement.restored_size,
                "known": known.size if known is not None else None,
                "hidden": hidden,
                "statement": document,
            }
            at = format_time(now)
            note(unit, Act(at=at, name=sender.did, role="participant", act=LOG_EPOCH, object=sender.did, detail=detail))
            return {"status": "taken"}

        answer = await self._store.write(work)
        if isinstance(answer, ServiceError):
            raise answer
        # The membership that we remember binds the old log: the next message has the new one asked for.
        self._authenticator.forget(sender.did)
        return answer


def _bound_keys(unit: UnitOfWork, did: str, origin: str) -> list[PublicKey]:
    """The contract keys that memberships of this participant bind together with this log of its."""
    jwts = [held.jwt for held in unit.memberships.find(did=did, newest_first=True, limit=_MOST)]
    issued = unit.issued.find(did=did, newest_first=True, limit=_MOST)
    jwts += [str(jwt) for one in issued for jwt in one.credentials.values()]
    found = (read_membership(jwt) for jwt in jwts)
    return [membership.contract_key for membership in found if membership.log_origin == origin]


def why_unbound(unit: UnitOfWork, me: Identity) -> str | None:
    """Why nothing is signed yet in the log in use: our membership binds another one. None when it does not."""
    membership = own_membership(unit)
    if membership is None or membership.log_origin == me.log_origin:
        return None
    return (
        f"the log {me.log_origin} is in use, and our membership binds {membership.log_origin}: nothing is signed until "
        f"{membership.issuer} has issued one that binds it; it is asked by itself, otherwise: `mmd join {membership.issuer}`"
    )


def largest_held(unit: UnitOfWork, origin: str) -> int:
    """The size of the largest checkpoint of somebody's log that we cosigned or were shown; 0 for none."""
    witnessed = unit.witnessed.get(origin)
    seen = unit.checkpoints.find(origin=origin, newest_first=True, limit=1)
    return max([witnessed.size if witnessed is not None else 0, *(one.size for one in seen)])
