"""Cursors: where the next page of a catalog begins, handed to a participant and taken back from nobody else.

A cursor holds a position in the catalog's own order, never a number of rows: pages neither overlap nor leave anything out
when data sets come and go between them. It is bound to the participant and to the filter by a MAC, so that what comes
back is what was handed out.
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Final

from connector.ports.records import Position
from connector.services.errors import BadRequest

MAX_TOKEN: Final = 1_000
_MAC: Final = 16


@dataclass(frozen=True, slots=True)
class Cursor:
    """Go on behind this position; `back`: against the order of the pages, to the page before."""

    position: Position
    back: bool = False


class Cursors:
    """Writes and reads the cursors of one connector."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"mmd catalog cursor/1", hashlib.sha256)

    def write(self, cursor: Cursor, participant: str, query: str) -> str:
        """The token of a cursor, for this participant and this query."""
        payload = json.dumps([cursor.back, cursor.position.issued, cursor.position.dataset]).encode()
        return f"{_text(payload)}.{_text(self._mac(payload, participant, query))}"

    def read(self, token: str, participant: str, query: str) -> Cursor:
        """The cursor in a token.

        Raises:
            BadRequest: it was not handed to this participant for this query.
        """
        payload, _, mac = token.partition(".") if len(token) <= MAX_TOKEN else ("", "", "")
        try:
            content, given = _bytes(payload), _bytes(mac)
        except (ValueError, binascii.Error):
            content, given = b"", b""
        if not hmac.compare_digest(given, self._mac(content, participant, query)):
            raise BadRequest(
                "continuationToken is none of ours for you and this filter; "
                "send the filter of the first page again with it, or begin at the first page"
            )
        back, issued, dataset = json.loads(content)
        return Cursor(Position(issued, dataset), back)

    def _mac(self, payload: bytes, participant: str, query: str) -> bytes:
        data = json.dumps([participant, query, payload.decode("latin-1")]).encode()
        return hmac.digest(self._key, data, hashlib.sha256)[:_MAC]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
