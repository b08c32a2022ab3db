"""What opens our Credential Service: given to one audience inside our identity token, shown by it when it asks."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Final

from connector.canonical import CanonicalError, parse_json
from connector.clock import Clock, format_time, parse_time
from connector.services.errors import Unauthenticated
from connector.trust.dcp import MEMBERSHIP_SCOPE

_ACCESS_LIFETIME: Final = timedelta(minutes=10)
_KEPT: Final = 10_000
_MOST: Final = 8_000


class AccessTokens:
    """Gives and checks them; nothing is kept of what was given but to give it again."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock
        self._given: dict[tuple[str, tuple[str, ...]], tuple[datetime, str]] = {}

    def give(self, audience: str, scopes: tuple[str, ...] = (MEMBERSHIP_SCOPE,)) -> str:
        """One for this audience and what it may see; the same again while half of its life is left."""
        now = self._clock.now()
        held = self._given.get((audience, scopes))
        if held is not None and held[0] - now > _ACCESS_LIFETIME / 2:
            return held[1]
        until = now + _ACCESS_LIFETIME
        data = json.dumps({"aud": audience, "exp": format_time(until), "scope": scopes}).encode()
        payload = urlsafe_b64encode(data).rstrip(b"=").decode()
        mac = hmac.new(self._secret, payload.encode(), hashlib.sha256).digest()
        token = f"{payload}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"
        if len(self._given) > _KEPT:
            self._given.clear()
        self._given[audience, scopes] = (until, token)
        return token

    def check(self, token: str | None, caller: str, *, late: bool = False) -> frozenset[str]:
        """Whether `token` is one that we gave to `caller` for asking our credential service; for which scopes.

        Args:
            token: what the caller showed.
            caller: who that is.
            late: it may have expired: an issuer gives back what we gave with the request, days later if need be.

        Raises:
            Unauthenticated: it is not, or no longer.
        """
        payload, _, mac = (token or "").partition(".")
        expected = hmac.new(self._secret, payload.encode(), hashlib.sha256).digest()
        try:
            given = urlsafe_b64decode(mac + "=" * (-len(mac) % 4))
            if not hmac.compare_digest(expected, given):
                raise Unauthenticated("the access token is not ours")
            data = parse_json(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), max_bytes=_MOST)
            audience, until = str(data["aud"]), parse_time(data["exp"])
            scopes = frozenset(map(str, data["scope"]))
        except (ValueError, KeyError, TypeError, CanonicalError):
            raise Unauthenticated("the access token is not ours") from None
        if audience != caller:
            raise Unauthenticated("the access token was given to somebody else")
        if until < self._clock.now() and not late:
            raise Unauthenticated("the access token has expired")
        return scopes
