"""Whatever is wrong with a request, at every address of the protocol: the answer that the binding asks for, nothing changed."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

import pytest

from connector.ids import new_iri
from connector.protocol.bindings import BINDINGS, DATASET_PATH, NEGOTIATION_PATH, TRANSFER_PATH, Binding, Protocol
from connector.protocol.machine import Role
from connector.protocol.versions import V2025_1
from connector.services.wording import NOT_KNOWN_YET
from connector.web.deps import MAX_BODY
from tests.conformance.schemas import problems
from tests.connector.wire.samples import body_of
from tests.flows.test_counteroffers import opened
from tests.support.knocking import Heard, Knock, knock
from tests.support.shared import SHARED
from tests.support.wire import Json
from tests.support.world import CONSUMER, OUTSIDER, PORTS, PROVIDER, World

pytestmark = pytest.mark.anyio

NOT_OF_PROCESSES: Final = {"answered", "token_used", "exchange", "seen_checkpoint", "status_list"}
"""Tables that keep who came and what he was answered."""
SCHEMAS: Final = {
    Protocol.CATALOG: "catalog-error",
    Protocol.NEGOTIATION: "contract-negotiation-error",
    Protocol.TRANSFER: "transfer-error",
}
Pids = tuple[str, str]
"""The provider's and the consumer's."""


@dataclass(frozen=True)
class Space:
    """Processes between two members, of each protocol one that goes on and one that is over."""

    world: World
    live: dict[Protocol, Pids]
    over: dict[Protocol, Pids]


@dataclass(frozen=True)
class Bad:
    """A request with one thing wrong, and what it is to be answered.

    Attributes:
        said: what its body says of the pids, as far as it can be read.
        by: who sends it; empty for nobody.
        known: the pids of the process by whose table it is refused.
    """

    what: str
    status: int
    body: bytes
    said: Json
    by: str
    path: str
    method: str = "POST"
    headers: tuple[tuple[bytes, bytes], ...] = ((b"content-type", b"application/json"),)
    known: Pids | None = None


async def processes(world: World) -> Space:
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    (over,) = await world.consumer.get("/negotiations")
    transfers = []
    for _ in range(2):
        begun = await world.consumer.post("/transfers", {"contract": contract})
        await world.quiet()
        found = await world.consumer.get(f"/transfers/{begun['id']}")
        transfers.append((found["providerPid"], found["consumerPid"]))
    await world.consumer.post(f"/transfers/{transfers[1][1]}/termination", {"reason": "enough"})
    await world.quiet()
    other = await world.admit(OUTSIDER)
    for member in (world.provider, world.consumer):
        # From now on they know him: his membership is kept.
        assert (await other.ask(member, NEGOTIATION_PATH.replace("{pid}", new_iri())))[0] == 404
    mine, theirs = await opened(world)
    ended = (over["providerPid"], over["consumerPid"])
    return Space(
        world,
        {Protocol.NEGOTIATION: (theirs, mine), Protocol.TRANSFER: transfers[0]},
        {Protocol.NEGOTIATION: ended, Protocol.TRANSFER: transfers[1]},
    )


def bad_posts(space: Space, binding: Binding) -> Iterator[Bad]:
    """What can be wrong with one message at its address."""
    kind, own = binding.message, "{pid}" in binding.path
    receiver = binding.receiver or Role.PROVIDER
    sender = CONSUMER if receiver is Role.PROVIDER else PROVIDER
    at = 0 if receiver is Role.PROVIDER else 1
    live, over = (held.get(binding.protocol, (new_iri(), new_iri())) for held in (space.live, space.over))

    def path(pids: Pids) -> str:
        return binding.path.replace("{pid}", pids[at])

    def message(pids: Pids, **changed: Any) -> Json:
        named = {"providerPid": pids[0], "consumerPid": pids[1]} if binding.protocol is not Protocol.CATALOG else {}
        if named and not own:
            named.pop("providerPid" if receiver is Role.PROVIDER else "consumerPid")
        required = {k: v for k, v in body_of(kind, required=True).items() if not k.endswith("Pid")}
        return {**required, "@id": new_iri(), **named, **changed}

    def bad(what: str, status: int, body: Any, by: str = sender, pids: Pids = live, **more: Any) -> Bad:
        said = body if isinstance(body, dict) else {}
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Bad(what, status, raw, said, by, more.pop("path", path(pids)), **more)

    good = message(live)
    yield bad("nothing", 400, b"")
    yield bad("no JSON", 400, b"{nonsense")
    yield bad("a list of nothing", 400, [])
    yield bad("another @type", 400, {**good, "@type": "WeatherReport"})
    yield bad("no @type", 400, {name: value for name, value in good.items() if name != "@type"})
    yield bad("no context", 400, {name: value for name, value in good.items() if name != "@context"})
    yield bad("too large for a message", 400, json.dumps({**good, "x": "y" * 300_000}).encode())
    yield bad("too large for a body", 400, b"x" * (MAX_BODY + 1))
    for length in (b"9" * 5000, b"9" * 16, b"%d" % (MAX_BODY + 1)):
        yield bad("a length beyond all", 400, b"{}", headers=((b"content-length", length),))
    yield bad("another encoding", 400, json.dumps(good).encode("utf-16"),
              headers=((b"content-type", b"text/plain; charset=utf-16"),))  # fmt: skip
    yield bad("nobody", 401, good, "")
    yield bad("somebody who shows nonsense", 401, good, "", headers=((b"authorization", b"Bearer a.b.c"),))
    yield bad("nobody, with nonsense", 401, b"\xff", "")
    yield bad("another method", 405, b"", method="PUT")
    for name in sorted(name for name in body_of(kind, required=True) if name[0] != "@"):
        yield bad(f"without {name}", 400, {k: v for k, v in good.items() if k != name})
        yield bad(f"{name} is a number", 400, {**good, name: 7})
    if own:
        for name in ("providerPid", "consumerPid"):
            yield bad(f"another {name}", 400, {**good, name: new_iri()}, known=live)
        nowhere = (new_iri(), new_iri())
        yield bad("an unknown process", 404, message(nowhere), pids=nowhere)
        yield bad("the process of others", 404, good, OUTSIDER)
        yield bad("too late", 400, message(over), pids=over, known=over)


def bad_gets(space: Space) -> Iterator[tuple[Protocol, Bad]]:
    """What can be wrong with asking for something."""
    for protocol, at in (
        (Protocol.CATALOG, DATASET_PATH), (Protocol.NEGOTIATION, NEGOTIATION_PATH), (Protocol.TRANSFER, TRANSFER_PATH),
    ):  # fmt: skip
        pid = space.live.get(protocol, (new_iri(), ""))[0]
        there, nowhere = (at.replace("{pid}", p).replace("{id}", p) for p in (pid, new_iri()))
        yield protocol, Bad("unknown", 404, b"", {}, CONSUMER, nowhere, "GET")
        yield protocol, Bad("of others", 404, b"", {}, OUTSIDER, there, "GET")
        yield protocol, Bad("nobody", 401, b"", {}, "", there, "GET")
        yield protocol, Bad("nonsense", 401, b"", {}, "", there, "GET", ((b"authorization", b"Basic eDp5"),))
        yield protocol, Bad("another method", 405, b"", {}, CONSUMER, there, "DELETE")


async def asked(world: World, to: str, bad: Bad) -> Heard:
    headers = list(bad.headers)
    if bad.by:
        headers.append((b"authorization", b"Bearer " + world[bad.by].bearer(world[to]).encode()))
    cut = len(bad.body) // 2
    app = world.wire._apps[PORTS[to]][1]
    return await knock(app, Knock(bad.method, V2025_1.path + bad.path, b"", headers, (bad.body[:cut], bad.body[cut:])))


def check(protocol: Protocol, bad: Bad, heard: Heard, receiver: Role | None) -> None:
    told = (protocol, bad.path, bad.what, heard)
    assert heard.status == bad.status, told
    answer = json.loads(heard.body)
    assert (answer["@context"], answer["@type"]) == ([V2025_1.context], protocol.value), told
    assert isinstance(answer["code"], str), told
    (reason,) = answer["reason"]
    assert len(reason.split()) >= 3, told
    assert "Error" not in reason, told
    assert ("www-authenticate" in heard.headers) == (bad.status == 401), told
    assert ("allow" in heard.headers) == (bad.status == 405), told
    if protocol is not Protocol.CATALOG:
        pids = answer["providerPid"], answer["consumerPid"]
        assert pids == (bad.known or expected_pids(bad, receiver)), told
    if SHARED is not None:
        assert problems(answer, SCHEMAS[protocol]) == [], told


def expected_pids(bad: Bad, receiver: Role | None) -> Pids:
    """Those that it said; of the other side nothing is known but what stands in the path."""
    parts = bad.path.split("/")
    path = parts[2] if parts[2].startswith("urn:") else NOT_KNOWN_YET
    if bad.status == 405:
        receiver = None
    said = [bad.said.get(name) for name in ("providerPid", "consumerPid")]
    said = [value if isinstance(value, str) else None for value in said]
    if path not in said:
        sides = {Role.PROVIDER: (0,), Role.CONSUMER: (1,), None: (0, 1)}[receiver]
        for side in sides:
            said[side] = said[side] or path
    return said[0] or NOT_KNOWN_YET, said[1] or NOT_KNOWN_YET


def kept(world: World) -> dict[str, list[str]]:
    """Everything that both connectors hold, table by table."""
    found: dict[str, list[str]] = {}
    for name in (PROVIDER, CONSUMER):
        with closing(sqlite3.connect(world[name].directory / "mmd.sqlite")) as database:
            tables = [row[0] for row in database.execute("select name from sqlite_master where type = 'table'")]
            for table in set(tables) - NOT_OF_PROCESSES:
                found[f"{name} {table}"] = sorted(str(row) for row in database.execute(f'select * from "{table}"'))
    return found


async def test_no_bad_request_changes_anything(world: World) -> None:
    space = await processes(world)
    before = kept(world)
    assert len(before["provider negotiation"]) == 2
    assert len(before["consumer transfer"]) == 2
    for binding in BINDINGS:
        to = CONSUMER if binding.receiver is Role.CONSUMER else PROVIDER
        for bad in bad_posts(space, binding):
            check(binding.protocol, bad, await asked(world, to, bad), binding.receiver)
            now = kept(world)
            assert now == before, (binding.path, bad.what)
    for protocol, bad in bad_gets(space):
        check(protocol, bad, await asked(world, PROVIDER, bad), None)
    await world.quiet()
    assert kept(world) == before
