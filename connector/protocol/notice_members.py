"""The members of notices: each is read as what it must be, or the notice is malformed."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from connector.clock import parse_time
from connector.protocol.notice_errors import malformed

MAX_TEXT: Final = 4096
"""The longest text in a notice, in characters."""

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_LARGEST: Final = 2**53 - 1


def is_digest(value: object) -> bool:
    """Whether a value is a digest as our documents write it."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def digest(holder: Mapping[str, Any], name: str) -> str:
    """A digest.

    Raises:
        NoticeMalformed: it is none.
    """
    value = holder.get(name)
    if not is_digest(value):
        raise malformed(name, "a digest, sha256: and 64 hexadecimal digits")
    return str(value)


def text(holder: Mapping[str, Any], name: str, *, empty: bool = False) -> str:
    """A text of bounded length.

    Raises:
        NoticeMalformed: it is none, too long, or empty where something has to be said.
    """
    value = holder.get(name)
    if not isinstance(value, str) or len(value) > MAX_TEXT or not (value or empty):
        raise malformed(name, f"a text of at most {MAX_TEXT} characters")
    return value


def whole(holder: Mapping[str, Any], name: str, *, least: int) -> int:
    """A whole number.

    Raises:
        NoticeMalformed: it is none, or below `least`.
    """
    value = holder.get(name)
    if type(value) is not int or not least <= value <= _LARGEST:
        raise malformed(name, f"a whole number from {least}")
    return value


def time(holder: Mapping[str, Any], name: str) -> datetime:
    """A moment.

    Raises:
        NoticeMalformed: it is none, or has no zone.
    """
    try:
        return parse_time(text(holder, name))
    except (ValueError, OverflowError):
        raise malformed(name, "a date and time with a zone") from None


def listed(holder: Mapping[str, Any], name: str, *, most: int) -> Sequence[Any]:
    """A list of bounded length.

    Raises:
        NoticeMalformed: it is none, or too long.
    """
    value = holder.get(name)
    if not isinstance(value, list | tuple) or len(value) > most:
        raise malformed(name, f"a list of at most {most}")
    return value
