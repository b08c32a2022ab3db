"""Who did what: the record of an act is committed together with what was done, or neither is."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, TypeVar

from connector.ports.records import Act
from connector.ports.store import UnitOfWork


class _Named(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Named)


def recorded(work: Callable[[UnitOfWork], T], by: Act | None) -> Callable[[UnitOfWork], T]:
    """The same work, and the record of who asked for it in the same unit of work.

    An act that names no object yet is about what comes of the work. None: nobody asked, the connector acts by itself.
    """
    if by is None:
        return work

    def both(unit: UnitOfWork) -> T:
        done = work(unit)
        unit.acts.add(by if by.object else replace(by, object=done.id))
        return done

    return both
