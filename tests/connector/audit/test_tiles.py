import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.audit.errors import ProofError
from connector.audit.merkle import append_nodes, leaf_hash, root_from_leaves
from connector.audit.tiles import Tile, hashes_of, parse_tile, read_tile, tiles_of


class Tree:
    def __init__(self, size: int) -> None:
        self.leaves = [leaf_hash(str(n).encode()) for n in range(size)]
        self.nodes: dict[tuple[int, int], bytes] = {}
        for n, leaf in enumerate(self.leaves):
            self.nodes |= {(level, index): value for level, index, value in append_nodes(n, leaf, self.read)}

    def read(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "0/000"),
        (Tile(0, 1234067), "0/x001/x234/067"),
        (Tile(0, 273, 112), "0/273.p/112"),
        (Tile(1, 1, 17), "1/001.p/17"),
        (Tile(2, 999999), "2/x999/999"),
    ],
)
def test_names_are_those_of_the_standard(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert parse_tile(path) == tile


@given(st.integers(0, 7), st.integers(0, 10**12), st.integers(1, 256))
def test_each_tile_has_one_name(level: int, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert parse_tile(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        *("", "0", "0/0", "0/1234", "00/000", "0/x000/001", "0/000.p/0", "0/000.p/256", "0/000.p/01", "8/000"),
        *("entries/000", "0/../000", "0/000/", "-1/000", "0/٠٠٠", "0/" + "x000/" * 40 + "000"),
    ],
)
def test_other_names_are_no_tiles(path: str) -> None:
    with pytest.raises(ProofError):
        parse_tile(path)


def test_a_tree_of_70000_consists_of_the_tiles_that_the_standard_counts() -> None:
    tiles = tiles_of(70_000)
    assert len([t for t in tiles if t.level == 0 and t.width == 256]) == 273
    assert [t for t in tiles if t.width < 256] == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert tiles_of(256) == [Tile(0, 0), Tile(1, 0, 1)]
    assert tiles_of(0) == []


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 600])
def test_the_root_can_be_computed_from_the_tiles(size: int) -> None:
    tree = Tree(size)
    read = {(tile.level, tile.index): hashes_of(read_tile(tile, size, tree.read)) for tile in tiles_of(size)}
    leaves = [h for (level, _), hashes in sorted(read.items()) if level == 0 for h in hashes]
    assert leaves == tree.leaves
    assert root_from_leaves(leaves) == root_from_leaves(tree.leaves)
    for (level, index), hashes in read.items():
        if level:
            for place, value in enumerate(hashes):
                below = read[level - 1, index * 256 + place]
                assert value == root_from_leaves(below)


@pytest.mark.parametrize("tile", [Tile(0, 0, 256), Tile(0, 0, 6), Tile(0, 1, 1), Tile(1, 0, 1)])
def test_there_is_no_tile_beyond_the_log(tile: Tile) -> None:
    tree = Tree(5)
    with pytest.raises(ProofError, match="no such tile"):
        read_tile(tile, 5, tree.read)
    assert len(read_tile(Tile(0, 0, 5), 5, tree.read)) == 5 * 32


@pytest.mark.parametrize("data", [b"", bytes(31), bytes(33), bytes(257 * 32)])
def test_bytes_that_are_no_tile(data: bytes) -> None:
    with pytest.raises(ProofError):
        hashes_of(data)
    assert hashes_of(hashlib.sha256(b"").digest()) == [hashlib.sha256(b"").digest()]
