"""In which order a conversation took effect here.

Exchanges are written down when they end. When a message took effect is told by the number that it got in the
transaction that took it, or decided it (`messages`). What changed nothing (a repeat, a refusal, a try that failed)
stands where it ended.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from connector.ports.records import Exchange, MessageRecord
from connector.wire.transcript import ANSWERED, RECEIVED, SENT

Numbers: TypeAlias = Mapping[tuple[str | None, str, str], Sequence[MessageRecord]]
"""By process, direction and digest of the body: the messages that took effect."""


@dataclass(slots=True)
class _Placed:
    """A step and where it stands: the effect that it follows, whether it is that effect itself, when it ended."""

    key: tuple[int, int, int, int]
    kind: str
    exchange: Exchange


def in_order(exchanges: Sequence[Exchange], numbers: Numbers) -> Iterator[tuple[str, Exchange]]:
    """Each step, `received`, `sent` or `answered`, with its exchange.

    Args:
        exchanges: in the order in which they ended.
        numbers: the messages of their processes.
    """
    effects = _effects(exchanges, numbers)
    placed = list(_place(exchanges, effects))
    for step in sorted(placed, key=lambda step: step.key):
        yield step.kind, step.exchange


def _effects(exchanges: Sequence[Exchange], numbers: Numbers) -> dict[int, MessageRecord]:
    """By the place of an exchange: the message that it was, if that took effect; each message once."""
    left = {key: list(messages) for key, messages in numbers.items()}
    found = {}
    for place, exchange in enumerate(exchanges):
        if exchange.direction == "in" and not _taken(exchange):
            continue
        waiting = left.get((exchange.process, exchange.direction, exchange.digest))
        if waiting:
            found[place] = waiting.pop(0)
    return found


def _place(exchanges: Sequence[Exchange], effects: Mapping[int, MessageRecord]) -> Iterator[_Placed]:
    ranks = {message.number: rank for rank, message in enumerate(sorted(effects.values(), key=_number), 1)}
    after = 0
    for place, exchange in enumerate(exchanges):
        message = effects.get(place)
        rank = ranks[message.number] if message is not None else None
        if exchange.direction == "in":
            if rank is not None:
                yield _Placed((rank, 0, 0, 0), RECEIVED, exchange)
                after = max(after, rank)
            else:
                behind = max(after, _decided_before(exchange, effects, ranks))
                yield _Placed((behind, 1, place, 0), RECEIVED, exchange)
            continue
        if rank is not None:
            yield _Placed((rank, 0, 0, 0), SENT, exchange)
            after = max(after, rank)
        else:
            yield _Placed((after, 1, place, 0), SENT, exchange)
        yield _Placed((after, 1, place, 1), ANSWERED, exchange)


def _decided_before(exchange: Exchange, effects: Mapping[int, MessageRecord], ranks: Mapping[int | None, int]) -> int:
    """The last of our own messages that was decided before this arrived, though its answer came later."""
    decided = [ranks[m.number] for m in effects.values() if m.direction == "out" and m.at < exchange.at]
    return max(decided, default=0)


def _taken(exchange: Exchange) -> bool:
    return exchange.status is not None and 200 <= exchange.status < 300  # noqa: PLR2004


def _number(message: MessageRecord) -> int:
    return message.number or 0
