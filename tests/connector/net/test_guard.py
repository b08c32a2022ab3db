import asyncio
import socket
import threading
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import example, given
from hypothesis import strategies as st

from connector.net import guard
from connector.net import names as names_module
from connector.net.guard import GuardedResolver, check_url
from connector.net.peers import Peers
from connector.ports.network import PeerUnreachable
from tests.connector.net.servers import serving

pytestmark = pytest.mark.anyio

SPECIAL = [
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:10.0.0.1]",
    "[fec0::1]",
    "192.0.0.8",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:7f00:1::]",
    "[2002:a00:1::]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[fc00::1]",
    "[ff02::1]",
    "[2001:db8::1]",
]
DISGUISED = ["127.1", "127.0.1", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "127.0.0.1.", "0", "a.b.1"]
DISGUISED += ["127。0。0。1", "１２７.0.0.1", "①②⑦.0.0.1", "127.0.0.１"]
PUBLIC = [
    "https://example.org/",
    "https://93.184.215.14/x",
    "https://[2606:4700::1111]:8443/",
    "https://xn--9n2bp8q.kr/",
]


@pytest.mark.parametrize("url", PUBLIC)
@pytest.mark.parametrize("laboratory", [True, False])
def test_public_addresses_are_allowed(url: str, laboratory: bool) -> None:
    check_url(url, laboratory=laboratory)


@pytest.mark.parametrize("host", SPECIAL)
def test_special_addresses_are_refused_in_production(host: str) -> None:
    with pytest.raises(PeerUnreachable, match="not a public one"):
        check_url(f"https://{host}/", laboratory=False)


@pytest.mark.parametrize("host", [host for host in SPECIAL if host not in ("127.0.0.1", "127.8.9.10", "[::1]")])
def test_the_laboratory_adds_this_machine_and_nothing_else(host: str) -> None:
    if host in ("[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"):
        return check_url(f"https://{host}/", laboratory=True)
    with pytest.raises(PeerUnreachable, match="not a public one"):
        check_url(f"https://{host}/", laboratory=True)
    return None


@pytest.mark.parametrize("host", DISGUISED)
@pytest.mark.parametrize("laboratory", [True, False])
def test_addresses_in_disguise_are_refused(host: str, laboratory: bool) -> None:
    with pytest.raises(PeerUnreachable):
        check_url(f"https://{host}/", laboratory=laboratory)


@pytest.mark.parametrize("scheme", ["http", "ftp", "file", "", "javascript", "gopher"])
def test_only_https_is_spoken_outside_the_laboratory(scheme: str) -> None:
    with pytest.raises(PeerUnreachable, match="only https is allowed"):
        check_url(f"{scheme}://example.org/", laboratory=False)


def test_http_in_the_laboratory_stays_on_this_machine() -> None:
    for url in ("http://localhost:8100/a", "http://a.localhost/", "http://127.0.0.1:1/", "http://[::1]:2/"):
        check_url(url, laboratory=True)
    for url in ("http://example.org/", "http://93.184.215.14/"):
        with pytest.raises(PeerUnreachable, match="http is allowed to"):
            check_url(url, laboratory=True)


@pytest.mark.parametrize(
    "url",
    [
        "https:///path",
        "https://user@example.org/",
        "https://user:secret@example.org/",
        "https://[::1",
        "https://example.org:99999/",
        "https://example.org:0/",
        "https://@example.org/",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 127 + "example/",
        "https://a..example/",
        "https://.example/",
        "https://example.org./",
        "https://-a.example/",
        "https://xn--a.example/",
        "https://%31%32%37.0.0.1/",
        "https://a\\b.example/",
        "https://exa mple.org/",
        "https://example.org/\n",
        "https://example.org/" + "a" * 2048,
        "not a url",
        "",
    ],
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(PeerUnreachable):
        check_url(url, laboratory=True)


@given(st.text(max_size=40), st.booleans())
@example("[v1.x]", True)
def test_whatever_the_address_it_is_refused_or_allowed_and_nothing_else(text: str, laboratory: bool) -> None:
    for url in (text, f"https://{text}/"):
        try:
            check_url(url, laboratory=laboratory)
        except PeerUnreachable:
            continue


class Names(AbstractResolver):
    """Answers look-ups one after the other."""

    answers: list[list[str]]

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> Any:
        return [
            ResolveResult(hostname=host, host=found, port=port, family=family, proto=0, flags=0)
            for found in self.answers.pop(0)
        ]

    async def close(self) -> None:
        pass


def resolver(*answers: list[str], laboratory: bool = False) -> GuardedResolver:
    made = GuardedResolver(laboratory=laboratory)
    names = Names()
    names.answers = list(answers)
    made._inner = names  # type: ignore[assignment]
    return made


async def test_only_public_addresses_of_a_name_are_handed_over() -> None:
    found = await resolver(["10.0.0.1", "93.184.215.14", "::1", "2606:4700::1111"]).resolve("example.org", 443)
    assert [entry["host"] for entry in found] == ["93.184.215.14", "2606:4700::1111"]


async def test_a_name_that_changes_its_address_is_looked_at_each_time() -> None:
    rebinding = resolver(["93.184.215.14"], ["127.0.0.1"])
    assert await rebinding.resolve("example.org", 443)
    with pytest.raises(OSError, match="no address that we may go to"):
        await rebinding.resolve("example.org", 443)
    await rebinding.close()


async def test_localhost_needs_no_look_up_in_the_laboratory() -> None:
    assert [entry["host"] for entry in await resolver(laboratory=True).resolve("localhost", 80)] == ["127.0.0.1"]
    with pytest.raises(OSError, match="no address"):
        await resolver(["127.0.0.1"]).resolve("localhost", 80)


async def test_the_proxy_of_the_operator_may_be_anywhere_and_nobody_else() -> None:
    made = GuardedResolver(laboratory=False, proxy=("proxy.inside.example", 3128))
    names = Names()
    names.answers = [["10.0.0.7"]] * 3
    made._inner = names  # type: ignore[assignment]
    assert [entry["host"] for entry in await made.resolve("proxy.inside.example", 3128)] == ["10.0.0.7"]
    for host, port in (("proxy.inside.example", 443), ("other.inside.example", 3128)):
        with pytest.raises(OSError, match="no address that we may go to"):
            await made.resolve(host, port)


async def test_names_are_looked_up_in_threads_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[str] = []

    def look_up(host: str, port: int, **how: Any) -> Any:
        threads.append(threading.current_thread().name)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    made = GuardedResolver(laboratory=False)
    assert [entry["host"] for entry in await made.resolve("example.org", 443)] == ["93.184.215.14"]
    await made.close()
    assert threads[0].startswith("names")


async def test_a_name_server_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(names_module, "_WITHIN", 0.01)
    begun: list[str] = []

    def look_up(host: str, port: int, **how: Any) -> Any:
        begun.append(host)
        answered.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    made = GuardedResolver(laboratory=False)
    asked = [made.resolve(f"a{n}.example", 443) for n in range(12)]
    assert all("too long" in str(e) for e in await asyncio.gather(*asked, return_exceptions=True))
    answered.set()
    made._inner._threads.shutdown(wait=True)
    # Those who gave up in the queue were not looked up any more.
    assert len(begun) == 4


async def test_no_connection_is_made_to_a_name_that_points_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    Names.answers = [["127.0.0.1"]] * 3
    monkeypatch.setattr("connector.net.guard.ThreadedResolver", Names)
    peers = Peers(laboratory=False)
    async with serving(b"") as server:
        for host in ("inside.example.org", *DISGUISED):
            with pytest.raises(PeerUnreachable):
                await peers.get(f"https://{host}:{server.port}/")
        assert server.connections == 0
    await peers.close()


def test_a_host_is_looked_at_once_and_refused_each_time() -> None:
    guard._check_host.cache_clear()
    for _ in range(3):
        check_url("https://plant.example/dsp", laboratory=False)
        for laboratory in (False, True):
            with pytest.raises(PeerUnreachable):
                check_url("https://10.0.0.1/", laboratory=laboratory)
        check_url("http://localhost:8101/", laboratory=True)
        with pytest.raises(PeerUnreachable):
            check_url("http://localhost:8101/", laboratory=False)
    found = guard._check_host.cache_info()
    assert (found.hits, found.currsize) == (4, 2)
    assert found.maxsize is not None
