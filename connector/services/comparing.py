"""Comparing what a log shows to us with what it shows to others: two who compare find a split view.

Whoever asks shows a checkpoint of that log first, signed by it: so only those who look at a log themselves learn that we
do. Two checkpoints of one size with two roots are proof against their log; of different sizes, the log itself is asked to
show that one continues the other.
"""

import base64
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from connector.audit.checkpoint import Checkpoint, open_checkpoint, peek_checkpoint
from connector.audit.errors import AuditError, CheckpointError
from connector.audit.merkle import verify_consistency
from connector.canonical import CanonicalError, JsonObject, parse_json
from connector.clock import Clock, format_time
from connector.ports.network import Network, PeerUnreachable
from connector.ports.records import Act
from connector.ports.store import Store, UnitOfWork
from connector.services.acts import note
from connector.services.authenticate import Authenticator
from connector.services.checkpoints import log_hash
from connector.services.errors import BadRequest, NotFound, ServiceError
from connector.services.notice_places import notice_place
from connector.services.witnessing import log_keys_of, note_fork
from connector.trust.credentials import read_membership
from connector.trust.errors import TrustError
from connector.trust.keys import PublicKey
from connector.wire.codec import dump

COMPARE: Final = "/log/compare"
_MOST: Final = 64
_log: Final = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What a comparison with one other came to."""

    AGREES = "agrees"
    SPLIT = "split"
    UNPROVEN = "unproven"
    NOTHING = "nothing"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison.

    Attributes:
        with_: the other, or the owner of the log itself.
        outcome: `split` is proven by the two checkpoints; `unproven` means that the log could not show that one of them
            continues the other.
        sentence: the same for people.
        checkpoints: ours and theirs, where they disagree or could not be shown to agree.
    """

    with_: str
    outcome: Outcome
    sentence: str
    size: int | None = None
    checkpoints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Log:
    """A log that is looked at: whose it is, its keys, where to ask, and what we hold of it."""

    did: str
    origin: str
    keys: Sequence[PublicKey]
    root: str
    note: str | None


class Comparing:
    """Compares logs with others, and lets them compare with us."""

    def __init__(
        self,
        *,
        store: Store,
        network: Network,
        authenticator: Authenticator,
        clock: Clock,
        authorities: tuple[str, ...],
        allowed: bool,
    ) -> None:
        self._store = store
        self._network = network
        self._authenticator = authenticator
        self._clock = clock
        self._authorities = authorities
        self._allowed = allowed

    async def answer(self, asker: str, body: JsonObject) -> JsonObject:
        """Our newest checkpoint of the log whose checkpoint the asker shows.

        Raises:
            BadRequest: no checkpoint is shown.
            NotFound: we know no such log, it did not sign that checkpoint, or the operator does not compare.
        """
        note = body.get("checkpoint")
        if not isinstance(note, str):
            raise BadRequest("a checkpoint of the log is needed, as a signed note")
        if not self._allowed and asker not in self._authorities:
            raise NotFound("nothing is compared here")

        def work(unit: UnitOfWork) -> str | None:
            origin = peek_checkpoint(note).origin
            keys = [key for _, key in log_keys_of(unit, origin)]
            shown = _opened(note, origin, keys)
            held = _newest(unit, origin)
            if held is not None and shown.size == peek_checkpoint(held).size:
                self._note_if_forked(unit, origin, held, note)
            return held

        try:
            held = await self._store.write(work)
        except CheckpointError:
            raise NotFound("no such log is known here") from None
        return {"checkpoint": held}

    async def audit(self, peer: str, with_: Sequence[str], *, by: Act) -> list[Compared]:
        """Compare what a participant's log shows to us with what it shows to others.

        Args:
            peer: whose log.
            with_: with whom, besides the log itself and our authorities.
            by: who asks.

        Raises:
            NotFound: we know no log of this participant.
        """
        log = await self._store.write(lambda unit: self._known_log(unit, peer, by))
        own = await self._with_itself(log)
        found = [own]
        note = log.note or (own.checkpoints[0] if own.checkpoints and own.outcome is Outcome.AGREES else None)
        others = [other for other in dict.fromkeys([*self._authorities, *with_]) if other != peer]
        if note is not None:
            found += [await self._with(other, log, note) for other in others]
        return found

    def _known_log(self, unit: UnitOfWork, peer: str, by: Act) -> _Log:
        note(unit, by)
        jwts = [m.jwt for m in unit.memberships.find(did=peer, newest_first=True, limit=_MOST)]
        member = unit.members.get(peer)  # when we are the authority
        bound = [read_membership(jwt) for jwt in (*jwts, *([member.credential] if member is not None else []))]
        if not bound:
            raise NotFound(f"no membership of {peer} is known here, so its log's key is not either")
        origin = bound[0].log_origin
        keys = list({m.log_key.raw(): m.log_key for m in bound if m.log_origin == origin}.values())
        contracts = unit.contracts.find(counterparty=peer, newest_first=True, limit=1)
        negotiation = unit.negotiations.get(contracts[0].negotiation) if contracts else None
        root = negotiation.callback_address if negotiation is not None else ""
        return _Log(peer, origin, keys, root, _newest(unit, origin))

    async def _with_itself(self, log: _Log) -> Compared:
        """Its newest checkpoint, as it shows it to us now, against what it showed before."""
        try:
            base = await notice_place(self._authenticator, log.did)
            answer = await self._network.get(base + "/log/checkpoint", self._authenticator.bearer(log.did))
            if answer.status != 200:  # noqa: PLR2004
                return Compared(log.did, Outcome.NOTHING, f"it shows us no checkpoint ({answer.status}: {answer.text})")
            note = answer.body.decode("utf-8", "replace")
            _opened(note, log.origin, log.keys)
            if log.note is None:
                size = peek_checkpoint(note).size
                return Compared(log.did, Outcome.AGREES, "it is the first that we see", size, (note,))
            return await self._judged(log.did, log, log.note, note)
        except (PeerUnreachable, ServiceError, TrustError) as error:
            return Compared(log.did, Outcome.UNREACHABLE, str(error))
        except AuditError as error:
            return Compared(log.did, Outcome.UNPROVEN, f"what it shows us is no checkpoint of its log: {error}")

    async def _with(self, other: str, log: _Log, note: str) -> Compared:
        try:
            base = await notice_place(self._authenticator, other)
            body = dump({"checkpoint": note})
            answer = await self._network.post(base + COMPARE, body, self._authenticator.bearer(other))
            if answer.status != 200:  # noqa: PLR2004
                return Compared(other, Outcome.NOTHING, f"it has nothing to compare ({answer.status})")
            theirs = parse_json(answer.body).get("checkpoint")
            if not isinstance(theirs, str):
                return Compared(other, Outcome.NOTHING, "it holds no checkpoint of this log")
            _opened(theirs, log.origin, log.keys)
            return await self._judged(other, log, note, theirs)
        except (PeerUnreachable, ServiceError, TrustError, CanonicalError) as error:
            return Compared(other, Outcome.UNREACHABLE, str(error))
        except AuditError as error:
            return Compared(other, Outcome.NOTHING, f"what it holds is not signed by this log: {error}")

    async def _judged(self, other: str, log: _Log, ours: str, theirs: str) -> Compared:
        """Two checkpoints that the log has signed."""
        small, large = sorted((peek_checkpoint(ours), peek_checkpoint(theirs)), key=lambda c: c.size)
        if small.size == large.size:
            if small.root == large.root:
                return Compared(other, Outcome.AGREES, "the same checkpoint", small.size)
            await self._store.write(lambda unit: self._note_if_forked(unit, log.origin, ours, theirs))
            sentence = f"two different checkpoints of one size, {small.size}: the log has two histories"
            return Compared(other, Outcome.SPLIT, sentence, small.size, (ours, theirs))
        why = await self._proven(log, small, large)
        if why is None:
            return Compared(other, Outcome.AGREES, "one continues the other", large.size)
        return Compared(other, Outcome.UNPROVEN, why, large.size, (ours, theirs))

    async def _proven(self, log: _Log, small: Checkpoint, large: Checkpoint) -> str | None:
        """None if the log shows that the large one continues the small one; else why not, in words."""
        base = await notice_place(self._authenticator, log.did)
        url = f"{base}/log/consistency?log={log_hash(log.origin)}&sizes={small.size},{large.size}"
        answer = await self._network.get(url, self._authenticator.bearer(log.did))
        if answer.status != 200:  # noqa: PLR2004
            return f"the log does not show that one continues the other ({answer.status}: {answer.text})"
        try:
            (proof,) = parse_json(answer.body)["proofs"]
            hashes = [base64.b64decode(h, validate=True) for h in proof]
            verify_consistency(small.size, large.size, small.root, large.root, hashes)
        except (CanonicalError, KeyError, TypeError, ValueError, AuditError) as error:
            return f"the log cannot show that one continues the other: {error}"
        return None

    def _note_if_forked(self, unit: UnitOfWork, origin: str, ours: str, theirs: str) -> None:
        if peek_checkpoint(ours).root != peek_checkpoint(theirs).root:
            owner = next((did for did, _ in log_keys_of(unit, origin)), origin)
            note_fork(unit, origin, owner, (ours, theirs), format_time(self._clock.now()))


def _opened(note: str, origin: str, keys: Sequence[PublicKey]) -> Checkpoint:
    """A checkpoint of this log, signed by one of these keys.

    Raises:
        CheckpointError: it is not.
    """
    problem: CheckpointError = CheckpointError("no key of this log is known")
    for key in keys:
        try:
            return open_checkpoint(note, origin=origin, verify=key.verify, public_raw=key.raw())
        except CheckpointError as error:
            problem = error
    raise problem


def _newest(unit: UnitOfWork, origin: str) -> str | None:
    """The largest checkpoint of a log that we hold: cosigned, or seen and found consistent."""
    witnessed = unit.witnessed.get(origin)
    seen = unit.checkpoints.find(origin=origin, verified=True, newest_first=True, limit=1)
    held = [(witnessed.size, witnessed.note)] if witnessed is not None else []
    held += [(found.size, found.note) for found in seen]
    return max(held)[1] if held else None
