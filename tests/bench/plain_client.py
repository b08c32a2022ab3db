"""Fetching a file with the product's HTTP client and nothing else: no policy, no digest, no receipt.

Run as a process of its own: `python -m tests.bench.plain_client URL FILE`; it prints the seconds from the request until
the file is on the disk (fsync, as the product does).
"""

import asyncio
import os
import sys
import time
from pathlib import Path

import uvloop

from connector.net.peers import Peers


async def fetch(url: str, target: Path) -> float:
    """Fetch it; returns the seconds that it took."""
    peers = Peers(laboratory=True)
    began = time.perf_counter()
    with target.open("wb") as file:
        async with peers.client.stream("GET", url, headers={"Accept-Encoding": "identity"}) as got:
            got.raise_for_status()
            async for chunk in got.aiter_raw():
                file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    spent = time.perf_counter() - began
    await peers.close()
    return spent


if __name__ == "__main__":
    print(
        uvloop.run(fetch(sys.argv[1], Path(sys.argv[2])))
        if sys.platform != "win32"
        else asyncio.run(fetch(sys.argv[1], Path(sys.argv[2])))
    )
