"""What is to be looked at when its time has passed: taken in the order of time, a few in each transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from connector.clock import format_time
from connector.ports.records import Timer, TimerKind
from connector.ports.store import Store, UnitOfWork

AT_ONCE: Final = 200
"""How many things one transaction looks at: others get their turn in between."""


async def run_due(
    store: Store, kind: TimerKind, until: Callable[[], datetime], do: Callable[[UnitOfWork, Timer], bool]
) -> int:
    """Do something for each timer of a kind whose time is past, and drop it; how often it was done.

    Args:
        store: where the timers are.
        kind: which of them.
        until: what is before this moment is past; what is due at this very moment is not.
        do: what to do, in the transaction that drops the timer; whether anything was done.
    """

    def work(unit: UnitOfWork) -> tuple[int, int]:
        timers = unit.timers.between(f"{kind} ", f"{kind} {format_time(until())}", limit=AT_ONCE)
        for timer in timers:
            unit.timers.delete(timer.key)
        return len(timers), sum([do(unit, timer) for timer in timers])

    found = 0
    while True:
        looked_at, done = await store.write(work)
        found += done
        if looked_at < AT_ONCE:
            return found


def first_of(unit: UnitOfWork, kind: TimerKind) -> str | None:
    """The time of the first timer of a kind; None when there is none."""
    found = unit.timers.between(f"{kind} ", f"{kind} ~", limit=1)
    return found[0].key.split(" ")[1] if found else None
