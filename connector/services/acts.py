"""Who did what: the record of an act is committed together with what was done, or neither is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol, TypeVar

from connector.audit.entries import EntryKind
from connector.canonical import digest
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


def log_act(unit: UnitOfWork, by: Act, now: datetime) -> None:
    """Keep the record of an act, and commit to it in our log: nobody can say later that somebody else did it.

    Raises:
        SigningSuspended: nothing may be logged now, so nothing is done either.
    """
    unit.acts.add(by)
    said = {"at": by.at, "name": by.name, "role": by.role, "act": by.act, "object": by.object, "detail": by.detail}
    unit.log.append(EntryKind.ACT, digest(said), now)
