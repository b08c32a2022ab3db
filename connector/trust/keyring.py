"""Which of our keys is which: announced, in use, retired or withdrawn. A frozen value; each step gives the next one.

A key is *announced* in the DID document before anything is signed with it, because others keep DID documents for some
minutes. Then it comes into use, and the one before it retires: it signs nothing new, and stays in the document for
those who check what it has signed. A key that others may have got hold of is *withdrawn* at once: it leaves the
document, and from a stated moment on nothing that it signed is believed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

from connector.clock import format_time, parse_time
from connector.trust.errors import KeyInvalid, shown
from connector.trust.keys import Algorithm

Use: TypeAlias = Literal["token", "contract", "log"]
USES: Final[dict[Use, Algorithm]] = {"token": "ES256", "contract": "EdDSA", "log": "EdDSA"}
"""What we have keys for, and what each signs with."""
RING_FORMAT: Final = "mmd-keys/1"
_TIMES: Final = ("announced_at", "usable_from", "used_from", "retired_at", "published_until", "withdrawn_at", "doubted")


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """One key and what has become of it; a time that is None has not come.

    Attributes:
        use: what it signs.
        number: 1, and 1 more for each successor.
        announced_at: when it came into the DID document; None for the first, which was there from the beginning.
        usable_from: when others can know it: earlier nothing is signed with it.
        used_from: when it came into use.
        retired_at: when its successor came into use.
        published_until: when a retired key leaves the DID document; None for never.
        withdrawn_at: when it left the DID document.
        doubted: from when on nothing that it signed is believed.
    """

    use: Use
    number: int
    announced_at: datetime | None = None
    usable_from: datetime | None = None
    used_from: datetime | None = None
    retired_at: datetime | None = None
    published_until: datetime | None = None
    withdrawn_at: datetime | None = None
    doubted: datetime | None = None

    @property
    def name(self) -> str:
        """Its name where private keys are kept."""
        return self.use if self.number == 1 else self.fragment

    @property
    def fragment(self) -> str:
        """Its name in the DID document."""
        return f"{self.use}-{self.number}"

    @property
    def state(self) -> str:
        """Its state, in a word."""
        if self.doubted is not None:
            return "compromised"
        if self.withdrawn_at is not None:
            return "withdrawn"
        if self.retired_at is not None:
            return "retired"
        return "announced" if self.announced_at is not None and self.used_from is None else "in use"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys that we ever had, in the order in which they were made; and which of our logs the log keys sign.

    Attributes:
        entries: the keys.
        log_epoch: 1, and more after each time that a log could not go on and a new one was opened.
    """

    entries: tuple[KeyEntry, ...] = tuple(KeyEntry(use, 1) for use in USES)
    log_epoch: int = 1

    def of(self, use: Use) -> tuple[KeyEntry, ...]:
        """Those of one use."""
        return tuple(entry for entry in self.entries if entry.use == use)

    def current(self, use: Use) -> KeyEntry:
        """The one in use."""
        return next(entry for entry in self.of(use) if entry.state == "in use")

    def announced(self, use: Use) -> KeyEntry | None:
        """The one that comes next, if there is one already."""
        return next((entry for entry in self.of(use) if entry.state == "announced"), None)

    def published(self) -> tuple[KeyEntry, ...]:
        """Those in our DID document: of each use first the one in use, then the others, newest first."""
        shown = [entry for entry in self.entries if entry.withdrawn_at is None]
        order = {use: place for place, use in enumerate(USES)}
        return tuple(sorted(shown, key=lambda e: (order[e.use], e.state != "in use", -e.number)))

    def announce(self, use: Use, *, now: datetime, usable_from: datetime) -> "KeyRing":
        """A new key, in the document from now on.

        Raises:
            KeyInvalid: there is one already that waits to come into use.
        """
        if self.announced(use) is not None:
            raise KeyInvalid(f"the {use} key is being changed already")
        number = self.of(use)[-1].number + 1
        return replace(self, entries=(*self.entries, KeyEntry(use, number, announced_at=now, usable_from=usable_from)))

    def bring_into_use(self, use: Use, *, now: datetime, published_until: datetime | None) -> "KeyRing":
        """The announced key is used from now on; the one before it retires.

        Raises:
            KeyInvalid: none is announced.
        """
        coming = self.announced(use)
        if coming is None:
            raise KeyInvalid(f"no {use} key is announced")
        going = self.current(use)
        return self._with(
            replace(going, retired_at=now, published_until=published_until), replace(coming, used_from=now)
        )

    def replace_compromised(self, use: Use, *, since: datetime, now: datetime) -> "KeyRing":
        """The key in use leaves the document and is not believed from `since` on; its successor is used at once.

        A key that was announced already is that successor; otherwise the next number is.
        """
        lost = replace(self.current(use), retired_at=now, withdrawn_at=now, doubted=min(since, now))
        coming = self.announced(use)
        if coming is not None:
            return self._with(lost, replace(coming, used_from=now))
        successor = KeyEntry(use, self.of(use)[-1].number + 1, announced_at=now, usable_from=now, used_from=now)
        return replace(self, entries=(*self._with(lost).entries, successor))

    def withdraw_expired(self, now: datetime) -> "KeyRing":
        """Retired keys whose time in the document is over leave it."""
        over = [
            replace(entry, withdrawn_at=now)
            for entry in self.entries
            if entry.withdrawn_at is None and entry.published_until is not None and entry.published_until <= now
        ]
        return self._with(*over) if over else self

    def _with(self, *changed: KeyEntry) -> "KeyRing":
        by_name = {entry.fragment: entry for entry in changed}
        return replace(self, entries=tuple(by_name.get(entry.fragment, entry) for entry in self.entries))


def write_ring(ring: KeyRing) -> dict[str, Any]:
    """The ring as JSON."""
    logs = {"logEpoch": ring.log_epoch} if ring.log_epoch > 1 else {}
    return {"format": RING_FORMAT, "keys": [_write(entry) for entry in ring.entries], **logs}


def read_ring(data: object) -> KeyRing:
    """Read a ring.

    Raises:
        KeyInvalid: another format, or not one key in use for each use, or no number of a log; the sentence says what.
    """
    if not isinstance(data, dict) or data.get("format") != RING_FORMAT or not isinstance(data.get("keys"), list):
        raise KeyInvalid(f"not a list of keys in the format {RING_FORMAT}")
    epoch = data.get("logEpoch", 1)
    if type(epoch) is not int or epoch < 1:
        raise KeyInvalid(f"not the number of a log: {shown(epoch)}")
    ring = KeyRing(tuple(_read(item) for item in data["keys"]), epoch)
    for use in USES:
        entries = ring.of(use)
        if [entry.number for entry in entries] != list(range(1, len(entries) + 1)):
            raise KeyInvalid(f"the {use} keys are not numbered one after the other")
        if _count(entries, "in use") != 1 or _count(entries, "announced") > 1:
            raise KeyInvalid(f"not exactly one {use} key is in use")
    return ring


def _count(entries: Iterable[KeyEntry], state: str) -> int:
    return sum(entry.state == state for entry in entries)


def _write(entry: KeyEntry) -> dict[str, Any]:
    times = {name: getattr(entry, name) for name in _TIMES}
    return {
        "use": entry.use,
        "number": entry.number,
        **{name: format_time(at) for name, at in times.items() if at is not None},
    }


def _read(item: object) -> KeyEntry:
    if not isinstance(item, dict) or item.get("use") not in USES or type(item.get("number")) is not int:
        raise KeyInvalid(f"not a key with use and number: {shown(item)}")
    if set(item) - {"use", "number", *_TIMES}:
        raise KeyInvalid(f"a key with something unknown about it: {shown(item)}")
    try:
        times = {name: parse_time(item[name]) for name in _TIMES if name in item}
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise KeyInvalid(f"a key with a time that is none: {shown(item)}") from None
    return KeyEntry(item["use"], item["number"], **times)
