"""Judging the contracts of a bundle one after the other, or several at a time on as many processors.

Each contract is judged by nothing but its own bytes and what the auditor believes: in whichever process that happens, the
verdict is the same. They come back in the order in which they went in; no more than a few wait in memory.
"""

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final, TypeAlias, TypeVar

from connector.contracts.case import Case
from connector.contracts.evidence import examine
from connector.contracts.rules import Signer
from connector.contracts.verdict import Verdict
from connector.contracts.vocabulary import ROLES
from connector.trust.anchors import TrustFile

K = TypeVar("K")
_AT_ONCE: Final = 16
"""Contracts handed to a process together: each trip there and back costs as much as a few checks."""
_TOGETHER: Final = 1024 * 1024
"""So many bytes of them are enough for one trip: a handful of the largest would fill the memory."""
_AHEAD: Final = 2
"""Such handfuls that wait for each process."""


@dataclass(frozen=True)
class Examined:
    """What a bundle has to know of one of its contracts.

    Attributes:
        verdict: the contract's own.
        agreement: as the file holds it; None when it cannot be read.
        exporter: the contract keys that memberships of the exporter bind, where the contract is verified.
    """

    verdict: Verdict
    agreement: Mapping[str, Any] | None
    exporter: tuple[Signer, ...]


ExamineAll: TypeAlias = Callable[[Iterable[tuple[K, bytes]]], Iterator[tuple[K, Examined]]]


def one_after_the_other(
    items: Iterable[tuple[K, bytes]], *, trust: TrustFile | None, now: datetime
) -> Iterator[tuple[K, Examined]]:
    """Judge in this process."""
    for key, data in items:
        yield key, _examined(*examine(data, trust=trust, now=now))


def several_at_a_time(
    items: Iterable[tuple[K, bytes]], *, trust: TrustFile | None, now: datetime, jobs: int
) -> Iterator[tuple[K, Examined]]:
    """Judge in `jobs` processes.

    Raises:
        concurrent.futures.process.BrokenProcessPool: one of them was ended from outside.
    """
    source = iter(items)
    waiting: deque[tuple[list[K], Future[list[Examined]]]] = deque()
    context = multiprocessing.get_context()
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(trust, now))
    try:
        while True:
            handful = _next_handful(source)
            if handful:
                waiting.append(([key for key, _ in handful], _submit(pool, [data for _, data in handful])))
            if not waiting:
                return
            if not handful or len(waiting) > jobs * _AHEAD:
                keys, future = waiting.popleft()
                yield from zip(keys, future.result(), strict=True)
    finally:
        pool.shutdown(cancel_futures=True)


def _next_handful(source: Iterator[tuple[K, bytes]]) -> list[tuple[K, bytes]]:
    handful: list[tuple[K, bytes]] = []
    size = 0
    for key, data in islice(source, _AT_ONCE):
        handful.append((key, data))
        size += len(data)
        if size >= _TOGETHER:
            break
    return handful


def _submit(pool: ProcessPoolExecutor, contracts: list[bytes]) -> Future[list[Examined]]:
    try:
        return pool.submit(_examine_here, contracts)
    except OSError as error:  # it says nothing of the bundle
        raise BrokenProcessPool(f"no further process can be started: {error}") from None


_HERE: list[tuple[TrustFile | None, datetime]] = []
"""In a process of the pool: what to judge by."""


def _begin(trust: TrustFile | None, now: datetime) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all: the one that shows verdicts ends the others
    _HERE[:] = [(trust, now)]


def _examine_here(contracts: list[bytes]) -> list[Examined]:
    trust, now = _HERE[0]
    return [_examined(*examine(data, trust=trust, now=now)) for data in contracts]


def _examined(verdict: Verdict, case: Case | None) -> Examined:
    if case is None:
        return Examined(verdict, None, ())
    held = [case.memberships[role] for role in ROLES if role in case.memberships]
    # Only keys that the authority vouches for count.
    issuer = case.statement.issuer if case.statement is not None and verdict.outcome == "verified" else None
    return Examined(
        verdict, case.agreement, tuple(Signer(one.did, one.contract_key) for one in held if one.did == issuer)
    )
