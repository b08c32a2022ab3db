"""Catalog requests against a small and a large catalog: the whole way from bytes to bytes, but for the network and the token.

Measured is processor time, in one process: what else runs on the machine does not count.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from catalog.query import parse_filter
from connector.app import running
from connector.founding import initialise
from connector.ports.records import Position
from connector.protocol.versions import V2025_1
from connector.services.cursors import Cursor, Cursors
from connector.settings import load_settings
from connector.web.paging import TOKEN
from connector.web.public import public_app
from tests.bench.figures import median
from tests.bench.processes import free_port
from tests.conformance.dsp.identity import OneCaller
from tests.conformance.dsp.scripts import KIT
from tests.support.catalogs import fill, published

PAGE = 100
"""Data sets on a page."""


@dataclass(frozen=True)
class Pages:
    """Seconds of processor time for one page each, the middle of several; and those of writing the whole catalog."""

    datasets: int
    filled: float
    first: float
    deep: float
    by_keyword: float
    by_words: float
    bytes: int


async def measure_pages(folder: Path, *, datasets: int, times: int) -> Pages:
    """A catalog of so many data sets: its first page, one from its middle, one for a keyword, one for words that are rare."""
    initialise(
        folder,
        name="Bench",
        public_url=f"http://localhost:{free_port()}",
        bind="127.0.0.1:0",
        management_port=None,
        laboratory=True,
        authorities=[],
        authority_role=False,
    )
    async with running(load_settings(folder), authenticator=OneCaller) as connector:
        me = connector.identity
        began = time.process_time()
        await fill(connector.store, (published(number, me.did) for number in range(datasets)))
        filled = time.process_time() - began
        transport = httpx.ASGITransport(public_app(connector))
        async with httpx.AsyncClient(transport=transport, headers={"Accept-Encoding": "identity"}) as client:
            root = f"{me.root(V2025_1)}/catalog/request"

            async def ask(url: str = root, filter_: Any = None) -> httpx.Response:
                message: dict[str, Any] = {"@context": [V2025_1.context], "@type": "CatalogRequestMessage"}
                body = json.dumps(message if filter_ is None else {**message, "filter": filter_})
                answer = await client.post(url, content=body, headers={"Authorization": "bench"})
                answer.raise_for_status()
                return answer

            async def middle(make: Callable[[], Any]) -> float:
                await make()
                seconds = []
                for _ in range(times):
                    began = time.process_time()
                    await make()
                    seconds.append(time.process_time() - began)
                return median(seconds)

            half, _ = published(datasets // 2, me.did)
            cursor = Cursor(Position(half.published_at, half.id))
            token = Cursors(me.access_secret).write(cursor, KIT, parse_filter(None).text)
            deep = f"{root}?{urlencode({TOKEN: token})}"
            return Pages(
                datasets=datasets,
                filled=filled,
                first=await middle(ask),
                deep=await middle(lambda: ask(deep)),
                by_keyword=await middle(lambda: ask(filter_=[{"keyword": "hall-7"}, {"limit": 10}])),
                by_words=await middle(lambda: ask(filter_=[{"q": "line 500"}, {"limit": 10}])),
                bytes=len((await ask()).content),
            )
