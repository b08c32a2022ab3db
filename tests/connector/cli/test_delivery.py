from pathlib import Path

import pytest

from connector.cli.delivery import whole_file


def test_the_file_appears_only_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with whole_file(path) as file:
        file.write(b"x")
        assert not path.exists()
    assert path.read_bytes() == b"x"


def _write_until_full(path: Path) -> None:
    with whole_file(path) as file:
        file.write(b"half")
        raise OSError(28, "full")


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="full"):
        _write_until_full(path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
