"""A data space in one process whose connectors are really on the network: sockets, TLS, names, proxies.

Names under `.test` are looked up here, and lie on this machine; everything else is as in `mmd serve`.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from connector.app import running
from connector.founding import OWNER_TOKEN, initialise
from connector.serving import http_server
from connector.trust.did import did_web_from_url
from connector.web.management import management_app
from connector.web.public import public_app
from tests.support.certificates import CertificateAuthority
from tests.support.world import AUTHORITY, CONSUMER, NAMES, PROVIDER, Member, World

MEMBERS = (AUTHORITY, PROVIDER, CONSUMER)


class Names(AbstractResolver):
    """Looks up the names of the town, and no others."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        if not host.endswith(".test"):
            raise OSError(f"{host} is not known here")
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing to end."""


class NoNames(Names):
    """Looks up nothing, as in a house where only the proxy can."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        raise OSError(f"{host} is not known here")


def listening() -> socket.socket:
    """A socket on loopback, on a port of its own, that listens already."""
    made = socket.create_server(("127.0.0.1", 0), backlog=128)
    made.setblocking(False)
    return made


@asynccontextmanager
async def served(
    app: Any, bound: socket.socket, certificate: Path | None = None, key: Path | None = None
) -> AsyncIterator[None]:
    """An application behind the server that `mmd serve` uses."""
    server = http_server(app, certificate=certificate, key=key)
    task = asyncio.create_task(server.serve(sockets=[bound]))
    try:
        while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.005)
        yield
    finally:
        server.should_exit = True
        await task
        bound.close()


class Resident(Member):
    """One connector of a town.

    Attributes:
        settings_more: lines for its settings page.
        tls: certificate and key, if TLS ends at it.
    """

    def __init__(self, world: World, name: str, directory: Path, url: str, bound: socket.socket) -> None:
        super().__init__(world, name, directory)
        self.url, self.did = url, did_web_from_url(url)
        self._bound = bound

    async def start(self) -> None:
        """Open its folder, and listen."""
        self.connector = await self._running.enter_async_context(running(self.settings, clock=self.world.clock))
        self.app = management_app(self.connector, "0")
        self.api = await self._running.enter_async_context(self.client((self.directory / OWNER_TOKEN).read_text()))
        settings = self.settings
        await self._running.enter_async_context(
            served(public_app(self.connector), self._bound, settings.tls_certificate, settings.tls_key)
        )


class Town(World):
    """Its residents.

    Args:
        folder: where their folders are made.
        authority: who made the certificates that they believe.
        more: further lines for the settings of all.
    """

    def __init__(self, folder: Path, authority: CertificateAuthority, *more: str) -> None:
        super().__init__(folder)
        self._certificates = authority
        self._more = more

    async def settle(
        self,
        url_of: Callable[[str, int], str],
        *,
        tls: bool,
        here: Callable[[str, int], Any] = lambda _name, _port: None,
    ) -> None:
        """Found the three, start them, make them members.

        Args:
            url_of: the public URL of a name that listens on a port.
            tls: whether they speak TLS themselves.
            here: told who listens where, before anybody starts.
        """
        bound = {name: listening() for name in MEMBERS}
        urls = {name: url_of(name, each.getsockname()[1]) for name, each in bound.items()}
        for name in MEMBERS:
            here(name, bound[name].getsockname()[1])
            self._found(name, urls, bound[name].getsockname()[1], tls=tls)
            self.members[name] = Resident(self, name, self.folder / name, urls[name], bound[name])
            await self.members[name].start()
        for name in (PROVIDER, CONSUMER):
            await self.admit(name)

    def _found(self, name: str, urls: dict[str, str], port: int, *, tls: bool) -> None:
        directory = self.folder / name
        initialise(
            directory,
            name=NAMES[name],
            public_url=urls[name],
            bind=f"127.0.0.1:{port}",
            management_port=1,
            laboratory=True,
            authorities=[did_web_from_url(urls[AUTHORITY])],
            authority_role=name == AUTHORITY,
        )
        lines = [f'ca_bundle = "{self._certificates.bundle}"', *self._more]
        if tls:
            certificate, key = self._certificates.issue(f"{name}.test")
            lines += [f'tls_certificate = "{certificate}"', f'tls_key = "{key}"']
        settings = directory / "settings.toml"
        settings.write_text("\n".join([settings.read_text(), *lines, ""]))


@asynccontextmanager
async def town(folder: Path, authority: CertificateAuthority, *more: str) -> AsyncIterator[Town]:
    """A town, empty at first; nothing of it runs afterwards."""
    made = Town(folder, authority, *more)
    async with AsyncExitStack() as closing:
        closing.push_async_callback(made.close)
        yield made
