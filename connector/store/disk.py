"""The disks under a connector's folder, as the system counts them."""

import os
import shutil
from pathlib import Path
from typing import Final

from connector.ports.disk import Place, Volume

_WHERE: Final = {Place.DATABASE: ".", Place.PUBLISHED: "published", Place.RECEIVED: "received"}


class FolderDisk:
    """The port `Disk`: `published` and `received` may lie on disks of their own (a mount, a symbolic link)."""

    def __init__(self, folder: Path) -> None:
        # As texts, and without `pathlib` below: it is asked before each thing that is begun.
        self._folder = str(folder)
        self._where = {place: str(folder / name) for place, name in _WHERE.items()}

    def volumes(self) -> list[Volume]:
        found: dict[int, tuple[str, list[Place]]] = {}
        for place, path in self._where.items():
            try:
                device = os.stat(path).st_dev  # noqa: PTH116
            except FileNotFoundError:  # it is made when it is needed, and then lies with the rest
                path, device = self._folder, os.stat(self._folder).st_dev  # noqa: PTH116, PLW2901
            found.setdefault(device, (path, []))[1].append(place)
        volumes = []
        for path, places in found.values():
            usage = shutil.disk_usage(path)
            volumes.append(Volume(tuple(places), usage.free, usage.total))
        return volumes
