"""The lock on a folder: as it is here, and as it is on Windows, where a lock also keeps others from reading."""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from connector.store import folder as here


class Msvcrt(SimpleNamespace):
    """`msvcrt.locking`: locks bytes from the present position on, per open file; closing does not free at once."""

    LK_NBLCK, LK_UNLCK = 2, 0

    def __init__(self) -> None:
        self.locked: dict[tuple[int, int], int] = {}

    def locking(self, descriptor: int, mode: int, count: int) -> None:
        assert count == 1
        place = (os.fstat(descriptor).st_ino, os.lseek(descriptor, 0, os.SEEK_CUR))
        if mode == self.LK_UNLCK:
            if self.locked.pop(place, None) != descriptor:
                raise PermissionError(13, "not locked")
        elif place in self.locked:
            raise PermissionError(13, "locked")
        else:
            self.locked[place] = descriptor


@pytest.fixture(params=["here", "windows"])
def module(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    if request.param == "here":
        return here
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "msvcrt", Msvcrt())
    assert here.__file__
    spec = importlib.util.spec_from_file_location("folder_on_windows", here.__file__)
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_the_folder_has_one_owner_and_the_other_is_told_whom(module: ModuleType, tmp_path: Path) -> None:
    first, second = module.FolderLock(tmp_path), module.FolderLock(tmp_path)
    first.acquire()
    with pytest.raises(module.FolderInUse, match=rf"process {os.getpid()}\)"):
        second.acquire()
    assert (tmp_path / "mmd.lock").read_bytes() == str(os.getpid()).encode()
    first.release()
    second.acquire()
    second.release()


@pytest.mark.parametrize("before", [b"", b"99999999999999"])
def test_what_stood_in_the_file_is_replaced_and_the_file_stays_small(
    module: ModuleType, tmp_path: Path, before: bytes
) -> None:
    (tmp_path / "mmd.lock").write_bytes(before)
    lock = module.FolderLock(tmp_path)
    lock.acquire()
    assert (tmp_path / "mmd.lock").read_bytes() == str(os.getpid()).encode()
    lock.release()
    lock.release()


def test_the_byte_that_is_locked_on_windows_is_none_that_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = Msvcrt()
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "msvcrt", fake)
    assert here.__file__
    spec = importlib.util.spec_from_file_location("folder_on_windows", here.__file__)
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    lock = made.FolderLock(tmp_path)
    lock.acquire()
    assert [offset for _, offset in fake.locked] == [1 << 30]
    lock.release()
    assert fake.locked == {}
