"""Link headers (RFC 8288): where the next page is."""

import re
from typing import Final
from urllib.parse import urljoin, urlsplit

MAX_LINK: Final = 4_096
"""The longest address that is followed, in letters."""
_LINK: Final = re.compile(r'<([^<>"\s]*)>((?:[^,<"]|"[^"]*")*)')
_PARAMETER: Final = re.compile(r';\s*([\w*-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s;,"]*)))?')


def link_target(header: str, relation: str, base: str) -> str | None:
    """The address of the first link with this relation, resolved against the address that was asked; None without one.

    Args:
        header: all Link headers, joined with commas.
        relation: for example `next`.
        base: the address that was asked.
    """
    for target, parameters in _LINK.findall(header[: 4 * MAX_LINK]):
        if len(target) <= MAX_LINK and relation in _relations(parameters):
            return _resolved(base, target)
    return None


def _relations(parameters: str) -> list[str]:
    """What the first `rel` says; later ones count for nothing (RFC 8288, 3.3)."""
    named = (quoted or plain for name, quoted, plain in _PARAMETER.findall(parameters) if name.lower() == "rel")
    return next(named, "").lower().split()


def same_origin(one: str, other: str) -> bool:
    """Whether two addresses have the same scheme, host and port (RFC 6454)."""
    try:
        return _origin(one) == _origin(other)
    except ValueError:
        return False


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def _resolved(base: str, target: str) -> str | None:
    try:
        return urljoin(base, target)
    except ValueError:
        return None
