"""The disks under a connector's folder, as the system counts them."""

import shutil
from pathlib import Path
from typing import Final

from connector.ports.disk import Place, Volume

_WHERE: Final = {Place.DATABASE: ".", Place.PUBLISHED: "published", Place.RECEIVED: "received"}


class FolderDisk:
    """The port `Disk`: `published` and `received` may lie on disks of their own (a mount, a symbolic link)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def volumes(self) -> list[Volume]:
        found: dict[int, tuple[Path, list[Place]]] = {}
        for place, name in _WHERE.items():
            path = self._folder / name
            if not path.exists():  # it is made when it is needed, and then lies with the rest
                path = self._folder
            found.setdefault(path.stat().st_dev, (path, []))[1].append(place)
        volumes = []
        for path, places in found.values():
            usage = shutil.disk_usage(path)
            volumes.append(Volume(tuple(places), usage.free, usage.total))
        return volumes
