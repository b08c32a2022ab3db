"""What all runs of one worker share: an authority that serves, and the folders of two members, made once and copied."""

import asyncio
import shutil
import signal
from pathlib import Path
from typing import Any, Final

from connector.demo.ports import Ports
from connector.founding import initialise
from connector.trust.anchors import TrustFile, parse_trust_file
from tests.faults.line import Line
from tests.faults.side import Side
from tests.faults.zygote import Zygote
from tests.support.world import ANSWERS, AUTHORITY, CONSUMER, NAMES, PROVIDER, PURPOSE

TABLE: Final = b"batch,temperature\n" + b"".join(b"%d,%d.5\n" % (n, 20 + n % 50) for n in range(60_000))
"""A few chunks, so that a delivery can die in between."""
TERMS: Final[dict[str, Any]] = {"purposes": [PURPOSE], "count": 9, "prohibitions": ["no-passing-on"]}
SIDES: Final = (PROVIDER, CONSUMER)


class Stage:
    """One worker's data space."""

    def __init__(self, folder: Path, zygote: Zygote) -> None:
        self.folder = folder
        self._ports = Ports()
        self.line = Line()
        self.sides = {name: Side(name, self._ports.take(), self._ports.take(), zygote) for name in (*SIDES, AUTHORITY)}
        self.dataset = ""
        self.trust: TrustFile

    @property
    def provider(self) -> Side:
        return self.sides[PROVIDER]

    @property
    def consumer(self) -> Side:
        return self.sides[CONSUMER]

    async def open(self) -> None:
        """Make the folders, the memberships and the data set; the authority serves from now on."""
        template = self.folder / "template"
        await self.line.open()
        for name, side in self.sides.items():
            self._make(template / name, name, side)
            side.settle(template / name)
            side.begin()
        office = self.sides[AUTHORITY]
        for name in SIDES:
            request = await self.sides[name].ask("POST", "/membership-requests", {"authority": office.did})
            issued = await office.ask("POST", "/members", {"request": request})
            await self.sides[name].ask("PUT", "/membership", {"credential": issued["credential"]})
        self.trust = parse_trust_file(await office.ask("GET", "/trust"))
        self.dataset = await self._publish()
        for name in SIDES:
            await self.sides[name].end(signal.SIGTERM)

    async def close(self) -> None:
        """End what serves."""
        await self.sides[AUTHORITY].end()
        await self.line.close()
        self._ports.close()

    def copied(self, name: str) -> Path:
        """The two members' folders for one run."""
        folder = self.folder / name
        for side in SIDES:
            shutil.copytree(self.folder / "template" / side, folder / side)
        return folder

    def _make(self, directory: Path, name: str, side: Side) -> None:
        initialise(
            directory,
            name=NAMES[name],
            public_url=f"http://localhost:{side.port}",
            bind=f"127.0.0.1:{side.port}",
            management_port=side.management_port,
            laboratory=True,
            authorities=[self.sides[AUTHORITY].did],
            authority_role=name == AUTHORITY,
        )
        settings = directory / "settings.toml"
        settings.write_text(settings.read_text() + f'outbound_proxy = "{self.line.url}"\n')

    async def _publish(self) -> str:
        file = self.folder / "dryer.csv"
        file.write_bytes(TABLE)
        upload = await self.provider.upload(file)
        body = {"uploadId": upload["uploadId"], "answers": ANSWERS, "terms": TERMS}
        made = await self.provider.ask("POST", "/datasets", body)
        return str(made["id"])


async def staged(folder: Path, zygote: Zygote) -> Stage:
    """A stage that is open."""
    stage = Stage(folder, zygote)
    async with asyncio.timeout(60):
        await stage.open()
    return stage
