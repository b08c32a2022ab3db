"""Reading and writing the container of an evidence file: a ZIP of few features, bounded in every direction.

Strict on purpose. Two programs may see different things in one sloppy ZIP (a prefix, a comment, doubled names), and an
auditor's machine must survive a hostile one. What breaks a rule here is not "false": it cannot be read.
"""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO, Final, Protocol

from connector.contracts.errors import ContractError

MAX_ARCHIVE: Final = 32 * 1024 * 1024
"""The largest file that is read, in bytes."""
MAX_ENTRIES: Final = 20_000
MAX_FILE: Final = 4 * 1024 * 1024
"""The largest unpacked entry, in bytes."""
MAX_TOTAL: Final = 128 * 1024 * 1024
"""The largest sum of all unpacked entries, in bytes."""
MAX_RATIO: Final = 100
"""How many times larger than its packed form an entry above `RATIO_FREE` bytes may become."""
RATIO_FREE: Final = 64 * 1024

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(?:/[A-Za-z0-9][A-Za-z0-9_-]*){0,3}\.[a-z]{2,5}")
_END: Final = struct.Struct("<4s4H2LH")
_END_SIGNATURE: Final = b"PK\x05\x06"
_ZIP64_LOCATOR: Final = b"PK\x06\x07"
_ZIP64_LOCATOR_LENGTH: Final = 20
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_CENTRAL_SIGNATURE: Final = b"PK\x01\x02"
_VERSION: Final = 20
"""Deflate needs this version of the format; what needs a later one is not what our writer lays out."""
_KEPT_UP_TO: Final = 16 * 1024
"""The largest file that is remembered as it was unpacked, in bytes."""
_LOCAL_SIGNATURE: Final = b"PK\x03\x04"
_MAX_DIRECTORY: Final = MAX_ENTRIES * 256
_ENCRYPTED: Final = 0x1
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_FIRST_DAY: Final = 33
"""1 January 1980, in the way of MS-DOS."""
_UNIX: Final = 3
_MODE: Final = (stat.S_IFREG | 0o644) << 16
_UTF8: Final = 0x800
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error, OSError,
)  # fmt: skip


class _Entry(Protocol):
    """What the directory says of a file, as `zipfile` calls it."""

    @property
    def orig_filename(self) -> str: ...
    @property
    def external_attr(self) -> int: ...
    @property
    def flag_bits(self) -> int: ...
    @property
    def compress_type(self) -> int: ...
    @property
    def compress_size(self) -> int: ...
    @property
    def file_size(self) -> int: ...


@dataclass(frozen=True, slots=True)
class _Plain:
    """A file as our own writer lays it out: nothing about it is said twice in two ways."""

    orig_filename: str
    external_attr: int
    flag_bits: int
    compress_type: int
    compress_size: int
    file_size: int
    crc: int
    begin: int


def write_archive(files: Mapping[str, bytes]) -> bytes:
    """A ZIP with these files: sorted by name, deflated (or stored), all times 1980, so that the same files give the same bytes.

    They are those that `zipfile` writes, which takes as long for its headers as for deflating.

    Raises:
        struct.error: more or larger files than a ZIP without Zip64 can hold.
    """
    pieces, directory, at = [], bytearray(), 0
    for name in sorted(files):
        data, raw = files[name], name.encode("utf-8")
        method, packed = (_pack_kept if len(data) <= _KEPT_UP_TO else _pack)(data)
        flags = 0 if name.isascii() else _UTF8
        common = (flags, method, 0, _FIRST_DAY, zlib.crc32(data), len(packed), len(data), len(raw), 0)
        local = _LOCAL.pack(_LOCAL_SIGNATURE, _VERSION, *common) + raw
        directory += _CENTRAL.pack(_CENTRAL_SIGNATURE, _VERSION | _UNIX << 8, _VERSION, *common, 0, 0, 0, _MODE, at)
        directory += raw
        pieces += [local, packed]
        at += len(local) + len(packed)
    end = _END.pack(_END_SIGNATURE, 0, 0, len(files), len(files), len(directory), at, 0)
    return b"".join([*pieces, directory, end])


def _pack(data: bytes) -> tuple[int, bytes]:
    method = _method(data)
    if method == zipfile.ZIP_STORED:
        return method, data
    packing = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
    return method, packing.compress(data) + packing.flush()


_pack_kept: Final = lru_cache(maxsize=64)(_pack)
"""The contracts of an export share memberships, DID documents and status lists."""


def _method(data: bytes) -> int:
    """Deflated, but stored where deflating would look like a bomb: whatever a party put into a message can be read."""
    packed = len(zlib.compress(data)) if len(data) > RATIO_FREE else len(data)
    return zipfile.ZIP_STORED if packed * (MAX_RATIO // 2) < len(data) else zipfile.ZIP_DEFLATED


def read_archive(source: bytes | BinaryIO) -> dict[str, bytes]:
    """The files in a ZIP: name to content.

    Raises:
        ContractError: no ZIP, cut short, damaged, encrypted, too large, a bomb, or an entry with an unsafe, doubled or
            linking name; the code says which.
    """
    data = source if isinstance(source, bytes) else source.read(MAX_ARCHIVE + 1)
    if len(data) > MAX_ARCHIVE:
        raise ContractError("zip-too-large", limit=f"{MAX_ARCHIVE:,}")
    entries = _check_end(data)
    found = _read_plain(data, entries)
    if found is not None:
        return found
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if len(infos) != entries:
                raise ContractError("zip-damaged", problem="the directory has another length than it says")
            _check_entries(infos)
            return {info.filename: _read(archive, info) for info in infos}
    except _BROKEN as error:
        raise ContractError("zip-damaged", problem=str(error)[:200] or type(error).__name__) from None


def _read_plain(data: bytes, entries: int) -> dict[str, bytes] | None:
    """What `write_archive` lays out is read without `zipfile`, which takes most of the time of a small file.

    None for every other layout, also a damaged one: then `zipfile` reads it, and says what is wrong.

    Raises:
        ContractError: as `_check_entries`, which is asked before anything is unpacked.
    """
    found = _plain_entries(data, entries)
    if found is None:
        return None
    _check_entries(found)
    files = {}
    for entry in found:
        packed = data[entry.begin : entry.begin + entry.compress_size]
        small = max(entry.compress_size, entry.file_size) <= _KEPT_UP_TO
        content = (_unpack_kept if small else _unpack)(entry.compress_type, packed, entry.file_size, entry.crc)
        if content is None:
            return None
        files[entry.orig_filename] = content
    return files


def _plain_entries(data: bytes, entries: int) -> list[_Plain] | None:
    """The directory, where local headers say the same, and files lie one behind the other in its order, without gaps."""
    size, at = _END.unpack(data[-_END.size :])[5:7]
    end, place, found = at + size, 0, []
    for _ in range(entries):
        if at + _CENTRAL.size > end:
            return None
        signature, _, needed, *common, comment, disk, _, attributes, offset = _CENTRAL.unpack_from(data, at)
        flags, method, _, _, crc, packed, unpacked, name_length, extra = common
        if (signature, comment, disk, extra, flags, offset) != (_CENTRAL_SIGNATURE, 0, 0, 0, 0, place):
            return None
        name = data[at + _CENTRAL.size : at + _CENTRAL.size + name_length]
        begin = place + _LOCAL.size + name_length
        local = _LOCAL.pack(_LOCAL_SIGNATURE, needed, *common) + name
        if needed > _VERSION or not name.isascii() or not data.startswith(local, place) or b"\0" in name:
            return None
        found.append(_Plain(name.decode("ascii"), attributes, flags, method, packed, unpacked, crc, begin))
        place, at = begin + packed, at + _CENTRAL.size + name_length
    return found if (place, at) == (end - size, end) else None


def _unpack(method: int, packed: bytes, size: int, crc: int) -> bytes | None:
    """The content; None where it is not exactly what the directory says."""
    if method == zipfile.ZIP_STORED:
        content = packed
    else:
        unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = unpacking.decompress(packed, size + 1)
        except zlib.error:
            return None
        if not unpacking.eof or unpacking.unused_data:
            return None
    return content if len(content) == size and zlib.crc32(content) == crc else None


_unpack_kept: Final = lru_cache(maxsize=256)(_unpack)
"""The contracts of a bundle share memberships, DID documents and status lists: the same packed bytes are the same content."""


def _check_end(data: bytes) -> int:
    # The end record stands at the very end, without a comment: what follows or hides there is nobody's.
    if not data.startswith(_LOCAL_SIGNATURE):
        raise ContractError("zip-not")
    if len(data) < _END.size or data[-_END.size :][:4] != _END_SIGNATURE:
        raise ContractError("zip-truncated")
    _, disk, first_disk, here, entries, size, offset, comment = _END.unpack(data[-_END.size :])
    locator = data[-_END.size - _ZIP64_LOCATOR_LENGTH :][:4]
    if disk or first_disk or here != entries or comment or locator == _ZIP64_LOCATOR:
        raise ContractError("zip-damaged", problem="comments, several disks and Zip64 are not used")
    if entries > MAX_ENTRIES or size > _MAX_DIRECTORY:
        raise ContractError("zip-entries", limit=f"{MAX_ENTRIES:,}")
    if offset + size + _END.size != len(data):
        raise ContractError("zip-damaged", problem="there are bytes that belong to no entry")
    return int(entries)


def _check_entries(infos: Sequence[_Entry]) -> None:
    seen: set[str] = set()
    total = 0
    for info in infos:
        name = info.orig_filename
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise ContractError("zip-link", name=name[:200])
        if _NAME.fullmatch(name) is None:
            raise ContractError("zip-name", name=name[:200])
        if name.casefold() in seen:
            raise ContractError("zip-twice", name=name)
        seen.add(name.casefold())
        if info.flag_bits & _ENCRYPTED or info.compress_type not in _METHODS:
            raise ContractError("zip-method", name=name)
        total += info.file_size
        too_large = info.file_size > MAX_FILE or total > MAX_TOTAL
        if too_large or info.file_size > max(RATIO_FREE, info.compress_size * MAX_RATIO):
            raise ContractError("zip-bomb", name=name)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    # The reader stops at the stated size and then compares the checksum: an entry that lies about its size is damaged.
    with archive.open(info) as stream:
        content = stream.read(MAX_FILE + 1)
    if len(content) != info.file_size:
        raise ContractError("zip-damaged", problem=f"{info.filename} is shorter than it says")
    return content
