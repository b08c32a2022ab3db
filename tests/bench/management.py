"""The management API as the measuring client uses it: few, bare calls, so that the client costs little of what it measures."""

from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import aiohttp

from connector.client import BASE
from tests.bench.processes import BenchError
from tests.bench.space import Member

Json = dict[str, Any]


class Management:
    """One connector's management API, asynchronously."""

    def __init__(self, member: Member) -> None:
        self._base = member.url + BASE
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {member.token}"},
            connector=aiohttp.TCPConnector(limit=256),
            timeout=aiohttp.ClientTimeout(total=120),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._session.close()

    async def post(self, path: str, body: Json) -> Json:
        """POST, a JSON object back."""
        async with self._session.post(self._base + path, json=body) as answer:
            return await _read(answer)

    async def get(self, path: str) -> Json:
        """GET, a JSON object back."""
        async with self._session.get(self._base + path) as answer:
            return await _read(answer)


def part(iri: str) -> str:
    """An IRI as one part of a path."""
    return quote(iri, safe=":")


async def _read(answer: aiohttp.ClientResponse) -> Json:
    found: Json = await answer.json(content_type=None)
    if not answer.ok:
        raise BenchError(f"{answer.method} {answer.url.path} answers {answer.status}: {found}")
    return found
