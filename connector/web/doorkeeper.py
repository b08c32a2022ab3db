"""Who comes through the public doors, and how often: strangers by the address they come from, participants by name.

Before anything of a request is read, one is taken from the bucket of its source address, and given back as soon as the
caller has shown who it is. So only who fails to do so is slowed, and a partner is never held up by its neighbours.
"""

import ipaddress
import math
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final, TypeAlias

from starlette.requests import Request

from connector.services.authenticate import Authenticator
from connector.services.errors import TooMany
from connector.trust.verify import Participant
from connector.web.buckets import Buckets

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
_PARTICIPANT_BURST: Final = 5.0
_STRANGER_BURST: Final = 10.0
"""Seconds' worth that may come at once."""
_PREFIX: Final = 64
"""Whoever has an IPv6 address has all of this prefix."""
_MOST_FORWARDED: Final = 32


class Doorkeeper:
    """Counts who comes.

    Args:
        authenticator: finds out who calls.
        per_participant: requests a second of one that has shown who it is.
        per_stranger: requests a second from one address of those who have not.
        proxies: whose word about where a request comes from is believed (X-Forwarded-For).
        now: a clock in seconds that only goes forward.
    """

    def __init__(
        self,
        authenticator: Authenticator,
        *,
        per_participant: int,
        per_stranger: int,
        proxies: Iterable[Network] = (),
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._authenticator = authenticator
        self._participants = Buckets(per_second=per_participant, at_once=per_participant * _PARTICIPANT_BURST)
        self._strangers = Buckets(per_second=per_stranger, at_once=per_stranger * _STRANGER_BURST)
        self._proxies = tuple(proxies)
        self._now = now

    def admit(self, request: Request) -> None:
        """Let a request in, before it is known whose it is.

        Raises:
            TooMany: too many from this address have not shown who they are.
        """
        address = self._address(request)
        if address is not None:
            _check(self._strangers.take(address, self._now()), "this address, without a valid identity,")

    def shown(self, request: Request) -> None:
        """Its caller has shown who it is: it does not count as a stranger's."""
        address = self._address(request)
        if address is not None:
            self._strangers.give_back(address, self._now())

    async def caller(self, request: Request, *, demand_membership: bool = True) -> Participant:
        """The participant whose request this is; without a membership only where an authority may ask.

        Raises:
            TooMany: it sends more than anybody may.
            Unauthenticated, Busy: as `Authenticator.authenticate`.
        """
        header = request.headers.get("authorization")
        sender = await self._authenticator.authenticate(header, demand_membership=demand_membership)
        self.shown(request)
        _check(self._participants.take(sender.did, self._now()), sender.did)
        return sender

    def _address(self, request: Request) -> str | None:
        """Where a request comes from, as the name of a bucket; None when that says nothing.

        An address that is not public is a reverse proxy, behind which all look alike, or a machine of our own house.
        """
        host = request.client.host if request.client is not None else ""
        at = _read(host)
        if at is None:
            return None
        if self._proxies and self._is_proxy(at):
            told = ",".join(request.headers.getlist("x-forwarded-for")).split(",")[-_MOST_FORWARDED:]
            addresses = [_read(part) for part in reversed(told)]
            return next((_bucket(a) for a in addresses if a is not None and not self._is_proxy(a)), None)
        return _bucket(at) if at.is_global else None

    def _is_proxy(self, address: Address) -> bool:
        return any(address in network for network in self._proxies)


def _check(seconds: float, who: str) -> None:
    if seconds:
        wait = math.ceil(seconds)
        raise TooMany(f"{who} sends more than is taken here; again in {wait} s", retryAfter=wait)


@lru_cache(maxsize=4096)
def _read(text: str) -> Address | None:
    """An address as sockets and proxies write it: some add a port, or brackets and a port."""
    plain = text.strip()
    if plain.startswith("["):
        plain = plain[1:].partition("]")[0]
    elif plain.count(":") == 1:
        plain = plain.partition(":")[0]
    try:
        address = ipaddress.ip_address(plain.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(maxsize=4096)
def _bucket(address: Address) -> str:
    if address.version == 6:  # noqa: PLR2004
        return str(ipaddress.IPv6Network((address, _PREFIX), strict=False))
    return str(address)
