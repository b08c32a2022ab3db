"""HTTP to other participants: one pooled client, bounded answers, bounded time, no redirects."""

import asyncio
import base64
import contextlib
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import aiohttp
import httpx
import yarl
from httpx_aiohttp import AiohttpTransport
from httpx_aiohttp.transport import AiohttpResponseStream

from connector.net.answers import retry_after, why_not_trusted
from connector.net.bodies import Body, BodyError
from connector.net.guard import GuardedResolver, checked_url
from connector.ports.network import NoRoom, PeerAnswer, PeerUnreachable

MAX_ANSWER: Final = 4_000_000
"""The largest answer that is read, in bytes."""
_TIMEOUT: Final = httpx.Timeout(15.0, connect=5.0)
_WITHIN: Final = 20.0
"""Seconds in which a whole answer must be there: a peer that gives a byte now and then must not hold us."""
_LIMITS: Final = aiohttp.ClientTimeout(total=None, connect=15.0, sock_connect=5.0, sock_read=15.0)
_HEADERS: Final = {
    "User-Agent": "my-manufacturing-data-connector",
    "Accept": "*/*",
    # Messages are small, and a small answer that unpacks to a large one is an attack.
    "Accept-Encoding": "identity",
}
_MAX_ETAG: Final = 200
_KEEP_ALIVE: Final = 4.0
"""Seconds that an idle connection is used again: less than common servers keep theirs (5 s), for a request that meets
the closing of its connection is lost."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a pool takes on.

    Attributes:
        connections: at once, in all.
        per_host: of these to one host and port.
        requests: at once, waiting ones included; over it `NoRoom`. None: everything waits.
        requests_per_host: of these to one host and port.
        answer: the largest answer that is read, in bytes.
    """

    connections: int = 256
    per_host: int = 64
    requests: int | None = None
    requests_per_host: int | None = None
    answer: int = MAX_ANSWER


LOOKUPS: Final = Bounds(connections=32, per_host=4, requests=128, requests_per_host=16, answer=256_000)
"""For what callers cause who are not authenticated yet: they share this pool, and all our other work goes on."""


DATA: Final = Bounds(connections=512, per_host=64)
"""For the data itself: a pool of its own, so that long streams to one host do not hold up the messages to it."""
_PIECE: Final = 256 * 1024
"""Bytes of a stream handed on at once, if so many are there."""


class _Transport(AiohttpTransport):
    """Looks at each address itself, whoever asks for a stream from it.

    Hands streams on in larger pieces than the library's 16 KiB: a quarter less of processor time.
    """

    def __init__(self, check: Callable[[str], Awaitable[httpx.URL]], **more: Any) -> None:
        super().__init__(**more)
        self._check = check

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            await self._check(str(request.url))
        except PeerUnreachable as error:
            raise httpx.ConnectError(str(error), request=request) from None
        response = await super().handle_async_request(request)
        if isinstance(response.stream, AiohttpResponseStream):
            response.stream.CHUNK_SIZE = _PIECE
        return response


@lru_cache(maxsize=4)
def _trusted(ca_bundle: str | None) -> ssl.SSLContext:
    """Whose certificates are believed: read once for all pools, for reading them takes as long as opening the database."""
    context = ssl.create_default_context()
    if ca_bundle is not None:
        context.load_verify_locations(cafile=ca_bundle)
    return context


class Peers:
    """The port `Network`."""

    def __init__(
        self, *, laboratory: bool, ca_bundle: str | None = None, proxy: str | None = None, bounds: Bounds | None = None
    ) -> None:
        self._laboratory = laboratory
        self._bounds = bounds = bounds or Bounds()
        self._running: Counter[str] = Counter()
        self._context = context = _trusted(ca_bundle)
        self._proxy = named = _named(proxy) if proxy else None
        self._resolver = GuardedResolver(laboratory=laboratory, proxy=_place(named) if named else None)
        self._session: aiohttp.ClientSession | None = None
        self._client = httpx.AsyncClient(
            transport=_Transport(self._check, verify=context, client=self._opened, proxy=named),
            timeout=_TIMEOUT,
            follow_redirects=False,
            trust_env=False,
            headers=_HEADERS,
        )

    @property
    def client(self) -> httpx.AsyncClient:
        """The client itself, for streams of data."""
        return self._client

    async def post(self, url: str, body: bytes, token: str) -> PeerAnswer:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        return await self._ask("POST", url, body, headers)

    async def get(
        self, url: str, token: str | None = None, *, accept: str | None = None, etag: str | None = None
    ) -> PeerAnswer:
        return await self._ask("GET", url, None, headers_of_get(token, accept, etag))

    async def fetch(self, url: str, token: str, body: bytes | None = None, *, known: str | None = None) -> PeerAnswer:
        headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}
        if known is not None:
            headers["If-None-Match"] = known
        if body is None:
            return await self._ask("GET", url, None, headers)
        return await self._ask("POST", url, body, {**headers, "Content-Type": "application/json"})

    async def close(self) -> None:
        """Close the pool."""
        await self._client.aclose()
        if self._session is not None:
            await self._session.close()
        await self._resolver.close()

    async def _ask(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> PeerAnswer:
        target = await self._check(url)
        host = target.host
        try:
            # Straight to the session below httpx: a message has no cookies, no redirects and no login to add, and
            # without those layers a request costs half.
            with self._room(target.netloc.decode("ascii")):
                async with (
                    asyncio.timeout(_WITHIN),
                    self._opened().request(
                        method,
                        yarl.URL(str(target), encoded=True),
                        data=body,
                        headers={**_HEADERS, **headers},
                        allow_redirects=False,
                        timeout=_LIMITS,
                        **self._through_proxy(),
                    ) as response,
                ):
                    return await self._read(response, host, may_be_packed=headers.get("Accept-Encoding") == "gzip")
        except TimeoutError:
            raise PeerUnreachable(f"{host} did not answer in time") from None
        except aiohttp.ClientConnectorCertificateError as error:
            raise PeerUnreachable(
                f"{host} is not who it should be: {why_not_trusted(error.certificate_error)}"
            ) from None
        except aiohttp.ClientConnectorDNSError as error:
            raise PeerUnreachable(f"{host} cannot be reached ({error.os_error})"[:300]) from None
        except (OSError, ValueError, aiohttp.ClientError) as error:
            # ValueError: what cannot be written into a request, in a name or a header.
            raise PeerUnreachable(f"{host} cannot be reached ({str(error) or type(error).__name__})"[:300]) from None

    def _opened(self) -> aiohttp.ClientSession:
        """The one session of this pool; it belongs to the loop that runs."""
        if self._session is None:
            self._session = _session(self._context, self._resolver, self._bounds)
        return self._session

    async def _check(self, url: str) -> httpx.URL:
        """An address that we go to, also when it is a proxy that connects to it.

        Raises:
            PeerUnreachable: as `checked_url`.
        """
        target = checked_url(url, laboratory=self._laboratory)
        if self._proxy is not None:
            await self._resolver.check(target.raw_host.decode("ascii"))
        return target

    def _through_proxy(self) -> dict[str, Any]:
        if self._proxy is None:
            return {}
        return {"proxy": str(self._proxy.url), "proxy_headers": dict(self._proxy.headers)}

    @contextlib.contextmanager
    def _room(self, host: str) -> Iterator[None]:
        bounds, running = self._bounds, self._running
        if bounds.requests is not None and running.total() >= bounds.requests:
            raise NoRoom(f"{host} was not asked: {bounds.requests} requests are running")
        if bounds.requests_per_host is not None and running[host] >= bounds.requests_per_host:
            raise NoRoom(f"{host} was not asked: {bounds.requests_per_host} requests to it are running")
        running[host] += 1
        try:
            yield
        finally:
            running[host] -= 1
            if not running[host]:
                del running[host]

    async def _read(self, response: aiohttp.ClientResponse, host: str, *, may_be_packed: bool) -> PeerAnswer:
        coding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if coding != "identity" and not (may_be_packed and coding in ("gzip", "x-gzip")):
            raise PeerUnreachable(f"the answer of {host} is packed in a way that we did not ask for")
        body = Body(self._bounds.answer, packed=coding != "identity")
        try:
            async for part in response.content.iter_any():
                body.add(part)
            content = body.whole()
        except BodyError as error:
            raise PeerUnreachable(f"the answer of {host} {error}") from None
        headers = response.headers
        etag = headers.get("ETag")
        return PeerAnswer(
            response.status,
            content,
            retry_after(headers),
            etag[:_MAX_ETAG] if etag else None,
            _joined(headers.items()),
        )


def headers_of_get(token: str | None, accept: str | None, etag: str | None) -> dict[str, str]:
    """The headers of a GET, as far as they are given."""
    authorization = f"Bearer {token}" if token else None
    given = {"Authorization": authorization, "Accept": accept, "If-None-Match": etag}
    return {name: value for name, value in given.items() if value is not None}


def _joined(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for written, value in headers:
        name = written.lower()
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _session(context: ssl.SSLContext, resolver: GuardedResolver, bounds: Bounds) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        ssl=context,
        resolver=resolver,
        limit=bounds.connections,
        limit_per_host=bounds.per_host,
        keepalive_timeout=_KEEP_ALIVE,
    )
    return aiohttp.ClientSession(connector=connector, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar())


def _named(proxy: str) -> httpx.Proxy:
    """The proxy that the operator named; its login goes into a header."""
    named = httpx.Proxy(proxy)
    if named.auth is None:
        return named
    login = base64.b64encode(":".join(named.auth).encode()).decode()
    return httpx.Proxy(named.url, headers={"Proxy-Authorization": f"Basic {login}"})


def _place(proxy: httpx.Proxy) -> tuple[str, int]:
    standard = 443 if proxy.url.scheme == "https" else 80
    return proxy.url.raw_host.decode("ascii"), proxy.url.port or standard
