"""One exchange as it was heard, and as it is kept: bounded, and without secrets.

What is kept is for people who ask what happened. What proves a contract is kept elsewhere, byte for byte (`messages`,
`contracts`, `notices`); here everything that opens a door is taken out before it is written.
"""

import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from connector.canonical import JsonObject
from connector.ports.records import Exchange
from connector.trust.errors import TrustError
from connector.trust.jws import peek
from connector.wire.codec import read_answer

REMOVED: Final = "(removed)"
ANNEX: Final = "Annex"
"""As what a list of people goes over the line; of its body nothing is kept."""
MAX_BODY: Final = 256_000
"""The most of a message of a known participant that is kept, in bytes: all of it."""
MAX_STRANGE: Final = 4_000
"""The most of what somebody sent who did not prove who he is."""
MAX_ANSWER: Final = 64_000
"""The most of an answer that is kept; catalogs are longer."""
_MAX_TEXT: Final = 2_048
_MAX_HEADERS: Final = 64
_ROW: Final = 400
"""What a record weighs besides its bodies and headers, in bytes, indexes included; an estimate."""
_SECRET: Final = re.compile(r"auth|cookie|token|secret|passw|credential|signature|key|dpop", re.IGNORECASE)
_HARMLESS: Final = re.compile(r"authtype|tokentype|www-authenticate", re.IGNORECASE)
_IN_QUERY: Final = re.compile(r"(?<=[?&])(access_token|api_?key|password|secret|sig)=[^&#]*", re.IGNORECASE)
_ADDRESS: Final = "dataAddress"


@dataclass(slots=True)
class Heard:
    """One exchange as it was heard; written down later, when nobody waits.

    Attributes:
        caller: our claim about the other side: its DID when it is known, else None.
        token: the identity token of the request, for whom it names; never kept.
        about: our pid, or the agreement's id, when that is known already.
        begins: the message's type if it begins a process: then our pid is in the answer.
    """

    direction: str
    type: str
    method: str
    address: str
    headers: Mapping[str, str]
    body: bytes
    at: str
    trace: str
    known: bool
    caller: str | None = None
    token: str | None = None
    about: str | None = None
    begins: bool = False
    status: int | None = None
    answer_headers: Mapping[str, str] | None = None
    answer: bytes = b""
    problem: str | None = None
    milliseconds: int = 0


def to_keep(heard: Heard) -> Exchange:
    """What is kept of it."""
    body, masked = _body(heard)
    kept = body[: MAX_BODY if heard.known else MAX_STRANGE]
    answer = _unpacked(heard)[:MAX_ANSWER]
    headers, answer_headers = _headers(heard.headers), _headers(heard.answer_headers or {})
    return Exchange(
        direction=heard.direction,
        peer=_bounded(heard.caller or _named_in(heard)),
        known=heard.known,
        process=_bounded(heard.about or _process(heard)),
        type=heard.type,
        method=heard.method,
        address=_address(heard.address),
        status=heard.status,
        milliseconds=heard.milliseconds,
        trace=heard.trace,
        problem=_bounded(heard.problem),
        digest=hashlib.sha256(heard.body).hexdigest(),
        size=len(heard.body),
        masked=masked,
        answer_size=len(heard.answer),
        headers=headers,
        answer_headers=answer_headers,
        body=kept,
        answer=answer,
        at=heard.at,
        weight=_ROW + len(kept) + len(answer) + _weight(headers) + _weight(answer_headers),
    )


def _unpacked(heard: Heard) -> bytes:
    """The answer as people read it: catalogs go out as gzip."""
    if (heard.answer_headers or {}).get("content-encoding") != "gzip":
        return heard.answer
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(heard.answer, MAX_ANSWER)
    except zlib.error:
        return heard.answer


def _headers(headers: Mapping[str, str]) -> JsonObject:
    """Header names in small letters, with their values unless these are secret."""
    return {
        _name(name): REMOVED if _is_secret(name) else _address(value)
        for name, value in islice(headers.items(), _MAX_HEADERS)
    }


def _weight(headers: Mapping[str, str]) -> int:
    return sum(map(len, headers.values())) + 20 * len(headers)


@lru_cache(512)
def _name(written: str) -> str:
    return _bounded(written.lower()) or ""


def _address(text: str) -> str:
    """A text that may hold an address, without what opens something in its query."""
    text = _bounded(text) or ""
    return _IN_QUERY.sub(rf"\1={REMOVED}", text) if "=" in text else text


def _body(heard: Heard) -> tuple[bytes, bool]:
    """The body, and whether something was taken out of it: what a data address holds opens the data."""
    if heard.type == ANNEX and heard.body:
        return REMOVED.encode(), True  # who is on a list of people is nobody else's business
    # By what it holds, not by where it was sent: one that goes to the wrong door is kept as well.
    if not heard.body or not _mentions_address(heard.body):
        return heard.body, False
    try:
        data = json.loads(heard.body)
    except (ValueError, RecursionError):
        # It was refused as what it is not. Whether it holds a secret nobody can say.
        return REMOVED.encode(), True
    if not _masked(data, inside=False):
        return heard.body, False
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"), True


def _mentions_address(body: bytes) -> bool:
    return _ADDRESS.lower().encode() in body.lower() or b"\\u" in body


def _masked(value: Any, *, inside: bool) -> bool:
    """Mask the secrets of data addresses in place, in whichever spelling; whether there was one."""
    if isinstance(value, list):
        # All of them, not only until one is found.
        return sum(_masked(item, inside=inside) for item in value) > 0
    if not isinstance(value, dict):
        return False
    found = False
    named = any(isinstance(given, str) and _is_secret(given) for name, given in value.items() if _last(name) == "name")
    for name, given in value.items():
        here = inside or _last(name) == _ADDRESS
        secret = here and given and (_is_secret(_last(name)) or (named and _last(name) == "value"))
        if secret and not name.startswith("@"):
            value[name], found = REMOVED, True
        else:
            found = _masked(given, inside=here) or found
    return found


@lru_cache(512)
def _is_secret(name: str) -> bool:
    return _SECRET.search(_last(name)) is not None and _HARMLESS.search(name) is None


def _last(name: str) -> str:
    return re.split(r"[/#:]", name)[-1]


def _named_in(heard: Heard) -> str | None:
    """Whom the token names: who is asked, when we ask; who the caller says to be, when we are asked."""
    if heard.token is None:
        return None
    try:
        claims = peek(heard.token)[1]
    except TrustError:
        return None
    named = claims.get("aud" if heard.direction == "out" else "iss")
    return named if isinstance(named, str) else None


def _process(heard: Heard) -> str | None:
    """Our pid, where only the bodies tell it."""
    if heard.type == ANNEX:
        found = read_answer(heard.body).get("agreement")
    elif heard.type == "Notice":
        subject = read_answer(heard.body).get("credentialSubject")
        found = subject.get("id") if isinstance(subject, dict) else None
    elif heard.begins:
        ours, theirs = ("providerPid", "consumerPid")
        if heard.type == "ContractOfferMessage":
            ours, theirs = theirs, ours
        # What was refused has begun nothing: it is found under the pid that its sender knows.
        taken = heard.status is not None and heard.status < 300  # noqa: PLR2004
        found = read_answer(heard.answer).get(ours) if taken else read_answer(heard.body).get(theirs)
    else:
        return None
    return found if isinstance(found, str) else None


def _bounded(text: str | None) -> str | None:
    if text is None:
        return None
    text = text[:_MAX_TEXT]
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
