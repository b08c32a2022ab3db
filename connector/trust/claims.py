"""The registered claims of a JWT (RFC 7519), each read and judged in one place.

Every function raises `TokenInvalid` with the claim's name as step.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from connector.trust.errors import TokenInvalid, shown

MAX_TEXT: Final = 4096
"""The longest text in a claim, in characters; an access token inside is the longest that we have seen."""

_LAST_SECOND: Final = 253_402_300_799
"""The end of the year 9999."""


def text_claim(claims: dict[str, Any], name: str) -> str:
    """A claim that must be a text.

    Raises:
        TokenInvalid: it is missing, empty, too long or no text.
    """
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT:
        raise TokenInvalid(f"the claim {name} is missing or no usable text", step=name)
    return value


def optional_text(claims: dict[str, Any], name: str) -> str | None:
    """A claim that may be missing, but otherwise must be a text.

    Raises:
        TokenInvalid: it is there, and empty, too long or no text.
    """
    return text_claim(claims, name) if name in claims else None


def optional_time(claims: dict[str, Any], name: str) -> datetime | None:
    """A claim that may be missing, but otherwise must be a NumericDate.

    Raises:
        TokenInvalid: it is there, and no number of seconds that is a date.
    """
    if name not in claims:
        return None
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LAST_SECOND:
        raise TokenInvalid(f"the claim {name} is no time in seconds since 1970", step=name)
    return datetime.fromtimestamp(value, UTC)


def time_claim(claims: dict[str, Any], name: str) -> datetime:
    """A claim that must be a NumericDate.

    Raises:
        TokenInvalid: it is missing or no date.
    """
    value = optional_time(claims, name)
    if value is None:
        raise TokenInvalid(f"the claim {name} is missing", step=name)
    return value


def check_audience(claims: dict[str, Any], audience: str) -> None:
    """Refuse a token that is not for us alone: one that others may hold too, they could use against us.

    Raises:
        TokenInvalid: `aud` is missing, another, or names more than us.
    """
    value = claims.get("aud")
    if value not in (audience, [audience]):
        found = value if isinstance(value, str) or value is None else "a list"
        raise TokenInvalid(f"the claim aud is {shown(found)}, not {shown(audience)} alone", step="aud")


def check_not_before(claims: dict[str, Any], *, now: datetime, skew: timedelta) -> None:
    """Refuse a token that is not valid yet; `nbf` may be missing.

    Raises:
        TokenInvalid: `nbf` is after now, by more than the skew.
    """
    not_before = optional_time(claims, "nbf")
    if not_before is not None and not_before > now + skew:
        raise TokenInvalid("the token is not valid yet (nbf); do the two clocks agree?", step="nbf")


def check_expiry(claims: dict[str, Any], *, now: datetime, skew: timedelta) -> datetime:
    """Refuse a token that has expired; give the moment when it does.

    Raises:
        TokenInvalid: `exp` is missing, or now or before by more than the skew.
    """
    expires_at = time_claim(claims, "exp")
    if now - skew >= expires_at:  # this way round: a far expiry must not overflow
        raise TokenInvalid("the token has expired (exp); do the two clocks agree?", step="exp")
    return expires_at


def check_issued(claims: dict[str, Any], *, now: datetime, skew: timedelta, max_age: timedelta) -> datetime:
    """Refuse a token issued in the future or long ago; give the moment when it was issued.

    Raises:
        TokenInvalid: `iat` is missing, after now by more than the skew, or older than `max_age`.
    """
    issued_at = time_claim(claims, "iat")
    if issued_at > now + skew:
        raise TokenInvalid("the token was issued in the future (iat); do the two clocks agree?", step="iat")
    if issued_at + max_age + skew < now:
        raise TokenInvalid(f"the token was issued more than {max_age} ago (iat)", step="iat")
    return issued_at
