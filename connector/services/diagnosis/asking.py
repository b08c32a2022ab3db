"""One look at an address of a peer: what came, read as JSON, and in words what did not come and why."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from connector.canonical import CanonicalError, parse_json
from connector.clock import Clock
from connector.ports.network import Fetching, PeerAnswer, PeerUnreachable
from connector.services.authenticate import SKEW
from connector.services.diagnosis.findings import Findings

_OK: Final = 200
_LARGEST: Final = 4_000_000
_TLS: Final = ("not who it should be", "certificate", "ssl")


@dataclass(slots=True)
class Asking:
    """Asks a peer through the guarded network and notes what everything that it answers has in common."""

    network: Fetching
    clock: Clock
    findings: Findings
    skews: list[timedelta] = field(default_factory=list)
    answers: int = 0

    async def get(self, url: str, token: str | None = None) -> PeerAnswer | None:
        """The answer, whatever its status; None when there is none, and the findings say why."""
        return await self._ask(url, None, token)

    async def post(self, url: str, body: bytes, token: str) -> PeerAnswer | None:
        """The same for a message."""
        return await self._ask(url, body, token)

    async def read(self, url: str) -> Any:
        """The JSON at an address that is open to everybody; None when there is none, and the findings say why."""
        answer = await self.get(url)
        return None if answer is None else self.json(url, answer)

    def json(self, url: str, answer: PeerAnswer) -> Any:
        """What an answer holds; None when that is no JSON, and the findings say what it is."""
        if 300 <= answer.status < 400:  # noqa: PLR2004
            target = answer.headers.get("location", "?")
            self.findings.wrong("redirect", url=url, status=answer.status, target=target)
            return None
        if answer.status != _OK:
            self.findings.wrong("status", url=url, status=answer.status, reason=answer.text or "–")
            return None
        try:
            return parse_json(answer.body, max_bytes=_LARGEST, floats=True)
        except CanonicalError as error:
            if answer.body.lstrip()[:1] == b"<":
                self.findings.wrong("page", url=url)
            else:
                self.findings.wrong("no_json", url=url, reason=str(error))
            return None

    def look_at_clock(self) -> None:
        """Whether its clock, by the `Date` of its answers, is near enough to ours."""
        if not self.answers:
            return
        if not self.skews:
            self.findings.odd("clock_unknown")
            return
        off = min(self.skews, key=abs)
        # A `Date` has whole seconds, and the answer took its way.
        seconds = round(abs(off).total_seconds())
        if abs(off) > SKEW:
            self.findings.wrong("clock_off", seconds=seconds, allowed=round(SKEW.total_seconds()))
        else:
            self.findings.good("clock", seconds=seconds)

    async def _ask(self, url: str, body: bytes | None, token: str | None) -> PeerAnswer | None:
        try:
            if body is None:
                answer = await self.network.get(url, token)
            else:
                answer = await self.network.fetch(url, token or "", body)
        except PeerUnreachable as error:
            reason = str(error)
            name = "tls" if any(word in reason.lower() for word in _TLS) else "unreachable"
            self.findings.wrong(name, url=url, reason=reason)
            return None
        self.answers += 1
        self._note_date(answer)
        return answer

    def _note_date(self, answer: PeerAnswer) -> None:
        said = _date(answer.headers.get("date"))
        if said is not None:
            self.skews.append(said - self.clock.now())


def _date(value: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(value) if value else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
