"""A connector's folder as it lies on a disk: a real database with a real log, and files that stand for the rest."""

import asyncio
from pathlib import Path
from typing import Final

from connector.store.folder import MARK
from connector.store.log import LogSigner
from connector.store.sqlite import open_sqlite
from connector.trust.keys import generate_ed25519
from tests.support.clock import HandClock

DID: Final = "did:web:plant.example"
PASSPHRASE: Final = b"correct horse battery"
DIGEST: Final = "sha256:" + "ab" * 32
KEY: Final = generate_ed25519()
FILES: Final = {
    "settings.toml": b'name = "Plant"\n',
    "keys/contract.pem": b"contract",
    "keys/log.pem": b"log",
    "keys/token.pem": b"token",
    "secrets/access.key": b"access",
    "secrets/owner.token": b"owner",
    "published/0001.csv": b"a,b\n1,2\n",
    "received/small.csv": b"c,d\n3,4\n",
}


def make_folder(folder: Path, *, entries: int) -> Path:
    """A folder whose log has so many entries."""
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    log_more(folder, entries)
    return folder


def log_more(folder: Path, entries: int) -> None:
    """What a connector leaves that has logged so many more entries and was stopped."""
    asyncio.run(_log(folder, entries))


async def _log(folder: Path, entries: int) -> None:
    clock = HandClock()
    signer = LogSigner("plant.example/log", KEY.sign, KEY.public.raw())
    store = open_sqlite(folder / "mmd.sqlite", signer, clock, high_water=folder / MARK)
    for _ in range(entries):
        await store.write(lambda unit: unit.log.append("contract", DIGEST, clock.now()))
    store.close()
