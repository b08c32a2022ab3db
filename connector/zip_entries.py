"""How many entries of a ZIP have gone by, while it is still coming: for a bar that counts contracts instead of bytes."""

import struct
from typing import Final

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_SIGNATURE: Final = b"PK\x03\x04"


class EntryCounter:
    """Counts the entries of a ZIP whose local headers say how large they are, as those of an evidence bundle do.

    What is no such ZIP is counted as far as it looks like one.
    """

    def __init__(self) -> None:
        self._begun = 0
        self._to_skip = 0
        self._header = b""
        self._over = False

    @property
    def complete(self) -> int:
        """The entries whose last byte has gone by."""
        return self._begun - (self._to_skip > 0)

    def feed(self, chunk: bytes) -> int:
        """What comes next; returns how many entries are complete."""
        at = 0
        while at < len(chunk) and not self._over:
            if self._to_skip:
                step = min(self._to_skip, len(chunk) - at)
                self._to_skip, at = self._to_skip - step, at + step
                continue
            step = min(_LOCAL.size - len(self._header), len(chunk) - at)
            self._header, at = self._header + chunk[at : at + step], at + step
            if len(self._header) == _LOCAL.size:
                self._begin()
        return self.complete

    def _begin(self) -> None:
        signature, *_, packed, _, name, extra = _LOCAL.unpack(self._header)
        self._header = b""
        if signature != _SIGNATURE:  # the directory: all entries have been
            self._over = True
            return
        self._begun += 1
        self._to_skip = packed + name + extra
