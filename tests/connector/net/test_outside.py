"""What a pool does with certificates, addresses and proxies, on real sockets of this machine."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp.abc import ResolveResult

from connector.net import guard
from connector.net.guard import GuardedResolver
from connector.net.peers import Peers
from connector.ports.network import PeerUnreachable
from tests.connector.net.servers import reply, serving
from tests.support.certificates import CertificateAuthority
from tests.support.proxies import tunnels
from tests.support.town import Names, NoNames

pytestmark = pytest.mark.anyio
REFUSED = (httpx.TransportError, httpx.InvalidURL)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    return CertificateAuthority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "ThreadedResolver", Names)


@asynccontextmanager
async def tls(certificate: Path, key: Path) -> AsyncIterator[int]:
    """A server that shows a certificate; its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(reply(b"hello"))
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


async def said(url: str, **how: Any) -> str:
    """The body, or the sentence with which it fails."""
    peers = Peers(laboratory=True, **how)
    try:
        return (await peers.get(url)).text
    except PeerUnreachable as error:
        return str(error)
    finally:
        await peers.close()


async def test_a_ca_of_ones_own_is_trusted_when_it_is_named(authority: CertificateAuthority) -> None:
    async with tls(*authority.issue("peer.test")) as port:
        assert await said(f"https://peer.test:{port}/", ca_bundle=str(authority.bundle)) == "hello"


async def test_a_ca_that_is_not_named_is_refused(authority: CertificateAuthority, tmp_path: Path) -> None:
    other = CertificateAuthority(tmp_path, "Another CA")
    async with tls(*authority.issue("peer.test")) as port:
        for bundle in (None, str(other.bundle)):
            sentence = await said(f"https://peer.test:{port}/", ca_bundle=bundle)
            assert sentence.startswith("peer.test is not who it should be: its certificate comes from an authority")


async def test_a_certificate_that_has_expired_is_refused(authority: CertificateAuthority) -> None:
    async with tls(*authority.issue("peer.test", expired=True)) as port:
        sentence = await said(f"https://peer.test:{port}/", ca_bundle=str(authority.bundle))
        assert sentence == "peer.test is not who it should be: its certificate has expired"


async def test_the_certificate_of_another_host_is_refused(authority: CertificateAuthority) -> None:
    async with tls(*authority.issue("other.test")) as port:
        sentence = await said(f"https://peer.test:{port}/", ca_bundle=str(authority.bundle))
        assert sentence == "peer.test is not who it should be: its certificate is for another name"


async def test_streams_look_at_certificates_too(authority: CertificateAuthority) -> None:
    peers = Peers(laboratory=True, ca_bundle=str(authority.bundle))
    async with tls(*authority.issue("other.test")) as port:
        with pytest.raises(REFUSED):
            await peers.client.get(f"https://peer.test:{port}/")
    await peers.close()


class Rebinding(Names):
    """This machine at the first look, and somewhere else at each further one."""

    asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        type(self).asked += 1
        address = "127.0.0.1" if self.asked == 1 else "10.0.0.1"
        return [ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0)]


async def test_the_address_that_was_looked_at_is_the_one_that_is_connected_to(
    authority: CertificateAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One look-up for one connection: a name that changes between check and use changes nothing."""
    monkeypatch.setattr(guard, "ThreadedResolver", Rebinding)
    Rebinding.asked = 0
    async with tls(*authority.issue("peer.test")) as port:
        assert await said(f"https://peer.test:{port}/", ca_bundle=str(authority.bundle)) == "hello"
        assert Rebinding.asked == 1
        assert "no address that we may go to" in await said(f"https://peer.test:{port}/")


@pytest.mark.parametrize(
    "url",
    [
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:10.0.0.1]/",
        "https://100.64.0.1/",
        "https://2130706433/",
        "https://0177.0.0.1/",
        "http://example.org/",
        "file:///etc/passwd",
    ],
)
async def test_streams_go_to_no_special_address(url: str) -> None:
    """Whoever asks for a stream need not have looked at its address."""
    peers = Peers(laboratory=True)
    with pytest.raises(REFUSED):
        await peers.client.get(url)
    await peers.close()


async def test_streams_follow_no_redirect() -> None:
    peers = Peers(laboratory=True)
    async with serving(reply(b"elsewhere")) as target:
        async with serving(reply(b"", f"Location: {target.url}/", status="307 Temporary Redirect")) as server:
            assert (await peers.client.get(server.url)).status_code == 307
        assert target.connections == 0
    await peers.close()


# --- through a proxy -----------------------------------------------------------------------------------------------------


class Inside(Names):
    """Every name is a machine of the house."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = ["93.184.215.14", "10.0.0.1"]
        return [ResolveResult(hostname=host, host=a, port=port, family=socket.AF_INET, proto=0, flags=0) for a in found]


@pytest.mark.parametrize(
    "url", ["https://10.0.0.1/", "https://[::ffff:10.0.0.1]/", "https://2130706433/", "https://x.test/"]
)
async def test_a_proxy_is_no_way_round_the_guard(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "ThreadedResolver", Inside)
    async with tunnels() as proxy:
        sentence = await said(url, proxy=proxy.url)
        assert any(words in sentence for words in ("not a public one", "neither a name", "we do not go to")), sentence
        peers = Peers(laboratory=True, proxy=proxy.url)
        with pytest.raises(REFUSED):
            await peers.client.get(url)
        await peers.close()
        assert proxy.asked == []


async def test_a_name_that_only_the_proxy_knows_is_left_to_it(
    authority: CertificateAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "ThreadedResolver", NoNames)
    async with tunnels() as proxy, tls(*authority.issue("peer.test")) as port:
        url = f"https://peer.test:{port}/"
        assert await said(url, proxy=proxy.url, ca_bundle=str(authority.bundle)) == "hello"
        assert proxy.asked == [f"CONNECT peer.test:{port}"]
        # Who it is, is seen through the tunnel.
        assert "do not trust" in await said(url, proxy=proxy.url)


async def test_a_proxy_that_refuses_is_named_without_its_login() -> None:
    async with tunnels() as proxy:
        proxy.refuses = True
        sentence = await said("https://peer.test/", proxy=proxy.url.replace("://", "://house:secret@"))
        assert "peer.test cannot be reached" in sentence
        assert "secret" not in sentence
        assert proxy.logins[0].lower().startswith("proxy-authorization: basic ")


async def test_a_name_is_looked_at_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "ThreadedResolver", Rebinding)
    Rebinding.asked = 0
    now = [0.0]
    made = GuardedResolver(laboratory=True, proxy=("127.0.0.1", 1), now=lambda: now[0])
    for _ in range(5):
        await made.check("peer.test")
    assert Rebinding.asked == 1
    now[0] = 11.0
    with pytest.raises(PeerUnreachable, match="not even through the proxy"):
        await made.check("peer.test")
    await made.check("localhost")
    await made.close()
