"""A disk whose room is set by hand."""

from connector.ports.disk import Place, Volume

MEGABYTE = 1_000_000


class HandDisk:
    """The port `Disk`: one disk for everything, unless there are `others`.

    Attributes:
        free: bytes that are free on the disk of the database, and of all that has no disk of its own.
        others: bytes that are free on disks of their own, by what lies there.
    """

    def __init__(self, free: int = 100_000 * MEGABYTE) -> None:
        self.free = free
        self.others: dict[Place, int] = {}

    def volumes(self) -> list[Volume]:
        total = 200_000 * MEGABYTE
        here = tuple(place for place in Place if place not in self.others)
        return [
            Volume(here, self.free, total),
            *(Volume((place,), free, total) for place, free in self.others.items()),
        ]
