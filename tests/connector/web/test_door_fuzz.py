"""Whatever knocks at the public door: an answer that says whose fault it is, soon, and nothing of others has changed.

`python -m tests.faults --fuzz N` tries N knocks instead of the few of every test run.
"""

import gzip
import itertools
import json
import os
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import pytest
from anyio import from_thread, to_thread
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.ids import new_iri
from connector.protocol.bindings import BINDINGS
from connector.protocol.messages import MESSAGES
from connector.protocol.versions import V2025_1, WELL_KNOWN
from connector.web import deps
from tests.connector.wire.samples import body_of
from tests.flows.test_counteroffers import opened
from tests.support.knocking import Heard, Knock, knock
from tests.support.wire import Json
from tests.support.world import OUTSIDER, PORTS, PROVIDER, World

pytestmark = pytest.mark.anyio

MANY: Final = int(os.environ.get("FUZZ_EXAMPLES", "200"))
DSP: Final = V2025_1.path
POSTED: Final = [DSP + binding.path for binding in BINDINGS] + [
    DSP + "/notices",
    DSP + "/notices/status",
    "/credentials/presentations/query",
]
GOT: Final = [
    WELL_KNOWN,
    "/.well-known/did.json",
    "/did.json",
    DSP + "/catalog/datasets/{pid}",
    DSP + "/negotiations/{pid}",
    DSP + "/transfers/{pid}",
    DSP + "/notices/log/consistency",
    DSP + "/notices/{pid}/1",
    DSP + "/notices/{pid}/{pid}",
    "/data/{pid}",
    "/status-lists/{pid}",
    "/{pid}",
]
WILD: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PARTS: Final = WILD | st.sampled_from(
    ["..", ".", "%00", "a/b", "urn:uuid:0", "'; drop table contracts; --", "x" * 9000, "1" * 400, "-1", "\u202e", "é"]
)
VALUES: Final = st.binary(max_size=30).map(lambda b: bytes(c for c in b if c not in b"\0\r\n")) | st.sampled_from(
    [
        b"",
        b"-1",
        b"1" * 5000,
        b"bytes=0-",
        b"bytes=9-1,2-3",
        b"bytes=-5",
        b"*",
        b'"x"',
        b'W/"x", "y"',
        b"chunked",
        b"gzip",
        b"br;q=2",
        b"identity;q=0",
        b"application/ld+json; charset=utf-16",
        b"multipart/form-data; boundary=x",
        b"\xff\xfe",
        b"100-continue",
        b"Basic eDp5",
        b"Bearer",
        b"DPoP x.y.z",
        b"Thu, 32 Foo 2026 99:99:99 GMT",
        b"urn:uuid:0",
        b"%%%",
    ]
)
NAMES: Final = st.sampled_from(
    [
        b"authorization",
        b"content-type",
        b"content-encoding",
        b"content-length",
        b"transfer-encoding",
        b"accept",
        b"accept-encoding",
        b"range",
        b"if-range",
        b"if-none-match",
        b"if-modified-since",
        b"expect",
        b"dpop",
        b"cookie",
        b"mmd-delivery",
        b"mmd-purpose",
        b"mmd-person",
        b"x-trace-id",
        b"x-forwarded-for",
        b"upgrade",
        b"host",
        b"link",
    ]
)
QUERIES: Final = st.binary(max_size=20).map(lambda b: quote(b).encode()) | st.sampled_from(
    [
        b"sizes=1,2",
        b"sizes=2,1",
        b"sizes=",
        b"sizes=" + b"1," * 3000,
        b"page=%00",
        b"page=x&page=y",
        b"limit=-1",
        b"wait=nan",
        b"a" * 9000,
        b"%",
        b"%ff",
        b"&&&=",
        b"sizes=%d9%a1,%d9%a2",
        b"page=" + b"eyJ" * 2000,
    ]
)
ODD: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | WILD
    | st.sampled_from(["x" * 5000, 10**40, -0.0, 1e300, "2026-13-45", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WILD, inner, max_size=3),
    max_leaves=5,
)
RAW: Final = st.binary(max_size=60) | st.sampled_from(
    [
        b"[" * 9000,
        b'{"a":' * 9000,
        b"1" * 9000,
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a": "\\ud800"}',
        b'{"@type": "' * 400,
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        gzip.compress(b"{}"),
        gzip.compress(b" " * 2000000),
        b'{"a":1,"a":2}',
        b'{"x": "' + b"y" * 300000 + b'"}',
        b"{" + b'"k":1,' * 30000,
        json.dumps([[]] * 20000).encode(),
    ]
)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """A message with something in it changed, or anything at all."""
    if draw(st.integers(0, 2)) == 0:
        return draw(RAW)
    kind = draw(st.sampled_from(sorted(MESSAGES.values(), key=lambda kind: kind.TYPE)))
    body = body_of(kind, {"@id": new_iri()})
    for _ in range(draw(st.integers(0, 2))):
        name = draw(st.sampled_from(sorted(body)))
        value = draw(ODD)
        body |= draw(st.sampled_from([{name: value}, {f"dspace:{name}": value}, {name: [body[name]]}]))
    return json.dumps(body).encode()


@dataclass(frozen=True)
class Drawn:
    """A knock without its token and its pid, which only a running world knows."""

    method: str
    path: str
    part: str | None
    query: bytes
    headers: list[tuple[bytes, bytes]]
    chunks: list[bytes]
    known: bool


@st.composite
def knocks(draw: st.DrawFn) -> Drawn:
    post = draw(st.booleans())
    method = draw(st.sampled_from(["POST" if post else "GET"] * 6 + ["HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"]))
    body = draw(bodies()) if post else b""
    cut = draw(st.integers(0, len(body)))
    return Drawn(
        method,
        draw(st.sampled_from(POSTED if post else GOT)),
        draw(st.none() | PARTS),
        draw(st.just(b"") | QUERIES),
        draw(st.lists(st.tuples(NAMES, VALUES), max_size=3)),
        [part for part in (body[:cut], body[cut:]) if part],
        draw(st.booleans()),
    )


async def said(world: World, drawn: Drawn, pid: str) -> Heard:
    """What the provider answers to somebody who is a member, or nobody, about a negotiation that is another's."""
    headers = list(drawn.headers)
    if drawn.known:
        token = world[OUTSIDER].bearer(world.provider)
        headers = [(b"authorization", f"Bearer {token}".encode()), *headers]
    part = quote(pid if drawn.part is None else drawn.part, safe="")
    path = drawn.path.replace("{pid}", part)
    return await knock(app_of(world), Knock(drawn.method, path, drawn.query, headers, drawn.chunks))


def app_of(world: World) -> Any:
    return world.wire._apps[PORTS[PROVIDER]][1]


def check(drawn: Drawn, heard: Heard) -> None:
    busy = heard.status == 503 and "retry-after" in heard.headers
    # 501 is the word of the standard for a query by presentation definition (DCP 1.0, 5.4.1.1).
    unsupported = heard.status == 501 and drawn.path.endswith("/presentations/query")
    assert 200 <= heard.status < 500 or busy or unsupported, (drawn, heard)
    assert heard.read <= deps.MAX_BODY, drawn
    if heard.status >= 400 and heard.body and "json" in heard.headers["content-type"]:
        answer = json.loads(heard.body)
        assert answer.get("reason") or answer.get("detail"), (drawn, answer)


async def theirs(world: World, mine: str, other: str) -> list[Json]:
    return [await world.consumer.negotiation(mine), await world.provider.negotiation(other)]


async def test_nothing_that_knocks_makes_it_fail_or_wait_or_forget(world: World) -> None:
    mine, other = await opened(world)
    await world.admit(OUTSIDER)
    before = await theirs(world, mine, other)
    reached: set[int] = set()

    @settings(max_examples=MANY)
    @given(knocks())
    def fuzz(drawn: Drawn) -> None:
        heard = from_thread.run(said, world, drawn, other)
        reached.add(heard.status)
        check(drawn, heard)

    await to_thread.run_sync(fuzz)
    assert reached >= {200, 400, 401, 404}
    await world.quiet()
    assert await theirs(world, mine, other) == before
    assert world.provider.connector.store.suspended is None  # type: ignore[attr-defined]


@pytest.mark.parametrize("encoding", [None, b"gzip"])
async def test_a_body_without_end_is_read_no_further_than_a_message_goes(world: World, encoding: bytes | None) -> None:
    chunk = gzip.compress(bytes(10_000_000)) if encoding else b"x" * 65_536
    await world.admit(OUTSIDER)
    for path in POSTED:
        token = world[OUTSIDER].bearer(world.provider)
        headers = [(b"authorization", f"Bearer {token}".encode()), (b"transfer-encoding", b"chunked")]
        headers += [(b"content-encoding", encoding)] if encoding else []
        asked = Knock("POST", path.replace("{pid}", "urn:uuid:0"), headers=headers, chunks=itertools.repeat(chunk))
        heard = await knock(app_of(world), asked)
        assert 400 <= heard.status < 500, path
        assert heard.read <= deps.MAX_BODY + len(chunk), path
