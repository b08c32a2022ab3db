"""Which addresses we go to (SSRF): schemes, hosts, and the address that a name really has when we connect.

Outside the laboratory only https is spoken, and never to loopback, private, link-local or otherwise special addresses.
The check sits in the resolver that the connection itself uses, so a name cannot change its address between check and
use (DNS rebinding).
"""

import ipaddress
import re
import socket
import time
from collections.abc import Callable
from functools import lru_cache

import httpx
from aiohttp.abc import AbstractResolver, ResolveResult

from connector.net.names import ThreadedResolver
from connector.ports.network import PeerUnreachable

_MAX_URL = 2048
_MAX_HOST = 253
_VISIBLE = re.compile(r"[\x21-\x7e]*")
_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NUMBER = re.compile(r"\d+|0[xX][0-9a-fA-F]*")
_CHECKED_FOR = 10.0
"""Seconds for which a name that was looked at before a proxy was asked is not looked up again."""
_CHECKED_KEPT = 1_000
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_SPECIAL = (ipaddress.IPv6Network("fec0::/10"), ipaddress.IPv4Network("192.0.0.0/24"))
"""What some versions of `ipaddress` take for public: site-local addresses (RFC 3879), and the IETF's own (RFC 6890)."""


def check_url(url: str, *, laboratory: bool) -> None:
    """Refuse an address that we do not go to.

    Raises:
        PeerUnreachable: the scheme, the host or the form is not allowed; the sentence says why.
    """
    checked_url(url, laboratory=laboratory)


def checked_url(url: str, *, laboratory: bool) -> httpx.URL:
    """An address that we go to, read by the same reader that the connection uses.

    Raises:
        PeerUnreachable: as `check_url`.
    """
    if len(url) > _MAX_URL or _VISIBLE.fullmatch(url) is None:
        # Names beyond ASCII are spelt anew on their way (127。0。0。1 becomes an address): what is checked must be what
        # is connected to.
        raise PeerUnreachable("the address is too long, or holds spaces or letters beyond ASCII (write xn--… names)")
    try:
        read = httpx.URL(url)
        # `host` takes xn-- names apart, and so finds out those that are none.
        host, named, port = read.raw_host.decode("ascii"), bool(read.host), read.port
    except (httpx.InvalidURL, ValueError):
        raise PeerUnreachable(f"the address cannot be read: {url[:100]!r}") from None
    if read.scheme != "https" and not (laboratory and read.scheme == "http"):
        raise PeerUnreachable(f"only https is allowed, not {read.scheme or 'nothing'!r} ({url[:100]})")
    if not named or read.userinfo or "@" in url.partition("//")[2].partition("/")[0]:
        raise PeerUnreachable("the address has no host, or carries a user name")
    if port is not None and not 0 < port < 2**16:
        raise PeerUnreachable(f"the address has an impossible port: {url[:100]!r}")
    _check_host(host, plain=read.scheme == "http", laboratory=laboratory)
    return read


@lru_cache(maxsize=1024)
def _check_host(host: str, *, plain: bool, laboratory: bool) -> None:
    """Whether the form of a host lets us go there; what is refused is refused anew each time."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if len(host) > _MAX_HOST or _NAME.fullmatch(host) is None or _NUMBER.fullmatch(host.rpartition(".")[2]):
            # Empty or long labels, %-escapes; and 127.1, 0x7f.1 and the like, which systems take for addresses.
            raise PeerUnreachable(f"{host[:300]} is neither a name nor an address in its usual form") from None
        if plain and host != "localhost" and not host.endswith(".localhost"):
            raise PeerUnreachable(f"http is allowed to localhost only, not to {host}") from None
        return
    if not _allowed(address, laboratory=laboratory):
        raise PeerUnreachable(f"the address {host} is not a public one")
    if plain and not address.is_loopback:
        raise PeerUnreachable(f"http is allowed to this machine only, not to {host}")


class GuardedResolver(AbstractResolver):
    """Resolves names, and hands over only addresses that we may go to.

    Args:
        laboratory: whether this machine is one of them.
        proxy: host and port of the proxy that the operator named: wherever it is, we go there, and there only.
    """

    def __init__(
        self,
        *,
        laboratory: bool,
        proxy: tuple[str, int] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._inner = ThreadedResolver()
        self._laboratory = laboratory
        self._proxy = proxy
        self._now = now
        self._checked: dict[str, float] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The allowed addresses of a name.

        Raises:
            OSError: it has none.
        """
        if self._laboratory and host == "localhost":
            # No look-up: in the laboratory every connector is on this machine.
            return [_loopback(host, port)]
        found = await self._inner.resolve(host, port, family)
        if (host.lower(), port) == self._proxy:
            return found
        allowed = [r for r in found if _allowed(ipaddress.ip_address(r["host"]), laboratory=self._laboratory)]
        if not allowed:
            raise OSError(f"{host} has no address that we may go to")
        return allowed

    async def check(self, host: str) -> None:
        """Look at a name that a proxy is going to look up for us: what we know of it must be allowed.

        A name that only the proxy can look up is left to it, as in houses where nobody else may ask outside.

        Raises:
            PeerUnreachable: it has an address that we do not go to.
        """
        if _is_address(host) or (self._laboratory and host == "localhost"):
            return
        now = self._now()
        if self._checked.get(host, 0.0) > now:
            return
        try:
            found = await self._inner.resolve(host, 0, socket.AF_UNSPEC)
        except OSError:
            found = []
        if not all(_allowed(ipaddress.ip_address(r["host"]), laboratory=self._laboratory) for r in found):
            raise PeerUnreachable(f"{host} has an address that we do not go to, not even through the proxy")
        if len(self._checked) >= _CHECKED_KEPT:
            self._checked.clear()
        self._checked[host] = now + _CHECKED_FOR

    async def close(self) -> None:
        """End what looks names up."""
        await self._inner.close()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _loopback(host: str, port: int) -> ResolveResult:
    return ResolveResult(
        hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=socket.AI_NUMERICHOST
    )


def _allowed(address: ipaddress.IPv4Address | ipaddress.IPv6Address, *, laboratory: bool) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        address = _meant(address)
    if address.is_loopback:
        return laboratory
    special = address.is_multicast or address.is_reserved or any(address in network for network in _SPECIAL)
    return address.is_global and not special


def _meant(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address inside an IPv6 address that only carries one."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
