import asyncio
import gzip
import socket

import pytest

from connector.net import peers as module
from connector.net.peers import LOOKUPS, MAX_ANSWER, Bounds, Peers
from connector.ports.network import NoRoom, PeerUnreachable
from tests.connector.net.servers import reply, serving

pytestmark = pytest.mark.anyio


async def said(url: str) -> str:
    """The sentence with which a GET fails."""
    peers = Peers(laboratory=True)
    try:
        with pytest.raises(PeerUnreachable) as caught:
            await peers.get(url)
    finally:
        await peers.close()
    return str(caught.value)


async def test_post_carries_token_and_body() -> None:
    bodies: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        bodies.append(await reader.readexactly(7))
        writer.write(reply(b'{"a":1}', status="201 Created"))

    peers = Peers(laboratory=True)
    async with serving(answer) as server:
        got = await peers.post(server.url + "/dsp/x?y=1", b'{"b":2}', "secret")
        head = server.heads[0].lower()
        assert (got.status, got.body) == (201, b'{"a":1}')
        assert head.startswith(b"post /dsp/x?y=1 http/1.1")
        assert b"authorization: bearer secret" in head
        assert b"content-type: application/json" in head
        assert bodies == [b'{"b":2}']
    await peers.close()


async def test_get_without_token_carries_none() -> None:
    peers = Peers(laboratory=True)
    async with serving(reply(b"x")) as server:
        assert (await peers.get(server.url)).body == b"x"
        assert b"authorization" not in server.heads[0].lower()
    await peers.close()


async def test_a_connection_is_used_again() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(3):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
            await reader.readuntil(b"\r\n\r\n")

    peers = Peers(laboratory=True)
    async with serving(answer) as server:
        for _ in range(3):
            assert (await peers.get(server.url)).body == b"x"
        assert server.connections == 1
        await peers.close()


async def test_errors_of_a_peer_are_answers() -> None:
    peers = Peers(laboratory=True)
    async with serving(reply(b"<html>no", status="500 Oops")) as server:
        got = await peers.get(server.url)
        assert (got.status, got.text, got.retry_after) == (500, "no", None)
    await peers.close()


async def test_a_redirect_is_an_answer_and_not_followed() -> None:
    peers = Peers(laboratory=True)
    async with serving(reply(b"elsewhere")) as target:
        async with serving(reply(b"", f"Location: {target.url}/", status="302 Found")) as server:
            assert (await peers.get(server.url)).status == 302
        assert target.connections == 0
    await peers.close()


async def test_cookies_are_not_kept() -> None:
    peers = Peers(laboratory=True)
    async with serving(reply(b"", "Set-Cookie: a=b")) as server:
        await peers.get(server.url)
        await peers.get(server.url)
        assert all(b"cookie" not in head.lower() for head in server.heads)
    await peers.close()


@pytest.mark.parametrize("announced", [True, False])
async def test_an_answer_that_is_too_large_is_left(announced: bool) -> None:
    sent = 0

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        length = f"Content-Length: {10 * MAX_ANSWER}\r\n" if announced else ""
        writer.write(f"HTTP/1.1 200 OK\r\n{length}\r\n".encode())
        while True:
            writer.write(b"x" * 100_000)
            await writer.drain()
            sent += 100_000

    async with serving(answer) as server:
        assert "larger than 4,000,000 bytes" in await said(server.url)
    assert sent < 4 * MAX_ANSWER


async def test_the_largest_answer_is_read() -> None:
    peers = Peers(laboratory=True)
    async with serving(reply(b"x" * MAX_ANSWER)) as server:
        assert len((await peers.get(server.url)).body) == MAX_ANSWER
    await peers.close()


async def test_what_is_fetched_may_be_packed_and_known() -> None:
    """Bounded by what it unpacks to; with its tag and its links."""
    packed = gzip.compress(b'{"a":1}')
    headers = ("Content-Encoding: gzip", 'ETag: W/"1"', 'Link: </2>; rel="next"', 'Link: </0>; rel="previous"')
    peers = Peers(laboratory=True)
    async with serving(reply(packed, *headers)) as server:
        for body in (None, b"{}"):
            got = await peers.fetch(server.url, "secret", body, known='W/"0"')
            assert (got.body, got.etag) == (b'{"a":1}', 'W/"1"')
            assert got.headers["link"] == '</2>; rel="next", </0>; rel="previous"'
        for head, method in zip(server.heads, (b"get", b"post"), strict=True):
            assert head.lower().startswith(method)
            assert b"accept-encoding: gzip" in head.lower()
            assert b'if-none-match: w/"0"' in head.lower()
            assert b"authorization: bearer secret" in head.lower()
    bomb = gzip.compress(b"\0" * 30_000_000)
    async with serving(reply(bomb, "Content-Encoding: gzip")) as server:
        with pytest.raises(PeerUnreachable, match="larger than 4,000,000 bytes"):
            await peers.fetch(server.url, "secret")
    async with serving(reply(b"", "Content-Encoding: gzip", status="304 Same")) as server:
        got = await peers.fetch(server.url, "secret")
        assert (got.status, got.body) == (304, b"")
    async with serving(reply(packed, "Content-Encoding: br")) as server:
        with pytest.raises(PeerUnreachable, match="packed in a way"):
            await peers.fetch(server.url, "secret")
    await peers.close()


async def test_a_packed_answer_is_refused_before_it_is_unpacked() -> None:
    bomb = gzip.compress(b"\0" * 30_000_000)
    assert len(bomb) < 100_000
    async with serving(reply(bomb, "Content-Encoding: gzip")) as server:
        assert "is packed" in await said(server.url)
        assert b"accept-encoding: identity" in server.heads[0].lower()


async def test_a_peer_that_gives_a_byte_now_and_then_does_not_hold_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WITHIN", 0.05)

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.001)

    async with serving(answer) as server:
        assert "did not answer in time" in await said(server.url)


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Le"],
    ids=["nothing", "cut short", "no HTTP", "half a head"],
)
async def test_a_broken_answer_is_no_answer(answer: bytes) -> None:
    async with serving(answer) as server:
        assert "localhost" in await said(server.url)


async def test_nobody_listens() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        assert "cannot be reached" in await said(f"http://localhost:{port}/")


@pytest.mark.parametrize(
    "url",
    [
        "https://" + "a" * 64 + ".example/",
        "https://a..b/",
        "https://xn--/",
        "https://a\\b/",
        "https://☃.\xad/",
        "ftp://x/",
        "http://[::ffff:10.0.0.1]/",
    ],
)
async def test_addresses_that_no_look_up_takes(url: str) -> None:
    assert await said(url)


async def test_an_additional_ca_is_added_to_those_of_the_system(tmp_path: object) -> None:
    import certifi

    peers = Peers(laboratory=False, ca_bundle=certifi.where())
    await peers.close()
    with pytest.raises(FileNotFoundError):
        Peers(laboratory=False, ca_bundle="/nowhere.pem")


async def held(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Never answers; ends when the caller goes away."""
    await reader.read()


async def until_running(peers: Peers, count: int) -> None:
    while peers._running.total() < count:  # noqa: ASYNC110
        await asyncio.sleep(0)


async def test_over_its_bound_nothing_more_is_asked() -> None:
    bounds = Bounds(connections=2, per_host=2, requests=3, requests_per_host=2)
    peers = Peers(laboratory=True, bounds=bounds)
    async with serving(held) as server:
        waiting = [asyncio.create_task(peers.get(server.url)) for _ in range(2)]
        await until_running(peers, 2)
        with pytest.raises(NoRoom, match="2 requests to it"):
            await peers.get(server.url)
        waiting.append(asyncio.create_task(peers.get(f"http://127.0.0.1:{server.port}/")))
        await until_running(peers, 3)
        with pytest.raises(NoRoom, match="3 requests are running"):
            await peers.get(f"http://a.localhost:{server.port}/")
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    assert not peers._running
    await peers.close()


async def test_room_is_given_back_after_answers_and_failures() -> None:
    peers = Peers(laboratory=True, bounds=Bounds(requests=1))
    async with serving(reply(b"x")) as server:
        for _ in range(3):
            assert (await peers.get(server.url)).body == b"x"
    for _ in range(3):
        with pytest.raises(PeerUnreachable, match="cannot be reached"):
            await peers.get(server.url)
    assert not peers._running
    await peers.close()


async def test_a_pool_reads_no_more_than_its_bound() -> None:
    peers = Peers(laboratory=True, bounds=Bounds(answer=1_000))
    async with serving(reply(b"x" * 1_001)) as server:
        with pytest.raises(PeerUnreachable, match="larger than 1,000 bytes"):
            await peers.get(server.url)
    await peers.close()


async def test_the_look_ups_of_strangers_are_bounded() -> None:
    assert (LOOKUPS.connections, LOOKUPS.per_host) == (32, 4)
    assert LOOKUPS.requests is not None
    assert LOOKUPS.requests_per_host is not None
    assert module._WITHIN == 20


async def test_a_named_proxy_with_a_private_address_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(host: str, port: int, **how: object) -> object:
        address = "127.0.0.1" if host.lower() == "proxy.inside.example" else "93.184.215.14"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    async with serving(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n") as server:
        peers = Peers(laboratory=False, proxy=f"http://Proxy.inside.example:{server.port}")
        with pytest.raises(PeerUnreachable):
            await peers.get("https://example.org/")
        assert server.heads[0].startswith(b"CONNECT example.org:443")
        await peers.close()


async def test_a_token_that_no_header_can_hold_is_a_failure_like_others() -> None:
    peers = Peers(laboratory=True)
    for token in ("a\r\nb", "\u2603"):
        with pytest.raises(PeerUnreachable):
            await peers.post("http://localhost:1/", b"{}", token)
    await peers.close()
