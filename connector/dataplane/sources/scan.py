"""One quick look at all bytes of a text file: its encoding, and what no reader could bear.

It costs a second or two per gigabyte and makes the reading proper safe: every line is known to be of bounded length,
the encoding is that of the whole file and not only of its beginning, and the sentence about a bad byte can name its line.
"""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from connector.dataplane.sources.errors import SourceError

BLOCK: Final = 1 << 20
MAX_LINE: Final = 1_000_000
"""Bytes in a line, about."""
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WESTERN: Final = frozenset("°²³µ±".encode("latin-1"))


def scan_text(path: Path) -> str:
    """The encoding of a text file, as the name of Python's codec.

    Raises:
        SourceError: empty, a NUL byte, a line that is too long, or no known encoding.
    """
    with path.open("rb") as file:
        head = file.read(4)
    if not head:
        raise SourceError("empty")
    if head.startswith(_UTF16):
        _check_utf16(path)
        return "utf-16"
    _check_lines(path)
    encoding = "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"
    bad = _first_bad_byte(path, encoding)
    if bad is None:
        return encoding
    if encoding == "utf-8-sig":
        raise SourceError("encoding", line=line_of(path, bad))
    wrong = _first_bad_byte(path, "cp949")
    if wrong is not None:
        raise SourceError("encoding", line=line_of(path, max(wrong, bad)))
    if _is_western(path):
        raise SourceError("western", line=line_of(path, bad))
    return "cp949"


def line_of(path: Path, offset: int) -> int:
    """The number of the line that holds the byte at `offset`, from 1."""
    line = 1
    for block in _blocks(path):
        line += block[:offset].count(b"\n")
        offset -= len(block)
        if offset <= 0:
            break
    return line


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _check_lines(path: Path) -> None:
    carried = position = 0
    blank = True
    for block in _blocks(path):
        if b"\0" in block:
            raise SourceError("nul", line=line_of(path, position + block.index(b"\0")))
        first, last = block.find(b"\n"), block.rfind(b"\n")
        if first < 0:
            # A file of the old Mac ends its lines with \r alone.
            first, last = block.find(b"\r"), block.rfind(b"\r")
        carried += len(block) if first < 0 else first
        if carried > MAX_LINE:
            raise SourceError("long-line", line=line_of(path, position), limit=MAX_LINE)
        if first >= 0:
            carried = len(block) - 1 - last
        position += len(block)
        blank = blank and not block.strip(b" \t\r\n\xef\xbb\xbf,;|")
    if blank:
        raise SourceError("empty")


def _check_utf16(path: Path) -> None:
    bad = _first_bad_byte(path, "utf-16")
    if bad is not None:
        raise SourceError("encoding", line=line_of(path, bad))
    decoder = codecs.getincrementaldecoder("utf-16")()
    line, carried, blank = 1, 0, True
    for block in _blocks(path):
        text = decoder.decode(block)
        if "\0" in text:
            raise SourceError("nul", line=line + text[: text.index("\0")].count("\n"))
        first = text.find("\n")
        carried += len(text) if first < 0 else first
        if carried > MAX_LINE:
            raise SourceError("long-line", line=line, limit=MAX_LINE)
        if first >= 0:
            carried = len(text) - 1 - text.rfind("\n")
        line += text.count("\n")
        blank = blank and not text.strip(" \t\r\n,;|")
    if blank:
        raise SourceError("empty")


def _first_bad_byte(path: Path, encoding: str) -> int | None:
    """The offset of the first byte that this encoding cannot hold, or None."""
    decoder = codecs.getincrementaldecoder(encoding)()
    position = 0
    try:
        for block in _blocks(path):
            if block.isascii() and not decoder.getstate()[0] and encoding != "utf-16":
                position += len(block)
                continue
            held = len(decoder.getstate()[0])
            base = position - held
            decoder.decode(block)
            position += len(block)
        base = position - len(decoder.getstate()[0])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return base + error.start
    return None


def _is_western(path: Path) -> bool:
    """Whether the only bytes beyond ASCII are lone signs such as `°`: CP949 would make letters of them and what follows."""
    for block in _blocks(path):
        if any(byte not in _WESTERN for byte in block.translate(None, bytes(range(128)))):
            return False
    return True
