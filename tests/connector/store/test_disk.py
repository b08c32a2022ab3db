"""The disks under a folder; and a real one that is nearly full."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.ports.disk import NoRoom, Place
from connector.services.disk_space import DiskSpace, Thresholds
from connector.store.disk import FolderDisk
from tests.ports.places import FolderPlace
from tests.support.disk import MEGABYTE


def test_everything_on_one_disk(tmp_path: Path) -> None:
    (found,) = FolderDisk(tmp_path).volumes()
    assert found.places == tuple(Place)
    assert 0 < found.free < found.total


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 MB, in memory."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root of a Linux machine can mount a small disk")
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"this machine lets nobody mount: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["/bin/umount", "-l", str(folder)], check=True)


def test_data_on_a_disk_of_its_own(tmp_path: Path, small: Path) -> None:
    (tmp_path / "received").symlink_to(small)
    first, second = FolderDisk(tmp_path).volumes()
    assert (first.places, second.places) == ((Place.DATABASE, Place.PUBLISHED), (Place.RECEIVED,))
    assert second.total == 64 * 1024 * 1024


@pytest.mark.anyio
async def test_below_the_floor_the_database_still_takes_what_is_owed(small: Path) -> None:
    """The floor is real room: what is signed then is written, synced and logged."""
    place = FolderPlace(small)
    store = place.open()
    space = DiskSpace(
        FolderDisk(small), store=store, clock=place.clock, thresholds=Thresholds(40 * MEGABYTE, 0, 20 * MEGABYTE)
    )
    space.check()
    (volume,) = FolderDisk(small).volumes()
    (small / "somebody-elses").write_bytes(bytes(volume.free - 15 * MEGABYTE))
    with pytest.raises(NoRoom, match="MB are free"):
        space.check()
    assert await space.look() == 1
    for _ in range(50):
        await store.write(lambda unit: unit.log.append("contract", "sha256:" + "ab" * 32, place.clock.now()))
    assert (await store.read(lambda unit: unit.log.head())).size == 51  # the act that tells of it is there too
    place.close()
