"""What a peer answers when something is wrong, as one sentence for a person: bounded, one line, no markup.

Peers answer errors as the protocol's error types, as RFC 9457 problems, as lists of `message` (Eclipse EDC), as whatever a
framework or a gateway before them writes, as HTML pages and as plain text.
"""

import re
import unicodedata
from html import unescape
from typing import Final

from connector.canonical import CanonicalError, JsonObject, JsonValue, parse_json
from connector.wire.codec import as_list, as_text

MOST: Final = 500
"""The longest sentence that is read, in characters."""
_READ: Final = 64_000
"""So many bytes of an answer are looked at."""
_PARTS: Final = 10
_SPOKEN: Final = ("reason", "detail", "message", "error_description", "errors", "title", "error", "code")
"""Properties that say what is wrong, the most telling first, by their names without prefix."""
_HIDDEN: Final = re.compile(
    r"<(script|style|head|title)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
_TITLE: Final = re.compile(r"<title[^>]{0,200}>([^<]{1,200})", re.IGNORECASE)
_TAG: Final = re.compile(r"<[a-zA-Z/!][^>]*(?:>|\Z)")
_LANGUAGES: Final = ("en", "ko")


def read_sentence(body: bytes) -> str:
    """What an error answer says; empty when it says nothing."""
    head = body[:_READ]
    try:
        said = _spoken(parse_json(head, floats=True), depth=0)
    except CanonicalError:
        said = _text_of_page(head.decode("utf-8", "replace"))
    return one_line(said, MOST)


def one_line(text: str, most: int) -> str:
    """Foreign text on one line of bounded length, without what a terminal or a reader could be led astray by."""
    kept = "".join(" " if c.isspace() else c for c in text if c.isspace() or _is_shown(c))
    plain = " ".join(kept.split())
    return plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"


def _is_shown(character: str) -> bool:
    """Not a control character, nor one that only changes how others are shown (Cf), nor half of one (Cs)."""
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def _spoken(value: JsonValue, *, depth: int) -> str:
    if isinstance(value, str):
        return _text_of_page(value)
    if isinstance(value, list):
        parts = [_spoken(part, depth=depth + 1) for part in value[:_PARTS]] if depth < 4 else []  # noqa: PLR2004
        return " ".join(dict.fromkeys(part for part in parts if part))
    if isinstance(value, dict):
        return _spoken_object(value, depth=depth)
    return "" if value is None or depth == 0 else str(value)


def _spoken_object(data: JsonObject, *, depth: int) -> str:
    if depth > 4:  # noqa: PLR2004
        return ""
    bare = {_bare(key): value for key, value in data.items()}
    if "@value" in bare:
        return as_text(data) or str(bare["@value"])
    for name in _SPOKEN:
        if bare.get(name) not in (None, "", [], {}):
            said = _spoken(_in_our_language(bare[name]), depth=depth + 1)
            if said:
                return said
    translated = _in_our_language(data)
    return translated if isinstance(translated, str) else ""


def _in_our_language(value: JsonValue) -> JsonValue:
    """One of several translations: a map by language, or a list of values with their languages."""
    if isinstance(value, dict):
        return next((value[lang] for lang in _LANGUAGES if isinstance(value.get(lang), str)), value)
    tagged = [part for part in as_list(value) if isinstance(part, dict) and "@language" in part]
    if len(tagged) < len(as_list(value)):
        return value
    for lang in _LANGUAGES:
        found = [part for part in tagged if str(part["@language"]).startswith(lang)]
        if found:
            return list(found)
    return value


def _bare(name: str) -> str:
    """`dspace:reason` and `https://w3id.org/dspace/2025/1/reason` are both `reason`."""
    return re.split(r"[:/#]", name)[-1]


def _text_of_page(text: str) -> str:
    if _TAG.search(text) is None:
        return text
    title = _TITLE.search(text)
    shown = unescape(_TAG.sub(" ", _HIDDEN.sub(" ", text))).strip()
    return shown or (unescape(title[1]) if title is not None else "")
