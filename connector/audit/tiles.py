"""The log as tiles: its hashes, 256 by 256, under names that never change (C2SP `tlog-tiles`).

A tile of level L holds the nodes of tree level 8 L. Entries are not served as bundles: they are for the parties of a
contract alone (architecture, section 5, 8); leaf hashes tell nothing, for every entry holds fresh random bytes.
"""

import re
from dataclasses import dataclass
from typing import Final

from connector.audit.errors import ProofError
from connector.audit.merkle import HASH_LENGTH, MAX_SIZE, ReadNode

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
_MAX_LEVEL: Final = 7
_PATH: Final = re.compile(r"(0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile's name: level, index within the level, and how many hashes it holds (256 when it is full)."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The part of the address below `tile/`."""
        digits = f"{self.index:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        parts = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        name = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
        partial = f".p/{self.width}" if self.width < WIDTH else ""
        return f"{self.level}/{name}{partial}"


def parse_tile(path: str) -> Tile:
    """A tile from the part of the address below `tile/`.

    Raises:
        ProofError: no tile is called so; each tile has one name.
    """
    match = _PATH.fullmatch(path) if len(path) < 64 else None  # noqa: PLR2004
    if match is None:
        raise ProofError("no tile is called so: <level>/<index in groups of three digits>[.p/<width>]")
    tile = Tile(int(match[1]), int(match[2].replace("x", "").replace("/", "")), int(match[3] or WIDTH))
    if tile.level > _MAX_LEVEL or tile.path != path:
        raise ProofError("no tile is called so")
    return tile


def tiles_of(size: int) -> list[Tile]:
    """All tiles that a tree of `size` leaves consists of, level by level."""
    found: list[Tile] = []
    level = 0
    while size:
        full, partial = divmod(size, WIDTH)
        found += [Tile(level, index) for index in range(full)]
        if partial:
            found.append(Tile(level, full, partial))
        size, level = full, level + 1
    return found


def read_tile(tile: Tile, size: int, read_node: ReadNode) -> bytes:
    """The bytes of a tile of a tree of at least `size` leaves: its hashes one behind the other.

    Raises:
        ProofError: the tree of `size` leaves has no such tile (yet).
    """
    first = tile.index * WIDTH
    if not 0 <= size <= MAX_SIZE or first + tile.width > size >> (HEIGHT * tile.level):
        raise ProofError("the log has no such tile yet")
    return b"".join(read_node(HEIGHT * tile.level, first + place) for place in range(tile.width))


def hashes_of(data: bytes) -> list[bytes]:
    """The hashes in a tile.

    Raises:
        ProofError: not a whole number of hashes between 1 and 256.
    """
    if not data or len(data) % HASH_LENGTH or len(data) > WIDTH * HASH_LENGTH:
        raise ProofError("a tile holds 1 to 256 hashes of 32 bytes")
    return [data[i : i + HASH_LENGTH] for i in range(0, len(data), HASH_LENGTH)]
