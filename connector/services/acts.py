"""Who did what: the record of an act is committed together with what was done, or neither is."""

import contextlib
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Protocol, TypeVar

from connector.audit.entries import EntryKind
from connector.canonical import JsonObject
from connector.clock import parse_time
from connector.ports.records import Act
from connector.ports.store import SigningSuspended, UnitOfWork


class _Named(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Named)


def note(unit: UnitOfWork, act: Act) -> None:
    """Write down who did what, and commit to it in the log: whoever changes the record later is found out.

    The log holds a salted digest, no name. While nothing may be signed the record is written all the same: what people
    do about that is not to be lost.
    """
    logged = None
    with contextlib.suppress(SigningSuspended):
        entry = unit.log.append_salted(EntryKind.ACT, committed(act), parse_time(act.at))
        logged = f"{unit.log.epoch}/{entry.index}"
    unit.acts.add(replace(act, logged=logged))


def committed(act: Act) -> JsonObject:
    """What the log commits to: everything but where it stands, and what happened to it later."""
    return {name: value for name, value in asdict(act).items() if name not in ("number", "logged", "erased")}


def recorded(work: Callable[[UnitOfWork], T], by: Act | None) -> Callable[[UnitOfWork], T]:
    """The same work, and the record of who asked for it in the same unit of work.

    An act that names no object yet is about what comes of the work. None: nobody asked, the connector acts by itself.
    """
    if by is None:
        return work

    def both(unit: UnitOfWork) -> T:
        done = work(unit)
        note(unit, by if by.object else replace(by, object=done.id))
        return done

    return both


def log_act(unit: UnitOfWork, by: Act) -> None:
    """Write down an act on which others rely: what cannot be logged now is not done either.

    Raises:
        SigningSuspended: nothing may be logged now.
    """
    unit.log.check_may_sign()
    note(unit, by)
