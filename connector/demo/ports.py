"""Ports of this machine that are free, for this demo alone."""

import secrets
import socket
from typing import Final

from connector.demo.errors import DemoError

BLOCK: Final = 24
"""Ports in a block, the guard among them."""
_FIRST: Final = 20_000
_END: Final = 32_000
# Below the range from which systems take ports for outgoing connections (32768 and up on Linux, 49152 elsewhere): a port
# that is free now is not taken by a connection before its connector listens.


class Ports:
    """A block of ports on loopback.

    The first port of the block is held as long as the demo runs, so that two demos that run at once never choose from the
    same block: a participant's port must be chosen before its process listens, because its did:web contains it.

    Raises:
        DemoError: this machine has no free block.
    """

    def __init__(self) -> None:
        starts = list(range(_FIRST, _END - BLOCK, BLOCK))
        turn = secrets.randbelow(len(starts))
        for start in starts[turn:] + starts[:turn]:
            guard = _bound(start)
            if guard is None:
                continue
            if all(is_free(port) for port in range(start + 1, start + BLOCK)):
                self._guard = guard
                self._left = list(range(start + 1, start + BLOCK))
                return
            guard.close()
        raise DemoError(f"no {BLOCK} ports in a row are free between {_FIRST} and {_END}")

    def take(self) -> int:
        """The next port."""
        return self._left.pop(0)

    def close(self) -> None:
        """Give the block back."""
        self._guard.close()


def is_free(port: int) -> bool:
    """Whether nobody listens on this port of loopback."""
    probe = _bound(port)
    if probe is None:
        return False
    probe.close()
    return True


def _bound(port: int) -> socket.socket | None:
    probe = socket.socket()
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        probe.close()
        return None
    return probe
