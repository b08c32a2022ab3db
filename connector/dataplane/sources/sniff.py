"""What a file is, from its first bytes: names of files lie."""

from typing import Final

from connector.dataplane.sources.errors import SourceError

_SIGNATURES: Final = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"PAR1", "Parquet"),
    (b"SQLite format 3\0", "SQLite"),
    (b"\x7fELF", "ELF"),
    (b"\x89HDF", "HDF5"),
    (b"RIFF", "RIFF (WAV, AVI)"),
)
ZIP: Final = b"PK\x03\x04"
EMPTY_ZIP: Final = b"PK\x05\x06"
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r\f\x1a"))


def refuse_other_kinds(head: bytes) -> None:
    """Refuse what is plainly no table. A NUL byte is left to the scan, which can say in which line it is.

    Raises:
        SourceError: a known binary format, HTML, XML or JSON, or control characters.
    """
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            raise SourceError("binary", kind=kind)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    start = text[:200].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        raise SourceError("markup", kind="HTML")
    if start.startswith((b"<?xml", b"<!--", b"<svg")):
        raise SourceError("markup", kind="XML")
    if _begins_json(text):
        raise SourceError("markup", kind="JSON")
    controls = len(head) - len(head.translate(None, _CONTROLS.replace(b"\0", b"")))
    if controls * 100 > len(head) or (b"\0" in head and head.count(b"\0") * 10 > len(head)):
        raise SourceError("binary", kind="binary data")


def _begins_json(text: bytes) -> bool:
    """`{"a"`, `[{` or `[1` begin JSON; a header such as `[K],x` does not."""
    follows = text[1:200].lstrip()[:1]
    if text.startswith(b"{"):
        return follows in (b'"', b"}")
    return text.startswith(b"[") and follows in (b"{", b"[", b'"', *(bytes([digit]) for digit in b"0123456789-"))
