"""Conditional requests (RFC 9110, 13): what a participant has already, it is not sent again.

A tag is made from the bytes of the answer and from who asks, under a key of ours. It is the same as long as this participant
would be shown the same, and says nothing about what anybody else is shown. Tags are weak: an answer that is packed on its
way keeps its tag.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from connector.web.deps import Connector

MAX_TAGS: Final = 4_000
"""The longest If-None-Match that is looked at, in letters; a longer one matches nothing."""
_TAG: Final = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


def conditional(
    connector: Connector, request: Request, reader: str, body: bytes, *, links: Sequence[str] = ()
) -> Response:
    """A successful answer that may be kept by the one participant who is its reader, and asked for again by its tag.

    Args:
        connector: who answers.
        request: what was asked.
        reader: the DID of whoever asks.
        body: JSON.
        links: values of `Link` headers, which belong to the answer.
    """
    tag = _tag_of(connector.identity.access_secret, reader, body, links)
    headers = {"ETag": f'W/"{tag}"', "Vary": "Authorization", "Cache-Control": "private, no-cache"}
    asked = request.headers.get("if-none-match")
    if asked is not None and _names(asked, tag):
        # For what is not a GET, RFC 9110 (13.1.2) has another word for it.
        answer = Response(status_code=304 if request.method in ("GET", "HEAD") else 412, headers=headers)
    else:
        answer = Response(body, media_type="application/json", headers=headers)
    for link in links:
        answer.headers.append("Link", link)
    return answer


def _names(asked: str, tag: str) -> bool:
    if asked.strip() == "*":
        return True
    return len(asked) <= MAX_TAGS and tag in _TAG.findall(asked)


def _tag_of(secret: bytes, reader: str, body: bytes, links: Sequence[str]) -> str:
    key = hmac.digest(secret, b"mmd entity tag/1", hashlib.sha256)
    data = hashlib.sha256(body).digest() + "\n".join((reader, *links)).encode()
    return base64.urlsafe_b64encode(hmac.digest(key, data, hashlib.sha256)[:18]).decode("ascii")
