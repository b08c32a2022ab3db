"""HTTP to other participants: one pooled client, bounded answers, bounded time, no redirects."""

import asyncio
import contextlib
import ssl
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from connector.net.guard import GuardedResolver, check_url
from connector.ports.network import PeerAnswer, PeerUnreachable

MAX_ANSWER: Final = 4_000_000
"""The largest answer that is read, in bytes."""
_TIMEOUT: Final = httpx.Timeout(15.0, connect=5.0)
_WITHIN: Final = 30.0
"""Seconds in which a whole answer must be there: a peer that gives a byte now and then must not hold us."""
_EXTENSIONS: Final = {"timeout": _TIMEOUT.as_dict()}
_HEADERS: Final = {
    "User-Agent": "my-manufacturing-data-connector",
    "Accept": "*/*",
    # Messages are small, and a small answer that unpacks to a large one is an attack.
    "Accept-Encoding": "identity",
}
_KEEP_ALIVE: Final = 4.0
"""Seconds that an idle connection is used again: less than common servers keep theirs (5 s), for a request that meets
the closing of its connection is lost."""


class Peers:
    """The port `Network`."""

    def __init__(self, *, laboratory: bool, ca_bundle: str | None = None, proxy: str | None = None) -> None:
        self._laboratory = laboratory
        context = ssl.create_default_context()
        if ca_bundle is not None:
            context.load_verify_locations(cafile=ca_bundle)
        self._transport = AiohttpTransport(
            verify=context,
            client=lambda: _session(context, laboratory=laboratory),
            proxy=httpx.Proxy(proxy) if proxy else None,
        )
        self._client = httpx.AsyncClient(
            transport=self._transport, timeout=_TIMEOUT, follow_redirects=False, trust_env=False, headers=_HEADERS
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
            # Straight to the transport: a message has no cookies, no redirects and no login for the client to add, and
            # without it a request costs a third less.
            request = httpx.Request(method, url, content=body, headers={**_HEADERS, **headers}, extensions=_EXTENSIONS)
            async with (
                asyncio.timeout(_WITHIN),
                contextlib.aclosing(await self._transport.handle_async_request(request)) as response,
            ):
                return await _read(response, url)
        except httpx.ConnectTimeout as error:
            # The transport calls every failed connection so, refused ones too.
            raise PeerUnreachable(f"{_host(url)} cannot be reached ({error})"[:300]) from None
        except (httpx.TimeoutException, TimeoutError):
            raise PeerUnreachable(f"{_host(url)} did not answer in time") from None
        except httpx.HTTPError as error:
            raise PeerUnreachable(f"{_host(url)} cannot be reached ({type(error).__name__}: {error})"[:300]) from None
        except (OSError, ValueError, aiohttp.ClientError, httpx.InvalidURL) as error:
            # ValueError: a name that no look-up takes (a label of more than 63 letters, a broken xn-- form).
            raise PeerUnreachable(f"{_host(url)} cannot be reached ({error})"[:300]) from None


async def _read(response: httpx.Response, url: str) -> PeerAnswer:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise PeerUnreachable(f"the answer of {_host(url)} is packed, although we asked for it as it is")
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > MAX_ANSWER:
            raise PeerUnreachable(f"the answer of {_host(url)} is larger than {MAX_ANSWER:,} bytes")
        parts.append(part)
    return PeerAnswer(response.status_code, b"".join(parts))


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
    return urlsplit(url).hostname or "nobody"
