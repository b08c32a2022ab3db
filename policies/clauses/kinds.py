"""The kinds of blanks: what a person may write, and what stands on the wire.

Writing is patient (`30 d`, `1년`, a day without a time is refused: whose day?), reading is strict: only the form that we
write ourselves is understood in a contract.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from policies.clauses.model import Blank, Kind
from policies.durations import read_duration
from policies.literals import read_count, read_time, write_time
from policies.vocabulary import PURPOSE_NAMES, purpose_iri
from policies.windows import read_rate, read_window

MAX_WORDS: Final = 300
"""Characters in a text that a person fills in."""
MAX_VALUES: Final = 100
"""Values in one blank."""
HUNDRED: Final = Decimal(100)

_PATTERNS: Final[Mapping[Kind, re.Pattern[str]]] = MappingProxyType(
    {
        Kind.DID: re.compile(r"did:[a-z0-9]{1,32}:[A-Za-z0-9._:%-]{1,500}"),
        Kind.COUNTRY: re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?"),
        Kind.DIGEST: re.compile(r"sha256:[0-9a-f]{64}"),
        Kind.LEVEL: re.compile(r"[0-3]"),
        Kind.AMOUNT: re.compile(r"(0|[1-9]\d{0,14})(\.\d{1,6})?", re.ASCII),
        Kind.PERCENT: re.compile(r"(0|[1-9]\d?|100)(\.\d{1,6})?", re.ASCII),
        Kind.CURRENCY: re.compile(r"[A-Z]{3}"),
        Kind.WORD: re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}"),
    }
)
_SPELT_DURATION: Final = re.compile(r"(\d{1,4})\s*(d|days?|w|weeks?|m|months?|y|years?|일|주|개월|달|년)", re.ASCII)
_LETTER: Final = {"일": "D", "주": "W", "개월": "M", "달": "M", "년": "Y"}
_SPELT_SHARE: Final = re.compile(r"(did:\S+)\s*[=]\s*([0-9.]+)\s*%?")


def is_value(blank: Blank, text: str) -> bool:
    """Whether this is a value of the blank, as it stands on the wire."""
    if blank.kind is Kind.MOMENT:
        return read_time(text) is not None
    return bool(read_count(text)) if blank.kind is Kind.COUNT else written(blank, text) == text


def written(blank: Blank, text: str) -> str | None:
    """What a person wrote, as it stands on the wire; None when it is no value of this blank."""
    text = text.strip()
    if blank.kind is Kind.CHOICE:
        return text if text in blank.choices else None
    writer = _WRITERS.get(blank.kind)
    if writer is not None:
        return writer(text)
    return text if _PATTERNS[blank.kind].fullmatch(text) else None


def _purpose(text: str) -> str | None:
    iri = purpose_iri(text)
    return iri if iri in PURPOSE_NAMES else None


def _moment(text: str) -> str | None:
    moment = read_time(text)
    return None if moment is None else write_time(moment)


def _count(text: str) -> str | None:
    count = read_count(text.replace(",", ""))
    return str(count) if count else None


def _duration(text: str) -> str | None:
    spelt = _SPELT_DURATION.fullmatch(text.casefold())
    if spelt is not None:
        letter = _LETTER.get(spelt[2], spelt[2][0].upper())
        # XML Schema knows no weeks.
        text = f"P{int(spelt[1]) * 7}D" if letter == "W" else f"P{int(spelt[1])}{letter}"
    length = read_duration(text)
    return text if length is not None and (length.months or length.rest) else None


def _hours(text: str) -> str | None:
    return text if read_window(text) is not None else None


def _rate(text: str) -> str | None:
    uses, slash, window = text.partition("/")
    count, duration = _count(uses.strip()), _duration(window.strip())
    rate = f"{count}/{duration}"
    return rate if slash and count and duration and read_rate(rate) is not None else None


def _country(text: str) -> str | None:
    code = text.upper()
    return code if _PATTERNS[Kind.COUNTRY].fullmatch(code) else None


def _decimal(kind: Kind) -> Callable[[str], str | None]:
    def write(text: str) -> str | None:
        plain = text.replace(",", "")
        if not _PATTERNS[kind].fullmatch(plain):
            return None
        if "." in plain:
            plain = plain.rstrip("0").rstrip(".")
        return plain if Decimal(plain) > 0 and (kind is Kind.AMOUNT or Decimal(plain) <= HUNDRED) else None

    return write


def _currency(text: str) -> str | None:
    code = text.upper()
    return code if _PATTERNS[Kind.CURRENCY].fullmatch(code) else None


def _share(text: str) -> str | None:
    spelt = _SPELT_SHARE.fullmatch(text)
    share, party = (spelt[2], spelt[1]) if spelt else (text.partition(" ")[0], text.partition(" ")[2].strip())
    percent = _decimal(Kind.PERCENT)(share)
    return f"{percent} {party}" if percent and _PATTERNS[Kind.DID].fullmatch(party) else None


def _text(text: str) -> str | None:
    return text if 0 < len(text) <= MAX_WORDS and text.isprintable() else None


_WRITERS: Final[Mapping[Kind, Callable[[str], str | None]]] = MappingProxyType(
    {
        Kind.PURPOSE: _purpose,
        Kind.MOMENT: _moment,
        Kind.COUNT: _count,
        Kind.DURATION: _duration,
        Kind.HOURS: _hours,
        Kind.RATE: _rate,
        Kind.COUNTRY: _country,
        Kind.AMOUNT: _decimal(Kind.AMOUNT),
        Kind.PERCENT: _decimal(Kind.PERCENT),
        Kind.CURRENCY: _currency,
        Kind.SHARE: _share,
        Kind.TEXT: _text,
    }
)


def share_of(text: str) -> tuple[Decimal, str]:
    """A share as (percent, DID), exactly.

    Raises:
        ValueError: the text is no share.
    """
    percent, _, party = text.partition(" ")
    if _share(text) != text:
        raise ValueError(f"{text!r} is no share")
    return Decimal(percent), party
