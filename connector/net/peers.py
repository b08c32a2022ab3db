"""HTTP to other participants: one pooled client, bounded answers, bounded time, no redirects."""

import ssl
from typing import Final

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from connector.net.guard import GuardedResolver, check_url
from connector.ports.network import PeerAnswer, PeerUnreachable

MAX_ANSWER: Final = 4_000_000
"""The largest answer that is read, in bytes."""
_TIMEOUT: Final = httpx.Timeout(15.0, connect=5.0)
_KEEP_ALIVE: Final = 4.0
"""Seconds that an idle connection is used again: less than common servers keep theirs (5 s), for a request that meets
the closing of its connection is lost."""


class Peers:
    """The port `Network`."""

    def __init__(self, *, laboratory: bool, ca_bundle: str | None = None, proxy: str | None = None) -> None:
        self._laboratory = laboratory
        context = ssl.create_default_context(cafile=ca_bundle)
        self._client = httpx.AsyncClient(
            transport=AiohttpTransport(
                client=lambda: _session(context, laboratory=laboratory), proxy=httpx.Proxy(proxy) if proxy else None
            ),
            timeout=_TIMEOUT,
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "my-manufacturing-data-connector"},
        )

    @property
    def client(self) -> httpx.AsyncClient:
        """The client itself, for streams of data."""
        return self._client

    async def post(self, url: str, body: bytes, token: str) -> PeerAnswer:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        return await self._ask("POST", url, body, headers)

    async def get(self, url: str, token: str | None = None) -> PeerAnswer:
        return await self._ask("GET", url, None, {"Authorization": f"Bearer {token}"} if token else {})

    async def close(self) -> None:
        """Close the pool."""
        await self._client.aclose()

    async def _ask(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> PeerAnswer:
        check_url(url, laboratory=self._laboratory)
        try:
            async with self._client.stream(method, url, content=body, headers=headers) as response:
                parts: list[bytes] = []
                size = 0
                async for part in response.aiter_bytes():
                    size += len(part)
                    if size > MAX_ANSWER:
                        raise PeerUnreachable(f"the answer of {_host(url)} is larger than {MAX_ANSWER:,} bytes")
                    parts.append(part)
                return PeerAnswer(response.status_code, b"".join(parts))
        except httpx.ConnectTimeout as error:
            # The transport calls every failed connection so, refused ones too.
            raise PeerUnreachable(f"{_host(url)} cannot be reached ({error})"[:300]) from None
        except httpx.TimeoutException:
            raise PeerUnreachable(f"{_host(url)} did not answer in time") from None
        except httpx.HTTPError as error:
            raise PeerUnreachable(f"{_host(url)} cannot be reached ({type(error).__name__}: {error})"[:300]) from None
        except (OSError, aiohttp.ClientError) as error:
            raise PeerUnreachable(f"{_host(url)} cannot be reached ({error})"[:300]) from None


def _session(context: ssl.SSLContext, *, laboratory: bool) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        ssl=context,
        resolver=GuardedResolver(laboratory=laboratory),
        limit=256,
        limit_per_host=64,
        keepalive_timeout=_KEEP_ALIVE,
    )
    return aiohttp.ClientSession(connector=connector, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar())


def _host(url: str) -> str:
    return httpx.URL(url).host
