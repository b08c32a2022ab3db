"""One of the two connectors: its folder, its lives one after the other, and its management API."""

import asyncio
import os
import signal
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import aiohttp

from tests.faults.mortal import DYING, MOMENTS, READY, Death
from tests.faults.zygote import Zygote

Json = dict[str, Any]
_AGAIN: Final = 0.05


class Away(Exception):
    """No answer: the connector is dead, or died while it was asked."""


class Refused(Exception):
    """The management API said no."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"{status}: {said}")
        self.status = status


class Stuck(Exception):
    """What should have come did not come in time; the sentence says what."""


class Side:
    """A connector that is started again whenever it dies, until it is ended."""

    def __init__(self, name: str, port: int, management_port: int, zygote: Zygote) -> None:
        self.name, self.port, self.management_port = name, port, management_port
        self.did = f"did:web:localhost%3A{port}"
        self._zygote = zygote

    def settle(
        self, directory: Path, *, deaths: tuple[Death, ...] = (), people: bool = False, pause: float = 0
    ) -> None:
        """Take over a folder: what happens to the lives there, in turn; the last one lives on."""
        self.directory = directory
        self.people = people
        self.pause = pause
        self.died: list[Death] = []
        self.unexpected: list[str] = []
        self.moments: Counter[str] = Counter()
        self._deaths = list(deaths)
        self._current: Death | None = None
        self._up = asyncio.Event()
        self._gone = asyncio.Event()
        self._wanted = True
        self._dying = False
        token = (directory / "secrets" / "owner.token").read_text("utf-8").strip()
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {token}"},
            timeout=aiohttp.ClientTimeout(total=30),
            connector=aiohttp.TCPConnector(force_close=True),
        )

    # --- lives -----------------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """The next life."""
        if not self._wanted:
            return
        self._current = self._deaths.pop(0) if self._deaths else None
        self._dying = False
        self._gone.clear()
        self.pid, self._pipe = self._zygote.begin(self.directory, death=self._current, people=self.people)
        os.set_blocking(self._pipe, False)
        asyncio.get_running_loop().add_reader(self._pipe, self._told)

    async def end(self, how: signal.Signals = signal.SIGKILL) -> None:
        """No more lives."""
        self._wanted = False
        if not self._gone.is_set():
            os.kill(self.pid, how)
            await self._gone.wait()
        await self._session.close()

    def _told(self) -> None:
        with suppress(BlockingIOError):
            data = os.read(self._pipe, 1 << 16)
            for line in data.decode().split("\n"):
                self._take(line)
            if not data:
                self._over()

    def _take(self, line: str) -> None:
        if line == READY:
            self._up.set()
        elif line == DYING:
            self._dying = True
        elif line in MOMENTS:
            self.moments[line] += 1

    def _over(self) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._pipe)
        os.close(self._pipe)
        self._up.clear()
        self._gone.set()
        if self._dying and self._current is not None:
            self.died.append(self._current)
        elif self._wanted:
            self.unexpected.append(f"the {self.name} ended without being told to")
        if self._wanted:
            loop.call_later(self.pause, self.begin)

    # --- its management API ----------------------------------------------------------------------------------------------

    async def ask(self, method: str, path: str, body: Json | None = None) -> Any:
        """One call.

        Raises:
            Away: no answer; whether it was done is not known.
            Refused: it said no.
        """
        await self._up.wait()
        url = f"http://127.0.0.1:{self.management_port}/management/v1{path}"
        try:
            async with self._session.request(method, url, json=body) as answer:
                data = await answer.read()
                if answer.status >= 400:
                    raise Refused(answer.status, data.decode("utf-8", "replace")[:500])
                return data if answer.content_type == "application/zip" else await answer.json(content_type=None)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Away(f"{self.name}: {error}") from None

    async def upload(self, file: Path) -> Json:
        """PUT a file."""
        await self._up.wait()
        url = f"http://127.0.0.1:{self.management_port}/management/v1/uploads?name={file.name}"
        async with self._session.put(url, data=file.read_bytes()) as answer:
            found: Json = await answer.json(content_type=None)
            return found

    async def look(self, path: str) -> Any:
        """GET, until it is answered."""
        while True:
            try:
                return await self.ask("GET", path)
            except Away:
                await asyncio.sleep(_AGAIN)

    async def until(self, path: str, true: Any, what: str, deadline: float) -> Any:
        """GET, until what is there is as wanted.

        Raises:
            Stuck: it is not in time.
        """
        while True:
            found = await self.look(path)
            if true(found):
                return found
            if time.monotonic() > deadline:
                raise Stuck(f"{self.name}: {what}; there is {str(found)[:1500]}")
            await asyncio.sleep(_AGAIN)
