"""An answer's body as it arrives, bounded: a packed one by what it unpacks to, never a step further."""

import zlib
from typing import Final

_GZIP: Final = 16 + zlib.MAX_WBITS


class BodyError(Exception):
    """The body cannot be used; the text is the end of a sentence that begins with whose answer it is."""


class Body:
    """Takes the parts of a body in their order.

    Args:
        most: the largest size, in bytes; of what was received and of what came of it.
        packed: whether it is gzip.
    """

    def __init__(self, most: int, *, packed: bool) -> None:
        self._most = most
        self._left = most
        self._received = 0
        self._parts: list[bytes] = []
        self._unpacker = zlib.decompressobj(_GZIP) if packed else None

    def add(self, part: bytes) -> None:
        """The next part.

        Raises:
            BodyError: too large, or no gzip.
        """
        self._received += len(part)
        if self._unpacker is not None:
            part = self._unpacked(part)
        self._left -= len(part)
        if self._left < 0 or self._received > self._most:
            raise BodyError(f"is larger than {self._most:,} bytes")
        self._parts.append(part)

    def whole(self) -> bytes:
        """All of it.

        Raises:
            BodyError: it is cut off.
        """
        if self._unpacker is not None and not self._unpacker.eof and self._received:
            raise BodyError("is cut off")
        return b"".join(self._parts)

    def _unpacked(self, part: bytes) -> bytes:
        assert self._unpacker is not None
        try:
            # One byte more than may be tells that there is more; nothing beyond it is ever unpacked.
            found = self._unpacker.decompress(part, self._left + 1)
        except zlib.error as error:
            raise BodyError(f"cannot be unpacked ({error})") from None
        if self._unpacker.unused_data:
            raise BodyError("goes on behind its end")
        return found
