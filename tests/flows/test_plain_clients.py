"""A client that knows HTTP, a token, and no header of ours (decision 5, 15; RFC 9110, RFC 9530)."""

import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from connector.web.public import public_app
from tests.support.foreigner import Foreigner
from tests.support.world import PURPOSE, TABLE, World

pytestmark = pytest.mark.anyio

DIGEST = hashlib.sha256(TABLE).hexdigest()
REPR = f"sha-256=:{base64.b64encode(bytes.fromhex(DIGEST)).decode()}:"


@dataclass
class Plain:
    """Any HTTP client with the token of a TransferStart."""

    world: World
    http: httpx.AsyncClient
    url: str
    token: str
    contract: str

    async def ask(self, method: str = "GET", **headers: str) -> httpx.Response:
        sent = {"Authorization": f"Bearer {self.token}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return await self.http.request(method, self.url, headers=sent)

    async def uses(self) -> int:
        """Counted so far."""
        return int((await self.world.provider.contract(self.contract))["usesReserved"])


async def open_plain(world: World, **terms: Any) -> Plain:
    """A participant of another make, with a started transfer."""
    foreigner = Foreigner(world)
    dataset = await world.provider.publish(**terms)
    contract = await foreigner.agree(world.provider, dataset)
    url, token = await foreigner.pull(world.provider, contract)
    transport = httpx.ASGITransport(public_app(world.provider.connector))
    return Plain(world, httpx.AsyncClient(transport=transport), url, token, contract)


@pytest.fixture
async def plain(world: World) -> AsyncIterator[Plain]:
    """With the usual terms: one purpose, three uses."""
    made = await open_plain(world)
    yield made
    await made.http.aclose()


async def test_the_whole(plain: Plain) -> None:
    answer = await plain.ask(Want_Repr_Digest="sha-512=9", Accept_Encoding="gzip")
    assert (answer.status_code, answer.content) == (200, TABLE)
    headers = answer.headers
    assert (headers["repr-digest"], headers["content-digest"]) == (REPR, REPR)
    assert (headers["cache-control"], headers["accept-ranges"]) == ("no-store", "bytes")
    assert headers["etag"] == f'"sha256:{DIGEST};{headers["mmd-delivery"].removeprefix("urn:uuid:")}"'
    assert "content-encoding" not in headers
    (delivery,) = (await plain.world.provider.contract(plain.contract))["deliveries"]
    assert (delivery["id"], delivery["state"], delivery["person"]) == (headers["mmd-delivery"], "complete", None)
    assert delivery["purpose"].endswith(PURPOSE)


async def test_each_whole_is_a_use(plain: Plain) -> None:
    answers = [await plain.ask() for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 403]
    assert len({a.headers["etag"] for a in answers[:3]}) == 3
    assert (answers[3].json()["clause"], answers[3].headers["cache-control"]) == ("count", "no-store")
    assert await plain.uses() == 3


async def test_a_resume_belongs_to_its_delivery(plain: Plain) -> None:
    first, second = await plain.ask(), await plain.ask()
    for answer in (first, second):
        rest = await plain.ask(Range="bytes=1000-", If_Range=answer.headers["etag"])
        assert (rest.status_code, rest.content) == (206, TABLE[1000:])
        assert rest.headers["content-range"] == f"bytes 1000-{len(TABLE) - 1}/{len(TABLE)}"
        assert (rest.headers["etag"], rest.headers["repr-digest"]) == (answer.headers["etag"], REPR)
        assert rest.headers["mmd-delivery"] == answer.headers["mmd-delivery"]
        assert "content-digest" not in rest.headers
    rest = await plain.ask(Range=f"bytes=3000-{len(TABLE) + 5}", If_Match=first.headers["etag"])
    assert (rest.status_code, rest.content) == (206, TABLE[3000:])
    assert await plain.uses() == 2


async def test_views_of_one_delivery_are_bounded(plain: Plain) -> None:
    etag = (await plain.ask()).headers["etag"]
    again = [(await plain.ask(If_Match=etag)).status_code for _ in range(2)]
    assert again == [200, 403]
    assert await plain.uses() == 1


@pytest.mark.parametrize("start", ["bytes=10-", "bytes=0-"])
async def test_a_range_of_nobody_knows_what(plain: Plain, start: str) -> None:
    answer = await plain.ask(Range=start)
    # From the first byte on is the whole.
    assert answer.status_code == (200 if start == "bytes=0-" else 428)
    assert await plain.uses() == (1 if start == "bytes=0-" else 0)


async def test_a_mismatch_is_never_answered_with_the_whole(plain: Plain) -> None:
    etag = (await plain.ask()).headers["etag"]
    unknown = f'"sha256:{DIGEST};00000000-0000-4000-8000-000000000000"'
    other = etag.replace(DIGEST, "0" * 64)
    for tag in (unknown, other, f'"sha256:{DIGEST}"', f"W/{etag}", "Mon, 23 Nov 2026 07:00:00 GMT", '"x"', ""):
        assert (await plain.ask(Range="bytes=10-", If_Range=tag)).status_code == 412, tag
    for tag in (unknown, other, f"W/{etag}", '"x"', ""):
        assert (await plain.ask(If_Match=tag)).status_code == 412, tag
    assert await plain.uses() == 1


@pytest.mark.parametrize(
    "asked", ["bytes=-10", "bytes=0-10", "bytes=0-1,5-9", "bytes=5-2", "lines=1-", "bytes", f"bytes={len(TABLE)}-"]
)
async def test_ranges_that_are_not_served(plain: Plain, asked: str) -> None:
    etag = (await plain.ask()).headers["etag"]
    answer = await plain.ask(Range=asked, If_Range=etag)
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(TABLE)}")
    assert await plain.uses() == 1


async def test_looking_is_no_use(plain: Plain) -> None:
    looked = await plain.ask("HEAD")
    assert (looked.status_code, looked.content, looked.headers["content-length"]) == (200, b"", str(len(TABLE)))
    assert (looked.headers["repr-digest"], looked.headers["etag"]) == (REPR, f'"sha256:{DIGEST}"')
    for method in ("GET", "HEAD"):
        for tag in (looked.headers["etag"], f'"x", W/"sha256:{DIGEST}"', "*"):
            same = await plain.ask(method, If_None_Match=tag)
            assert (same.status_code, same.content) == (304, b""), tag
    assert await plain.uses() == 0
    got = await plain.ask(If_None_Match='"other"', If_Match=looked.headers["etag"])
    assert got.status_code == 200
    assert (await plain.ask(If_None_Match=got.headers["etag"])).status_code == 304
    assert await plain.uses() == 1


async def test_nothing_is_told_without_the_token(plain: Plain) -> None:
    for method in ("GET", "HEAD"):
        for header in ("Bearer x", f"DPoP {plain.token}", plain.token, ""):
            answer = await plain.http.request(method, plain.url, headers={"Authorization": header})
            assert (answer.status_code, "etag" in answer.headers) == (401, False)
        answer = await plain.http.request(method, plain.url + "x", headers={"Authorization": f"Bearer {plain.token}"})
        assert answer.status_code == 401
    assert (await plain.http.post(plain.url, content=b"x")).status_code == 405


async def test_looking_is_refused_when_nothing_may_flow(plain: Plain) -> None:
    await plain.world.provider.post(f"/contracts/{plain.contract}/withdrawal", {"reason": "recalled"})
    for method in ("GET", "HEAD"):
        assert (await plain.ask(method)).status_code == 403
    assert "recalled" in (await plain.ask()).json()["detail"]
    assert (await plain.ask(If_None_Match="*")).status_code == 403


@pytest.mark.parametrize("purposes", [[PURPOSE, "research"], []])
async def test_only_where_the_contract_fixes_the_purpose(world: World, purposes: list[str]) -> None:
    plain = await open_plain(world, purposes=purposes, count=3)
    answer = await plain.ask()
    assert (answer.status_code, answer.json()["clause"]) == (403, "purpose")
    assert "Mmd-Purpose" in answer.json()["detail"]
    named = {"Mmd_Delivery": "urn:uuid:00000000-0000-4000-8000-000000000001", "Mmd_Purpose": PURPOSE}
    assert (await plain.ask(**named)).status_code == 200
    assert await plain.uses() == 1
    await plain.http.aclose()
