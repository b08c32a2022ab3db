"""As a witness: we cosign the checkpoints of logs that we know, and refuse what does not continue what we cosigned.

C2SP `tlog-witness`. We know the logs of our partners by the memberships that they showed us, and as an authority those of
our members. We cosign with our log key, under the name of our log: both are bound by our own membership.
"""

import hashlib
import logging
from collections.abc import Sequence
from typing import Final

from connector.audit.checkpoint import Checkpoint, peek_checkpoint
from connector.audit.cosignature import cosign, own_lines_only, with_cosignatures
from connector.audit.errors import WitnessRefusal
from connector.audit.witness import AddCheckpoint, LogKey, judge, read_request, signed_checkpoint
from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.ports.records import Act, WitnessedLog
from connector.ports.store import Store, UnitOfWork
from connector.services.acts import note
from connector.services.errors import NotFound
from connector.services.identity import Identity
from connector.trust.credentials import read_membership
from connector.trust.keys import PublicKey

_MAX_KEYS: Final = 16
_MAX_FORKS: Final = 8
_log: Final = logging.getLogger(__name__)


class Witnessing:
    """Cosigns the logs of others."""

    def __init__(self, identity: Identity, *, store: Store, clock: Clock) -> None:
        self._me = identity
        self._store = store
        self._clock = clock

    async def add(self, body: bytes) -> str:
        """A request `add-checkpoint`; returns our signature lines.

        Raises:
            WitnessRefusal: with the standard's status; nothing was cosigned.
        """
        request = read_request(body)
        known = await self._store.read(lambda unit: log_keys_of(unit, peek_checkpoint(request.note).origin))
        keys = [LogKey(key.raw(), key.verify) for _, key in known]
        checkpoint = signed_checkpoint(request, lambda _: keys)
        answer = await self._store.write(lambda unit: self._cosign(unit, request, checkpoint, known[0][0]))
        if isinstance(answer, WitnessRefusal):
            raise answer
        return answer

    async def held(self, asker: str, origin_hash: str) -> str:
        """The largest checkpoint of a log that we cosigned, for its owner.

        Raises:
            NotFound: there is none, or it is somebody else's: whose logs we know says with whom we deal.
        """

        def work(unit: UnitOfWork) -> str | None:
            origins = {origin for origin, _ in _origins_of(unit, asker)}
            wanted = [origin for origin in origins if hashlib.sha256(origin.encode()).hexdigest() == origin_hash]
            found = unit.witnessed.get(wanted[0]) if wanted else None
            return found.note if found is not None else None

        note = await self._store.read(work)
        if note is None:
            raise NotFound("no checkpoint of this log was cosigned here for you")
        return note

    def _cosign(
        self, unit: UnitOfWork, request: AddCheckpoint, checkpoint: Checkpoint, did: str
    ) -> str | WitnessRefusal:
        """Judge against what is held, hold the new one, cosign: one transaction, durable before anybody is answered."""
        unit.log.check_may_sign()
        held = unit.witnessed.get(checkpoint.origin)
        now = self._clock.now()
        try:
            before = Checkpoint(held.origin, held.size, bytes.fromhex(held.root)) if held is not None else None
            judge(request, checkpoint, before)
        except WitnessRefusal as refusal:
            if held is not None and checkpoint.size == held.size and checkpoint.root.hex() != held.root:
                note_fork(unit, held.origin, held.did, (held.note, request.note), format_time(now))
            return refusal
        # With each of our log keys: whoever has not seen our newest membership yet knows the one before.
        origin, keys = self._me.log_origin, [signer.key for signer in self._me.log_signers()]
        lines = [cosign(request.note, origin, key.sign, key.public.raw(), now) for key in keys]
        unit.witnessed.put(
            WitnessedLog(
                origin=checkpoint.origin,
                did=did,
                size=checkpoint.size,
                root=checkpoint.root.hex(),
                note=with_cosignatures(own_lines_only(request.note), lines),
                at=format_time(now),
            )
        )
        return "".join(f"{line}\n" for line in lines)


def note_fork(unit: UnitOfWork, origin: str, owner: str, notes: tuple[str, str], at: str) -> None:
    """Two signed checkpoints of one size and two roots prove that a log has two histories: kept, once, for a person."""
    size = peek_checkpoint(notes[0]).size
    known = unit.acts.find(act="log-inconsistent", object=owner, limit=_MAX_FORKS)
    detail: JsonObject = {
        "origin": origin,
        "why": f"two different checkpoints of one size, {size}",
        "checkpoints": list(notes),
    }
    if len(known) == _MAX_FORKS or any(act.detail == detail for act in known):
        return
    _log.error("the log %s of %s has two histories: two different checkpoints of size %d", origin, owner, size)
    note(unit, Act(at=at, name="connector", role="connector", act="log-inconsistent", object=owner, detail=detail))


def log_keys_of(unit: UnitOfWork, origin: str) -> Sequence[tuple[str, PublicKey]]:
    """Whose log this is and its keys: by the memberships that bind them, the newest first.

    A log that was cosigned before stays whose it was: nobody takes it over by a membership that names its origin too.
    """
    held = unit.witnessed.get(origin)
    jwts = [m.jwt for m in unit.memberships.find(log_origin=origin, newest_first=True, limit=_MAX_KEYS)]
    jwts += [m.credential for m in unit.members.find(log_origin=origin, revoked_at=None, limit=_MAX_KEYS)]
    found = {(m.did, m.log_key.raw()): m.log_key for m in map(read_membership, jwts)}
    owner = held.did if held is not None else next((did for did, _ in found), None)
    return [(did, key) for (did, _), key in found.items() if did == owner]


def _origins_of(unit: UnitOfWork, did: str) -> set[tuple[str, str]]:
    named = [(m.log_origin, m.did) for m in unit.memberships.find(did=did)]
    member = unit.members.get(did)
    return {*named, *([(member.log_origin, member.did)] if member is not None else [])}
