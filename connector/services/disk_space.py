"""The room that is left: looked at once a minute, told when it gets short, and asked before anything new is begun.

Below the floor nothing new is taken. What is owed is signed all the same, and whatever runs can be ended: the floor is what
that needs.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from functools import partial
from typing import Final

from connector.canonical import JsonObject
from connector.clock import Clock, format_time, parse_time
from connector.ports.disk import Disk, NoRoom, Place, Volume
from connector.ports.records import Act, FreeSpace
from connector.ports.store import Store, StoreError, UnitOfWork
from connector.services.acts import note
from connector.texts import LANGUAGES, say

MEGABYTE: Final = 1_000_000
LOOKED_BACK: Final = timedelta(days=7)
"""Over how long growth is measured, at most."""
_AT_LEAST: Final = timedelta(hours=20)
"""Growth of less time than this says nothing about days."""
_KEPT: Final = timedelta(days=30)
_BACK_AGAIN: Final = 1.1
"""It is enough again only with a tenth more: what goes up and down by a little is not told each time."""
_OPEN: Final = ("requested", "running")
_ITSELF: Final = "connector"
_ACT: Final = "disk-"
_log: Final = logging.getLogger(__name__)


class Level(IntEnum):
    """How short the room is."""

    ENOUGH = 0
    LOW = 1
    FULL = 2

    @property
    def word(self) -> str:
        """As acts, texts and programs name it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When it is told, and when nothing new is taken any more.

    Attributes:
        warn: below so many bytes it is told.
        warn_days: or when, at the present growth, less than the floor will be free in so many days; 0: never.
        floor: below so many bytes nothing new is begun.
    """

    warn: int
    warn_days: int
    floor: int

    @classmethod
    def of(cls, *, warning_megabytes: int, warning_days: int, floor_megabytes: int) -> "Thresholds":
        """As the settings have them."""
        return cls(warning_megabytes * MEGABYTE, warning_days, floor_megabytes * MEGABYTE)


@dataclass(frozen=True, slots=True)
class Space:
    """A disk as it was found.

    Attributes:
        growth: by how many bytes a day it fills; None when it does not, or is not known yet.
        days: how long it goes on like this until the floor is reached.
        since: when it was told that it is so; None when there was nothing to tell.
    """

    volume: Volume
    level: Level
    growth: int | None
    days: int | None
    since: str | None


class DiskSpace:
    """Looks, tells, and says no.

    Attributes:
        short: told when there is less than the floor for what is received, or for the database: whatever comes in waits.
    """

    def __init__(self, disk: Disk, *, store: Store, clock: Clock, thresholds: Thresholds) -> None:
        self._disk = disk
        self._store = store
        self._clock = clock
        self._thresholds = thresholds
        self._said: dict[str, Level] = {}
        self.short: list[Callable[[], object]] = []

    # --- before anything new ---------------------------------------------------------------------------------------------

    def check(self, place: Place = Place.DATABASE, size: int = 0) -> None:
        """Whether something new may be begun that takes `size` bytes at this place.

        Raises:
            NoRoom: less would stay free than the floor.
        """
        for volume in self._disk.volumes():
            asked = size if place in volume.places else 0
            if place not in volume.places and Place.DATABASE not in volume.places:
                continue
            if volume.free - asked < self._thresholds.floor:
                values = {"free": in_words(volume.free), "floor": in_words(self._thresholds.floor)}
                key = "disk.no_room_for" if asked else "disk.no_room"
                told = {
                    lang: say(key, lang, places=_named(volume, lang), size=in_words(asked), **values)
                    for lang in LANGUAGES
                }
                raise NoRoom(told["en"], told["ko"])

    def check_reception(self, unit: UnitOfWork, size: int) -> None:
        """The same for a delivery to us, beside those that are on their way already.

        Raises:
            NoRoom: as `check`.
        """
        self.check(Place.RECEIVED, size + expected(unit))

    # --- looking ---------------------------------------------------------------------------------------------------------

    async def look(self) -> int:
        """Look once, and tell what has changed; how many disks there was something to tell of."""
        volumes = self._disk.volumes()
        here = [volume for volume in volumes if {Place.DATABASE, Place.RECEIVED} & {*volume.places}]
        if any(volume.free < self._thresholds.floor for volume in here):
            for action in self.short:
                action()
        told = 0
        for volume in volumes:
            # Mostly there is nothing to write down, and then nothing is.
            if await self._store.read(partial(self._is_news, volume=volume)):
                told += await self._tell(volume)
        return told

    async def _tell(self, volume: Volume) -> int:
        try:
            return await self._store.write(partial(self._look, volume=volume))
        except StoreError:
            # Whoever looks into the log is told all the same.
            self._write_down(await self._store.read(lambda unit: self._space(unit, volume)))
            raise

    def _is_news(self, unit: UnitOfWork, volume: Volume) -> bool:
        missing = unit.free_space.get(self._key(volume)) is None
        return missing or self._space(unit, volume).level is not self._told(unit, volume)[0]

    def _look(self, unit: UnitOfWork, volume: Volume) -> int:
        self._sample(unit, volume)
        space = self._space(unit, volume)
        before = self._told(unit, volume)[0]
        if space.level is before:
            return 0
        now = format_time(self._clock.now())
        detail: JsonObject = {"free": volume.free, "total": volume.total, "days": space.days}
        act = Act(
            at=now, name=_ITSELF, role=_ITSELF, act=f"{_ACT}{space.level.word}", object=_id(volume), detail=detail
        )
        note(unit, act)
        unit.after_commit(lambda: self._write_down(space))
        return 1

    def _write_down(self, space: Space) -> None:
        """One line in the log for each crossing, whether or not the database could take it."""
        if self._said.get(_id(space.volume)) is space.level:
            return
        self._said[_id(space.volume)] = space.level
        how = {Level.ENOUGH: logging.INFO, Level.LOW: logging.WARNING, Level.FULL: logging.ERROR}[space.level]
        _log.log(how, "%s", self.sentence(space, "en"))

    async def spaces(self) -> list[Space]:
        """Each disk as it is now."""
        volumes = self._disk.volumes()
        return await self._store.read(lambda unit: [self._space(unit, volume) for volume in volumes])

    async def described(self) -> list[JsonObject]:
        """The same for programs and screens."""
        coming = await self._store.read(expected)
        return [
            {
                "places": [place.value for place in space.volume.places],
                "level": space.level.word,
                "free": space.volume.free,
                "total": space.volume.total,
                "floor": self._thresholds.floor,
                "expected": coming if Place.RECEIVED in space.volume.places else 0,
                "usable": max(0, self._usable(space.volume, coming)),
                "growthPerDay": space.growth,
                "days": space.days,
                "since": space.since,
                **{lang: self.sentence(space, lang) for lang in LANGUAGES},
            }
            for space in await self.spaces()
        ]

    def sentence(self, space: Space, lang: str) -> str:
        """How it stands, in words."""
        return sentence_of(space, self._thresholds, lang)

    # --- small pieces ----------------------------------------------------------------------------------------------------

    def _usable(self, volume: Volume, coming: int) -> int:
        """What may still be counted on: the floor is not ours to use, nor what is on its way here."""
        return volume.free - self._thresholds.floor - (coming if Place.RECEIVED in volume.places else 0)

    def _space(self, unit: UnitOfWork, volume: Volume) -> Space:
        before, since = self._told(unit, volume)
        growth, days = self._growth(unit, volume)
        level = level_of(volume.free, days, self._thresholds)
        if level < before:
            # Back again only with a little more than it took to get there.
            less = None if days is None else int(days / _BACK_AGAIN)
            calm = level_of(int(volume.free / _BACK_AGAIN), less, self._thresholds)
            level = min(before, calm)
        return Space(volume, level, growth, days, since if before is level and level is not Level.ENOUGH else None)

    def _told(self, unit: UnitOfWork, volume: Volume) -> tuple[Level, str | None]:
        """What was told of this disk last, and when."""
        last: Sequence[Act] = unit.acts.find(object=_id(volume), newest_first=True, limit=1)
        return (Level[last[0].act.removeprefix(_ACT).upper()], last[0].at) if last else (Level.ENOUGH, None)

    def _sample(self, unit: UnitOfWork, volume: Volume) -> None:
        """Keep one figure a day."""
        now, key = self._clock.now(), self._key(volume)
        if unit.free_space.get(key) is None:
            unit.free_space.add(FreeSpace(key=key, free=volume.free, at=format_time(now)))
            old = f"{_id(volume)} {format_time(now - _KEPT)[:10]}"
            for sample in unit.free_space.between(f"{_id(volume)} ", old, limit=100):
                unit.free_space.delete(sample.key)

    def _key(self, volume: Volume) -> str:
        return f"{_id(volume)} {format_time(self._clock.now())[:10]}"

    def _growth(self, unit: UnitOfWork, volume: Volume) -> tuple[int | None, int | None]:
        now = self._clock.now()
        begin = f"{_id(volume)} {format_time(now - LOOKED_BACK)[:10]}"
        samples = unit.free_space.between(begin, f"{_id(volume)} ~", limit=1)
        if not samples or now - parse_time(samples[0].at) < _AT_LEAST:
            return None, None
        growth = int((samples[0].free - volume.free) / ((now - parse_time(samples[0].at)) / timedelta(days=1)))
        if growth <= 0:
            return None, None
        return growth, max(0, volume.free - self._thresholds.floor) // growth


def level_of(free: int, days: int | None, thresholds: Thresholds) -> Level:
    """How short it is with so many bytes free, which last for so many days."""
    if free < thresholds.floor:
        return Level.FULL
    soon = days is not None and days < thresholds.warn_days
    return Level.LOW if free < thresholds.warn or soon else Level.ENOUGH


def space_now(volume: Volume, thresholds: Thresholds) -> Space:
    """A disk as it is found where nobody has looked before: its growth is not known."""
    return Space(volume, level_of(volume.free, None, thresholds), None, None, None)


def sentence_of(space: Space, thresholds: Thresholds, lang: str) -> str:
    """How a disk stands, in words."""
    values = {
        "places": _named(space.volume, lang),
        "free": in_words(space.volume.free),
        "total": in_words(space.volume.total),
        "floor": in_words(thresholds.floor),
    }
    said = say(f"disk.{space.level.word}", lang, **values)
    if space.days is not None:
        said += " " + say("disk.days", lang, growth=in_words(space.growth or 0), days=space.days)
    return said


def expected(unit: UnitOfWork) -> int:
    """How many bytes are on their way to us: what the deliveries that we have asked for still lack."""
    found = [d for state in _OPEN for d in unit.deliveries.find(role="consumer", state=state)]
    return sum(max(0, delivery.byte_size - delivery.bytes) for delivery in found)


def in_words(size: int) -> str:
    """A number of bytes as people read it."""
    if size >= 10_000 * MEGABYTE:
        return f"{size / (1000 * MEGABYTE):,.0f} GB"
    return f"{size / MEGABYTE:,.0f} MB" if size >= MEGABYTE else f"{size / 1000:,.0f} kB"


def _id(volume: Volume) -> str:
    """Under which name acts and samples are kept: by what lies there, for devices change their numbers."""
    return "disk:" + "+".join(place.value for place in volume.places)


def _named(volume: Volume, lang: str) -> str:
    return ", ".join(say(f"disk.place.{place}", lang) for place in volume.places)
