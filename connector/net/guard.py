"""Which addresses we go to (SSRF): schemes, hosts, and the address that a name really has when we connect.

Outside the laboratory only https is spoken, and never to loopback, private, link-local or otherwise special addresses.
The check sits in the resolver that the connection itself uses, so a name cannot change its address between check and
use (DNS rebinding).
"""

import ipaddress
import re
import socket
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from connector.ports.network import PeerUnreachable

_MAX_URL = 2048
_NUMBER = re.compile(r"\d+|0[xX][0-9a-fA-F]*")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def check_url(url: str, *, laboratory: bool) -> None:
    """Refuse an address that we do not go to.

    Raises:
        PeerUnreachable: the scheme, the host or the form is not allowed; the sentence says why.
    """
    if len(url) > _MAX_URL or any(c.isspace() or not 0x20 < ord(c) < 0x7F for c in url):  # noqa: PLR2004
        # Names beyond ASCII are spelt anew on their way (127。0。0。1 becomes an address): what is checked must be what
        # is connected to.
        raise PeerUnreachable("the address is too long, or holds spaces or letters beyond ASCII (write xn--… names)")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise PeerUnreachable(f"the address cannot be read: {url[:100]!r}") from None
    if parts.scheme != "https" and not (laboratory and parts.scheme == "http"):
        raise PeerUnreachable(f"only https is allowed, not {parts.scheme or 'nothing'!r} ({url[:100]})")
    if not host or parts.username is not None or parts.password is not None:
        raise PeerUnreachable("the address has no host, or carries a user name")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if parts.scheme == "http" and host != "localhost" and not host.endswith(".localhost"):
            raise PeerUnreachable(f"http is allowed to localhost only, not to {host}") from None
        if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
            # 127.1, 0x7f.1 and the like: systems take them for addresses.
            raise PeerUnreachable(f"{host} is neither a name nor an address in its usual form") from None
        return
    if not _allowed(address, laboratory=laboratory):
        raise PeerUnreachable(f"the address {host} is not a public one")
    if parts.scheme == "http" and not address.is_loopback:
        raise PeerUnreachable(f"http is allowed to this machine only, not to {host}")


class GuardedResolver(AbstractResolver):
    """Resolves names, and hands over only addresses that we may go to."""

    def __init__(self, *, laboratory: bool) -> None:
        self._inner = ThreadedResolver()
        self._laboratory = laboratory

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
        allowed = [r for r in found if _allowed(ipaddress.ip_address(r["host"]), laboratory=self._laboratory)]
        if not allowed:
            raise OSError(f"{host} has no address that we may go to")
        return allowed

    async def close(self) -> None:
        """Nothing of its own to close."""
        await self._inner.close()


def _loopback(host: str, port: int) -> ResolveResult:
    return ResolveResult(
        hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=socket.AI_NUMERICHOST
    )


def _allowed(address: ipaddress.IPv4Address | ipaddress.IPv6Address, *, laboratory: bool) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        address = _meant(address)
    if address.is_loopback:
        return laboratory
    return address.is_global and not address.is_multicast and not address.is_reserved


def _meant(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address inside an IPv6 address that only carries one."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
