"""At a start: do database, high-water mark and the keys' file agree? Which of them is behind, and what is to be done.

Nothing is repaired backwards. A mark behind a log that is whole moves up by itself: that was a crash between commit and
mark. Everything else suspends signing until it is reconciled (`mmd reconcile`), or for good.
"""

from contextlib import suppress
from enum import Enum
from typing import Final

from connector.audit.log import HighWater, HighWaterVerdict, judge_high_water
from connector.audit.merkle import EMPTY_ROOT
from connector.ports.store import Doubt
from connector.store.folder import HighWaterFile
from connector.store.log import SqlLog

_RECONCILE: Final = "nothing is signed until this is reconciled with those who know more (`mmd reconcile`)"


class Came(Enum):
    """How the folder came to be as it is."""

    HERE = "here"
    FROM_BACKUP = "from a backup"
    BACK_WITHOUT_BACKUP = "back without a backup"
    """A new folder into which the evidence of others was laid."""


def judge_start(log: SqlLog, file: HighWaterFile, newest: int, *, came: Came) -> tuple[Doubt | None, str]:
    """Why nothing may be signed, as a word and as a sentence; (None, "") when all agrees.

    Args:
        log: the log in the database.
        file: the mark.
        newest: the newest of our logs that has an entry; 0 for none.
        came: how the folder came to be, as long as it has not been reconciled.
    """
    head = log.head(newest) if newest else None
    if head is not None and log.root_at(head.size, newest) != head.root:
        return Doubt.LOG_BROKEN, (
            "the log's entries do not give the root of its own newest checkpoint: the database is damaged; nothing is signed. "
            "Restore it from a backup (`mmd restore`)"
        )
    if newest > log.epoch:
        return Doubt.KEYS_BEHIND, (
            f"keys/ring.json says that log {log.epoch} is in use, the database holds log {newest}: the file is older than the "
            "database; nothing is signed. Restore keys/ring.json as it was with this database"
        )
    try:
        mark = file.read()
    except ValueError as error:
        return Doubt.MARK_UNREADABLE, f"{error}; {_RECONCILE}"
    size = head.size if head is not None else 0
    if mark is None and size:
        return Doubt.NO_MARK, (
            f"the high-water mark is missing, and the log has {size} entries: whether the database is older than what has been "
            f"signed cannot be said; {_RECONCILE}"
        )
    if mark is not None:
        doubt, why = _compared(log, mark, newest, size)
        if doubt is not None:
            return doubt, why
    if came is Came.BACK_WITHOUT_BACKUP:
        return Doubt.SET_BACK, (
            "the log that this company had is lost, and there is no backup of it: it cannot go on; "
            f"{_RECONCILE}. If no membership binds the keys of this folder yet: `mmd join` first"
        )
    if came is Came.FROM_BACKUP:
        return Doubt.RESTORED, (
            f"this folder came from a backup, in which the log has {size} entries; what was signed since then is not known "
            f"here: {_RECONCILE}"
        )
    if log.epoch > max(newest, 1):
        return Doubt.EPOCH_BEGUN, f"log {log.epoch} has been decided on and not been opened yet; {_RECONCILE}"
    return None, ""


def _compared(log: SqlLog, mark: HighWater, newest: int, size: int) -> tuple[Doubt | None, str]:
    if mark.epoch < newest:
        return None, ""  # the mark is behind: it moves up
    if mark.epoch > max(newest, 1):
        return Doubt.SET_BACK, (
            f"the high-water mark is of log {mark.epoch}, the database holds log {newest}: the database is older than what has "
            f"been signed, probably a restored copy; {_RECONCILE}"
        )
    verdict = judge_high_water(mark, size, lambda count: log.root_at(count, max(newest, 1)))
    if verdict.may_sign:
        return None, ""
    if verdict is HighWaterVerdict.FORKED:
        return Doubt.FORKED, (
            f"the high-water mark says that the log had {mark.size} entries, and the first {mark.size} of the {size} in the "
            f"database are others (forked): it was written on from an older copy; {_RECONCILE}"
        )
    return Doubt.SET_BACK, (
        f"the high-water mark says that the log had {mark.size} entries, the database holds {size} ({verdict}): the database is "
        f"older than what has been signed, probably a restored copy; {_RECONCILE}"
    )


def begin_mark(file: HighWaterFile) -> None:
    """A mark for a log without entries: from now on one that is missing means that it was lost."""
    # That no file can be written is found out, and said, with the first entry.
    with suppress(OSError):
        if file.read() is None:
            file.write(HighWater(0, EMPTY_ROOT))
