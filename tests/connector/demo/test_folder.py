import os
from pathlib import Path

import pytest

from connector.demo.errors import DemoError
from connector.demo.folder import MARK, open_folder


def test_a_folder_that_no_demo_made_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("mine")
    with pytest.raises(DemoError, match="not empty, and no demo made it"), open_folder(tmp_path, "en"):
        raise AssertionError("it was opened")
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_what_an_earlier_demo_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    with open_folder(tmp_path / "new" / "demo", "en") as folder:
        (folder / "report.json").write_text("{}")
        (folder / "received" / "data.csv").write_text("1")
        (folder / "notes of mine.txt").write_text("keep")
        outside = tmp_path / "outside"
        outside.mkdir()
        (outside / "file").write_text("keep")
    with open_folder(tmp_path / "new" / "demo", "en") as folder:
        assert not (folder / "report.json").exists()
        assert list((folder / "received").iterdir()) == []
        assert (folder / "notes of mine.txt").read_text() == "keep"
    assert (outside / "file").exists()


@pytest.mark.skipif(os.name != "posix", reason="symbolic links need rights on Windows")
def test_a_link_is_removed_and_not_what_it_names(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("keep")
    with open_folder(tmp_path / "demo", "en") as folder:
        (folder / "provider").symlink_to(outside, target_is_directory=True)
    with open_folder(tmp_path / "demo", "en") as folder:
        assert not (folder / "provider").exists()
    assert (outside / "file").exists()


def test_two_demos_never_share_a_folder(tmp_path: Path) -> None:
    with open_folder(tmp_path, "en") as folder:
        folder.note([4711, 4712])
        with pytest.raises(DemoError, match="processes 4711 4712"), open_folder(tmp_path, "en"):
            raise AssertionError("it was opened twice")
    with open_folder(tmp_path, "en"):
        assert (tmp_path / MARK).exists()


def test_the_sentences_are_in_the_language_of_the_run(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(DemoError, match="비어 있지 않고"), open_folder(tmp_path, "ko"):
        raise AssertionError("it was opened")
