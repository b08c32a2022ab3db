"""Watching the logs of others: every checkpoint that we are shown must be consistent with all the others (decision 5, 8).

A checkpoint comes with FINALIZED. It is kept at once and checked right after: one request to the peer asks for the
consistency proofs between everything that has not been checked yet, so that a busy hour costs few requests and an idle
one none. What does not fit is kept as proof and shown.
"""

import asyncio
import base64
import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Final
from urllib.parse import quote

from connector.audit.checkpoint import Checkpoint
from connector.audit.errors import ProofError
from connector.audit.merkle import verify_consistency
from connector.audit.tiles import parse_tile
from connector.canonical import CanonicalError, JsonObject, parse_json
from connector.clock import Clock, format_time
from connector.ports.network import Network, PeerUnreachable
from connector.ports.records import Act, ContractRecord, SeenCheckpoint
from connector.ports.store import Store, UnitOfWork
from connector.protocol.bindings import NOTICES_PATH
from connector.services.acts import note
from connector.services.authenticate import Authenticator
from connector.services.errors import BadRequest, NotFound
from connector.services.identity import Identity

MAX_SIZES: Final = 256
_NEWEST: Final = 32
_BETWEEN: Final = 0.25
"""Seconds from the end of one look at a peer's log to the next: what comes in between is checked together. Nobody waits
for it; the first look is at once."""
_log: Final = logging.getLogger(__name__)


class Checkpoints:
    """Checkpoints of others, and consistency proofs of our own log for them."""

    def __init__(
        self,
        identity: Identity,
        *,
        store: Store,
        network: Network,
        authenticator: Authenticator,
        clock: Clock,
        protocol_root: Callable[[UnitOfWork, ContractRecord], str],
        authorities: tuple[str, ...] = (),
    ) -> None:
        self._authorities = authorities
        self._me = identity
        self._store = store
        self._network = network
        self._authenticator = authenticator
        self._clock = clock
        self._root = protocol_root
        self._checking: dict[str, asyncio.Task[None]] = {}
        self._next: dict[str, float] = {}

    def seen(self, unit: UnitOfWork, contract: ContractRecord, checkpoint: Checkpoint, note: str) -> None:
        """Keep a checkpoint of the other side; it is checked once this is durable."""
        origin, size, root = checkpoint.origin, checkpoint.size, checkpoint.root
        key = f"{origin} {size} {root.hex()}"
        if unit.checkpoints.get(key) is not None:
            return
        first = not unit.checkpoints.find(origin=origin, peer=contract.counterparty, verified=True, limit=1)
        record = SeenCheckpoint(
            key=key,
            origin=origin,
            peer=contract.counterparty,
            size=size,
            root=root.hex(),
            note=note,
            verified=first,
            at=format_time(self._clock.now()),
        )
        unit.checkpoints.add(record)
        if not first:
            peer_root = self._root(unit, contract)
            unit.after_commit(lambda: self._check_soon(contract.counterparty, origin, peer_root))

    async def consistency(self, sender: str, sizes: list[int], origin_hash: str | None = None) -> JsonObject:
        """Our consistency proofs from each of these sizes to the next, for somebody who has a contract with us.

        Args:
            sender: who asks.
            sizes: the sizes.
            origin_hash: SHA-256 of the name of the log that is meant; the one in use without it.

        Raises:
            NotFound: the sender has no contract with us, and is no authority of ours; or it is no log of ours.
            BadRequest: the sizes are not rising, too many, or beyond our log.
        """
        rising = all(a < b for a, b in pairwise(sizes))
        if not 1 < len(sizes) <= MAX_SIZES or not rising or sizes[0] < 1:
            raise BadRequest(f"between 2 and {MAX_SIZES} rising sizes are needed")

        def work(unit: UnitOfWork) -> JsonObject | None:
            if not self._may_look(unit, sender):
                return None
            epoch = self._epoch_meant(unit, origin_hash)
            head = unit.log.head(epoch) if epoch is not None else None
            if epoch is None:
                return None
            if head is None or sizes[-1] > head.size:
                raise BadRequest("our log is not that large")
            pairs = pairwise(sizes)
            proofs = [[_b64(h) for h in unit.log.consistency(old, new, epoch)] for old, new in pairs]
            return {"origin": self._me.origin_of(epoch), "sizes": sizes, "proofs": proofs}

        found = await self._store.read(work)
        if found is None:
            raise NotFound("there is no log for you here")
        return found

    async def newest(self, sender: str) -> str:
        """Our newest checkpoint, as a signed note, for somebody who may look at our log.

        Raises:
            NotFound: the sender may not, or there is nothing in it yet.
        """
        head = await self._store.read(lambda unit: unit.log.head() if self._may_look(unit, sender) else None)
        if head is None:
            raise NotFound("there is no log for you here")
        return head.note

    async def tile(self, sender: str, path: str) -> bytes:
        """A tile of our log (C2SP `tlog-tiles`): hashes, never entries.

        Raises:
            NotFound: the sender may not look, or there is no such tile.
        """

        def work(unit: UnitOfWork) -> bytes | None:
            head = unit.log.head() if self._may_look(unit, sender) else None
            return None if head is None else unit.log.tile(parse_tile(path))

        try:
            found = await self._store.read(work)
        except ProofError as error:
            raise NotFound(str(error)) from None
        if found is None:
            raise NotFound("there is no log for you here")
        return found

    def _epoch_meant(self, unit: UnitOfWork, origin_hash: str | None) -> int | None:
        """Which of our logs is asked about; None for none of ours."""
        if origin_hash is None:
            return unit.log.epoch
        ours = range(unit.log.epoch, 0, -1)
        return next((epoch for epoch in ours if log_hash(self._me.origin_of(epoch)) == origin_hash), None)

    def _may_look(self, unit: UnitOfWork, sender: str) -> bool:
        """Parties and authorities (decision 5, 8)."""
        return sender in self._authorities or bool(unit.contracts.find(counterparty=sender, limit=1))

    async def stop(self) -> None:
        """Stop checking; what is not checked yet is checked with the next checkpoint."""
        for task in self._checking.values():
            task.cancel()
        await asyncio.gather(*self._checking.values(), return_exceptions=True)

    async def idle(self) -> None:
        """Wait until nothing is being checked."""
        while self._checking:
            await asyncio.wait(set(self._checking.values()))

    def _check_soon(self, peer: str, origin: str, root: str) -> None:
        if origin in self._checking:
            return
        task = asyncio.get_running_loop().create_task(self._check(peer, origin, root))
        self._checking[origin] = task
        task.add_done_callback(lambda _: self._checking.pop(origin, None))

    async def _check(self, peer: str, origin: str, root: str) -> None:
        while True:
            await asyncio.sleep(max(0.0, self._next.get(origin, 0.0) - time.monotonic()))
            open_ones = await self._store.read(lambda unit: self._unchecked(unit, peer, origin))
            if len({c.size for c in open_ones}) < 2 and not any(not c.verified for c in open_ones):  # noqa: PLR2004
                return
            try:
                await self._check_batch(peer, root, open_ones)
                self._next[origin] = time.monotonic() + _BETWEEN
            except (PeerUnreachable, CanonicalError, KeyError, TypeError, ValueError) as error:
                # An answer that is no answer proves nothing against the log: it is asked again with the next checkpoint.
                _log.info("the log of %s could not be checked now: %s", peer, error)
                return
            except ProofError as error:
                await self._fork(peer, origin, open_ones, str(error))
                return

    def _unchecked(self, unit: UnitOfWork, peer: str, origin: str) -> list[SeenCheckpoint]:
        """The unchecked ones, and of the checked ones the neighbours that they must fit between."""
        unchecked = unit.checkpoints.find(origin=origin, peer=peer, verified=False, limit=MAX_SIZES - 2)
        if not unchecked:
            return []
        smallest, largest = unchecked[0].size, unchecked[-1].size
        checked = self._checked(unit, peer, origin, smallest)
        below = [c for c in checked if c.size <= smallest][-1:]
        inside = [c for c in checked if smallest < c.size < largest]
        above = [c for c in checked if c.size >= largest][:1]
        return sorted({c.key: c for c in (*below, *unchecked, *inside, *above)}.values(), key=lambda c: c.size)

    def _checked(self, unit: UnitOfWork, peer: str, origin: str, smallest: int) -> list[SeenCheckpoint]:
        """The checked ones around and above a size, in rising order: nearly always the newest few are enough."""
        newest = unit.checkpoints.find(origin=origin, peer=peer, verified=True, newest_first=True, limit=_NEWEST)
        if len(newest) == _NEWEST and newest[-1].size > smallest:
            return list(unit.checkpoints.find(origin=origin, peer=peer, verified=True))
        return list(reversed(newest))

    async def _check_batch(self, peer: str, root: str, found: list[SeenCheckpoint]) -> None:
        roots: dict[int, str] = {}
        for checkpoint in found:
            if roots.setdefault(checkpoint.size, checkpoint.root) != checkpoint.root:
                raise ProofError(f"two different checkpoints of one size, {checkpoint.size}")
        sizes = sorted(roots)[:MAX_SIZES]
        if len(sizes) > 1:
            origin = found[0].origin
            url = f"{root}{NOTICES_PATH}/log/consistency?log={log_hash(origin)}&sizes={','.join(map(str, sizes))}"
            answer = await self._network.get(url, self._authenticator.bearer(peer))
            if answer.status != 200:  # noqa: PLR2004
                raise PeerUnreachable(f"{answer.status}: {answer.text}")
            given = parse_json(answer.body)
            if given["origin"] != origin:
                raise PeerUnreachable("it answers about another of its logs")
            proofs = given["proofs"]
            if len(proofs) != len(sizes) - 1:
                raise ProofError("the answer does not hold one proof for each step")
            for (old, new), proof in zip(pairwise(sizes), proofs, strict=True):
                hashes = [base64.b64decode(h, validate=True) for h in proof]
                verify_consistency(old, new, bytes.fromhex(roots[old]), bytes.fromhex(roots[new]), hashes)
        checked = {c.key for c in found if c.size in sizes}

        def work(unit: UnitOfWork) -> None:
            for key in checked:
                held = unit.checkpoints.get(key)
                if held is not None and not held.verified:
                    unit.checkpoints.put(replace(held, verified=True))

        await self._store.write(work)

    async def _fork(self, peer: str, origin: str, found: list[SeenCheckpoint], why: str) -> None:
        _log.error("the log %s of %s is not consistent: %s", origin, peer, why)
        notes = [c.note for c in found]

        def work(unit: UnitOfWork) -> None:
            note(
                unit,
                Act(
                    at=format_time(self._clock.now()),
                    name="connector",
                    role="connector",
                    act="log-inconsistent",
                    object=peer,
                    detail={"origin": origin, "why": why, "checkpoints": notes[:8]},
                ),
            )
            for contract in unit.contracts.find(counterparty=peer):
                problem = f"the other side's log contradicts itself: {why}"
                unit.contracts.put(replace(contract, problem=problem))

        await self._store.write(work)


def log_hash(origin: str) -> str:
    """How a log is named in an address."""
    return hashlib.sha256(origin.encode()).hexdigest()


def fetch_path(contract_id: str, number: int) -> str:
    """Where one of our notices can be fetched, below the protocol root."""
    return f"{NOTICES_PATH}/{quote(contract_id, safe=':')}/{number}"


def _b64(value: bytes) -> str:
    return base64.b64encode(value).decode()
