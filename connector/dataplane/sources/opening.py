"""Which reader a file gets: by what is in it, never by its name."""

from pathlib import Path

from connector.dataplane.sources.csv_file import CsvFile
from connector.dataplane.sources.errors import SourceError
from connector.dataplane.sources.sniff import EMPTY_ZIP, OLE, ZIP, refuse_other_kinds
from connector.dataplane.sources.table import TableSource
from connector.dataplane.sources.xlsx_file import XlsxFile

_HEAD = 1 << 16
_LOCKED = "EncryptedPackage".encode("utf-16-le")


def open_table(path: Path) -> TableSource:
    """The file as a table.

    Raises:
        SourceError: it is none; the sentence says what it is and what to do.
    """
    if not path.is_file():
        raise SourceError("not-found", name=path.name)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise SourceError("empty")
    if head.startswith(OLE):
        raise SourceError("xlsx-encrypted" if _holds(path, _LOCKED) else "xls-old")
    if head.startswith((ZIP, EMPTY_ZIP)):
        return XlsxFile(path)
    refuse_other_kinds(head)
    return CsvFile(path)


def _holds(path: Path, words: bytes) -> bool:
    """Whether these bytes stand in the file: the directory of an old Office document may lie anywhere in it."""
    kept = b""
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            if words in kept + block:
                return True
            kept = block[-len(words) :]
    return False
