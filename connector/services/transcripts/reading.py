"""Finding a conversation and putting it together from what was written down."""

import hashlib
from datetime import timedelta
from typing import Final

from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.ports.records import Exchange, MessageRecord
from connector.ports.store import Store, UnitOfWork
from connector.services.errors import NotFound
from connector.services.identity import Identity
from connector.services.transcripts.order import in_order
from connector.services.transcripts.recorder import Recorder
from connector.services.transcripts.search import Found, find
from connector.wire.codec import as_list, as_text, read_answer
from connector.wire.transcript import ANSWERED, FORMAT, RECEIVED, write_bytes

MOST: Final = 2_000
"""Exchanges of one process that a transcript holds: the latest."""
_MAX_REASON: Final = 500
_STEP: Final = 200
"""Records that are thrown away in one transaction."""


class Transcripts:
    """Reads and prunes."""

    def __init__(
        self, identity: Identity, *, store: Store, clock: Clock, recorder: Recorder, days: int, megabytes: int
    ) -> None:
        self._me = identity
        self._store = store
        self._clock = clock
        self._recorder = recorder
        self._kept = timedelta(days=days)
        self._volume = megabytes * 1_000_000

    async def of(self, wanted: str) -> JsonObject:
        """The conversation of a process, an agreement or a delivery, by its id or a unique beginning of it.

        Raises:
            NotFound: there is none, or nothing of it is kept any more.
            Conflict: several begin so.
        """
        await self._recorder.written()
        return await self._store.read(lambda unit: self._document(unit, find(unit, wanted)))

    async def latest(self, limit: int, *, peer: str | None, failed: bool) -> list[JsonObject]:
        """The latest exchanges, newest first, without their bodies."""
        await self._recorder.written()
        found = await self._store.read(lambda unit: unit.exchanges.latest(limit, peer=peer, failed=failed))
        return [_summary(exchange) for exchange in found]

    async def prune(self) -> int:
        """Throw away what is too old or too much, a little at a time; returns how many were."""
        before = format_time(self._clock.now() - self._kept)
        gone = 0
        while True:
            step = await self._store.write(
                lambda unit: unit.exchanges.prune(before=before, volume=self._volume, most=_STEP)
            )
            gone += step
            if step < _STEP:
                return gone

    def _document(self, unit: UnitOfWork, found: Found) -> JsonObject:
        exchanges: list[Exchange] = []
        numbers: dict[tuple[str | None, str, str], list[MessageRecord]] = {}
        for process in found.processes:
            pid = str(process["id"])
            exchanges += _of_process(unit, pid, found.naming)
            for message in unit.messages.find(process=pid):
                digest = hashlib.sha256(message.body).hexdigest()
                numbers.setdefault((pid, message.direction, digest), []).append(message)
        if not exchanges:
            raise NotFound(f"nothing of {found.id} is kept in the transcript any more")
        exchanges.sort(key=lambda exchange: exchange.number or 0)
        return {
            "format": FORMAT,
            "about": found.id,
            "participant": self._me.did,
            "name": self._me.name,
            "madeAt": format_time(self._clock.now()),
            "processes": list(found.processes),
            "steps": [_step(kind, exchange) for kind, exchange in in_order(exchanges, numbers)],
        }


def _of_process(unit: UnitOfWork, pid: str, naming: str | None) -> list[Exchange]:
    kept = unit.exchanges.of(pid, MOST)
    if naming is None:
        return list(kept)
    return [exchange for exchange in kept if exchange.type != "Notice" or naming.encode() in exchange.body]


def _step(kind: str, exchange: Exchange) -> JsonObject:
    step: JsonObject = {"step": kind, "exchange": exchange.number, "process": exchange.process, "type": exchange.type}
    if kind == ANSWERED:
        return step | _answer(exchange)
    asked = _asked(exchange) | {"headers": exchange.headers} | write_bytes("body", exchange.body)
    return step | asked | (_answer(exchange) if kind == RECEIVED else {})


def _asked(exchange: Exchange) -> JsonObject:
    return {
        "peer": exchange.peer,
        "peerKnown": exchange.known,
        "method": exchange.method,
        "address": exchange.address,
        "at": exchange.at,
        "trace": exchange.trace,
        "digest": f"sha256:{exchange.digest}",
        "size": exchange.size,
        "masked": exchange.masked,
        "cut": not exchange.masked and len(exchange.body) < exchange.size,
    }


def _answer(exchange: Exchange) -> JsonObject:
    answer: JsonObject = {"status": exchange.status, "milliseconds": exchange.milliseconds}
    if exchange.problem is not None:
        answer["problem"] = exchange.problem
    if exchange.status is not None:
        answer |= {"answerHeaders": exchange.answer_headers, "answerSize": exchange.answer_size}
        answer |= write_bytes("answer", exchange.answer)
    return answer


def _summary(exchange: Exchange) -> JsonObject:
    refused = exchange.status is not None and exchange.status >= 400  # noqa: PLR2004
    return {
        "exchange": exchange.number,
        "direction": exchange.direction,
        "process": exchange.process,
        "type": exchange.type,
        **_asked(exchange),
        "status": exchange.status,
        "milliseconds": exchange.milliseconds,
        "problem": exchange.problem or (_reason(exchange) if refused else None),
    }


def _reason(exchange: Exchange) -> str:
    """What an error says, bounded; it may be HTML or plain text."""
    data = read_answer(exchange.answer)
    reason = data.get("reason") or data.get("detail")
    parts = [as_text(part) or str(part) for part in as_list(reason)]
    return " ".join(parts)[:_MAX_REASON] or exchange.answer[:_MAX_REASON].decode("utf-8", "replace")
