"""Many consumers that read slowly: what they cost the provider in memory, and whether others are slowed by them."""

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from connector.founding import DATABASE, identity_of
from connector.ids import new_iri
from connector.services.addresses import Target, read_address
from connector.services.identity import Identity
from connector.settings import load_settings
from connector.trust.tokens import make_request_proof
from policies.vocabulary import purpose_iri
from tests.bench.figures import percentile
from tests.bench.management import Management
from tests.bench.negotiations import Trade
from tests.bench.processes import BenchError, resident
from tests.bench.space import PURPOSE, Space

_AT_ONCE = 32
_PIECE = 16_384
_EVERY = 1.0


@dataclass(frozen=True)
class Slow:
    """What many slow consumers did: seconds of a negotiation without and with them, and what each of them took."""

    consumers: int
    alone: float
    beside: float
    bytes_each: int | None


async def measure_slow(space: Space, consumer: Management, trading: Trade, contract: str, *, count: int) -> Slow:
    """Open `count` streams of one contract, read each slowly, and negotiate beside them."""
    target, identity = await _started(space, consumer, contract)
    pid = space.provider.process.pid
    before, alone = resident(pid), percentile((await trading.sequential(20))[1], 0.5)
    async with contextlib.AsyncExitStack() as open_:
        room = asyncio.Semaphore(_AT_ONCE)

        async def one() -> None:
            async with room:
                await open_.enter_async_context(_slowly(target, identity))

        await asyncio.gather(*(one() for _ in range(count)))
        beside = percentile((await trading.sequential(20))[1], 0.5)
        after = resident(pid)
    each = (after - before) // count if after is not None and before is not None else None
    return Slow(count, alone, beside, each)


async def _started(space: Space, consumer: Management, contract: str) -> tuple[Target, Identity]:
    begun = await consumer.post("/transfers", {"contract": contract})
    view = await consumer.get(f"/transfers/{begun['id']}?wait=30&until=STARTED")
    if view["state"] != "STARTED":
        raise BenchError(f"the transfer was not started: {view['problem']}")
    with contextlib.closing(sqlite3.connect(space.consumer.folder / DATABASE)) as held:
        ((address,),) = held.execute("select data_address from transfer where id = ?", (begun["id"],)).fetchall()
    return read_address(json.loads(address)), identity_of(load_settings(space.consumer.folder))


@contextlib.asynccontextmanager
async def _slowly(target: Target, identity: Identity) -> AsyncIterator[None]:
    """A stream that is open and is read a piece a second, as long as the block runs."""
    host, _, path = target.url.removeprefix("http://").partition("/")
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection("127.0.0.1", int(port), limit=_PIECE)
    proof = make_request_proof(
        identity.token_key,
        method="GET",
        url=target.url,
        access_token=target.token,
        now=datetime.now(UTC),  # noqa: TID251
    )
    headers = {
        "Host": name,
        **target.opening,
        "DPoP": proof,
        "Mmd-Delivery": new_iri(),
        "Mmd-Purpose": purpose_iri(PURPOSE),
    }
    lines = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
    writer.write(f"GET /{path} HTTP/1.1\r\n{lines}\r\n".encode())
    status = await reader.readline()
    if b" 200 " not in status:
        raise BenchError(f"a slow consumer was answered {status.decode(errors='replace').strip()}")
    reading = asyncio.create_task(_read(reader))
    try:
        yield
    finally:
        reading.cancel()
        writer.close()


async def _read(reader: asyncio.StreamReader) -> None:
    while await reader.read(_PIECE):  # noqa: ASYNC110 - this is what slow means
        await asyncio.sleep(_EVERY)
