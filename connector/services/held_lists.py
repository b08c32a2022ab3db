"""The status lists that we hold: the newest of each, in memory and in the store, so that a restart takes no older one."""

import logging
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from connector.clock import format_time, parse_time
from connector.ports.records import StatusListRecord
from connector.ports.store import Store, StoreError
from connector.trust.errors import StatusInvalid
from connector.trust.status import StatusList, kept_status_list

KEPT: Final = 256
"""How many lists are held in memory; the least recently used goes first, and is found again in the store."""
Key: TypeAlias = tuple[str, str]
"""Issuer and address."""
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Held:
    """A list that was verified.

    Attributes:
        list: the list.
        document: as it was found.
        checked_at: when its issuer last said that it is the newest.
        etag: by which to ask whether there is a newer one.
    """

    list: StatusList
    document: str
    checked_at: datetime
    etag: str | None

    @property
    def key(self) -> Key:
        """Whose list it is, and where it lies."""
        return (self.list.issuer, self.list.url)


class HeldLists:
    """Lists by issuer and address."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lists: OrderedDict[Key, Held] = OrderedDict()

    def get(self, key: Key) -> Held | None:
        """What is held in memory."""
        return self._lists.get(key)

    def all(self) -> list[Held]:
        """All that is held in memory."""
        return [*self._lists.values()]

    async def take_up_all(self) -> None:
        """After a start: hold what was held."""
        for record in await self._store.read(lambda unit: unit.status_lists.find(own=False, limit=KEPT)):
            self._take_up(record)

    async def known(self, key: Key) -> Held | None:
        """What is held of this issuer at this address, also from before the last start."""
        held = self._lists.get(key)
        if held is None:
            record = await self._store.read(lambda unit: unit.status_lists.get(row_key(key)))
            if record is None or record.own:
                return None
            held = self._lists.get(key) or self._take_up(record)
        if held is not None:
            self._lists.move_to_end(key)
        return held

    def _take_up(self, record: StatusListRecord) -> Held | None:
        try:
            found = kept_status_list(record.document, url=record.url, issuer=record.issuer)
        except StatusInvalid as error:
            _log.warning("a kept status list cannot be read: %s", error)
            return None
        return self._put(Held(found, record.document, parse_time(record.checked_at), record.etag))

    def _put(self, held: Held) -> Held:
        self._lists[held.key] = held
        self._lists.move_to_end(held.key)
        if len(self._lists) > KEPT:
            self._lists.popitem(last=False)
        return held

    async def keep(self, held: Held, *, new: bool) -> None:
        """Keep the newest list at its address, in memory and in the store; a new one before anybody acts on it."""
        self._put(held)
        record = StatusListRecord(
            key=row_key(held.key),
            issuer=held.list.issuer,
            url=held.list.url,
            document=held.document,
            valid_from=format_time(held.list.valid_from),
            checked_at=format_time(held.checked_at),
            own=False,
            etag=held.etag,
        )
        try:
            write = self._store.write if new else self._store.write_soon
            await write(lambda unit: unit.status_lists.put(record))
        except StoreError as error:
            _log.warning("a status list could not be kept: %s", error)


def row_key(key: Key) -> str:
    """Under which the list of this issuer at this address is stored."""
    return f"{key[0]} {key[1]}"
