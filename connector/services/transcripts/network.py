"""The ports `Network` and `Fetching`, with what goes over it written down."""

import re
import time
from collections.abc import Awaitable
from typing import Final
from urllib.parse import urlsplit

from connector.clock import Clock, format_time
from connector.ports.network import Fetching, PeerAnswer, PeerUnreachable
from connector.protocol.bindings import ANNEXES_PATH, NOTICES_PATH
from connector.services.transcripts.heard import ANNEX, REMOVED, Heard
from connector.services.transcripts.recorder import Recorder
from connector.trace import current_process, current_trace

_ASKED: Final = {"negotiations": "GET negotiation", "transfers": "GET transfer", "datasets": "GET dataset"}
_TYPE: Final = re.compile(rb'"@type":"(\w{1,64})"')
_NEAR_THE_START: Final = 400
_SENT: Final = {"authorization": REMOVED}
_POSTED: Final = {"content-type": "application/json", **_SENT}


class RecordedNetwork:
    """Asks through another network and tells the recorder. Requests without our identity (look-ups) are not kept."""

    def __init__(self, network: Fetching, recorder: Recorder, clock: Clock) -> None:
        self._network = network
        self._recorder = recorder
        self._clock = clock

    async def post(self, url: str, body: bytes, token: str) -> PeerAnswer:
        heard = self._begun("POST", url, token, body)
        return await self._ended(heard, self._network.post(url, body, token))

    async def get(
        self, url: str, token: str | None = None, *, accept: str | None = None, etag: str | None = None
    ) -> PeerAnswer:
        asking = self._network.get(url, token, accept=accept, etag=etag)
        return await asking if token is None else await self._ended(self._begun("GET", url, token), asking)

    async def fetch(self, url: str, token: str, body: bytes | None = None, *, known: str | None = None) -> PeerAnswer:
        heard = self._begun("GET" if body is None else "POST", url, token, body or b"")
        return await self._ended(heard, self._network.fetch(url, token, body, known=known))

    def _begun(self, method: str, url: str, token: str, body: bytes = b"") -> Heard:
        return Heard(
            direction="out",
            type=_type_of(url, body) if method == "POST" else _asked(url),
            method=method,
            address=url,
            headers=_POSTED if method == "POST" else _SENT,
            body=body,
            at=format_time(self._clock.now()),
            trace=current_trace(),
            known=True,
            token=token,
            about=current_process(),
        )

    async def _ended(self, heard: Heard, asking: Awaitable[PeerAnswer]) -> PeerAnswer:
        began = time.perf_counter()
        try:
            answer = await asking
        except PeerUnreachable as error:
            heard.problem = str(error)
            raise
        else:
            heard.status, heard.answer, heard.answer_headers = answer.status, answer.body, answer.headers
            return answer
        finally:
            heard.milliseconds = round((time.perf_counter() - began) * 1000)
            if heard.status is not None or heard.problem is not None:  # not when we were stopped in between
                self._recorder.note(heard)


def _type_of(url: str, body: bytes) -> str:
    if url.endswith(NOTICES_PATH):
        return "Notice"
    if url.endswith(ANNEXES_PATH):
        return ANNEX
    # What we send begins with its context and type (`wire.codec.encode`).
    found = _TYPE.search(body[:_NEAR_THE_START])
    return found[1].decode() if found else "POST"


def _asked(url: str) -> str:
    parts = urlsplit(url).path.split("/")
    return next((said for word, said in _ASKED.items() if word in parts[-2:-1]), "GET")
