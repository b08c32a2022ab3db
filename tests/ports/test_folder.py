"""One connector owns a folder (decision 5, 22)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from connector.store.folder import FolderInUse, FolderLock


def test_a_folder_has_one_owner(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path), FolderLock(tmp_path)
    first.acquire()
    with pytest.raises(FolderInUse, match=rf"in use by another connector \(process {os.getpid()}\); stop it first"):
        second.acquire()
    first.release()
    second.acquire()
    second.release()
    second.release()  # once more is nothing


def test_another_folder_is_free(tmp_path: Path) -> None:
    locks = []
    for name in "ab":
        (tmp_path / name).mkdir()
        locks.append(FolderLock(tmp_path / name))
        locks[-1].acquire()
    for lock in locks:
        lock.release()


def test_a_file_left_behind_is_no_lock(tmp_path: Path) -> None:
    (tmp_path / "mmd.lock").write_text("12345 and a long story", "utf-8")
    lock = FolderLock(tmp_path)
    lock.acquire()
    assert (tmp_path / "mmd.lock").read_text("utf-8") == str(os.getpid())
    lock.release()


def test_a_killed_owner_frees_it(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from connector.store.folder import FolderLock; "
        "lock = FolderLock(pathlib.Path(sys.argv[1])); lock.acquire(); print('mine', flush=True); sys.stdin.read()"
    )
    owner = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"mine\n"
        with pytest.raises(FolderInUse, match=f"process {owner.pid}"):
            FolderLock(tmp_path).acquire()
        owner.kill()
    lock = FolderLock(tmp_path)
    lock.acquire()
    lock.release()
