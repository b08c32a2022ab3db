"""Catalog requests over HTTP: Link headers, gzip, tags; each participant's own."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from connector.protocol.versions import V2025_1
from connector.web.public import public_app
from tests.conformance.schemas import problems
from tests.support.catalogs import fill, published
from tests.support.shared import needs_shared
from tests.support.world import OUTSIDER, Member, World

pytestmark = pytest.mark.anyio
REQUEST = "/catalog/request"


class Visitor:
    """Somebody who asks the provider, with whatever headers."""

    def __init__(self, world: World, member: Member) -> None:
        self._world = world
        self._member = member
        provider = world.provider
        self._http = httpx.AsyncClient(
            transport=httpx.ASGITransport(public_app(provider.connector)), headers={"Accept-Encoding": "identity"}
        )

    async def ask(self, filter_: Any = None, *, url: str = "", **headers: str) -> httpx.Response:
        message = {"@context": [V2025_1.context], "@type": "CatalogRequestMessage"}
        body = message if filter_ is None else {**message, "filter": filter_}
        return await self._send("POST", url or self._world.provider.protocol + REQUEST, headers, body)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self._send("GET", self._world.provider.protocol + path, headers)

    async def _send(self, method: str, url: str, headers: dict[str, str], body: Any = None) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named["Authorization"] = f"Bearer {self._member.bearer(self._world.provider)}"
        return await self._http.request(method, url, headers=named, json=body)

    async def close(self) -> None:
        await self._http.aclose()


@pytest.fixture
async def visitor(world: World) -> AsyncIterator[Visitor]:
    """The consumer, before a provider with 250 data sets, 7 of them for another member alone."""
    await world.admit(OUTSIDER)
    provider = world.provider
    secret = [world[OUTSIDER].did]
    await fill(
        provider.connector.store,
        (published(n, provider.did, visible_to=secret if n % 40 == 3 else None) for n in range(250)),
    )
    made = Visitor(world, world.consumer)
    yield made
    await made.close()


@pytest.fixture
async def other(world: World, visitor: Visitor) -> AsyncIterator[Visitor]:
    """The other member."""
    made = Visitor(world, world[OUTSIDER])
    yield made
    await made.close()


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [dataset["@id"] for dataset in answer.json().get("dataset", [])]


def link(answer: httpx.Response, relation: str) -> str | None:
    found: str | None = answer.links.get(relation, {}).get("url")
    return found


async def test_links_lead_through_everything_and_back(world: World, visitor: Visitor) -> None:
    """Each Link in a header of its own, absolute, to the address that was asked; `previous` also by its registered name."""
    answers = [await visitor.ask()]
    while following := link(answers[-1], "next"):
        assert following.startswith(world.provider.protocol + REQUEST + "?continuationToken=")
        answers.append(await visitor.ask(url=following))
    assert [len(ids(answer)) for answer in answers] == [100, 100, 43]
    assert len({i for answer in answers for i in ids(answer)}) == 243
    assert [link(answer, "previous") is not None for answer in answers] == [False, True, True]
    assert answers[1].headers.get_list("link", split_commas=False) == [
        f'<{link(answers[1], "next")}>; rel="next"',
        f'<{link(answers[1], "previous")}>; rel="previous"',
        f'<{link(answers[1], "previous")}>; rel="prev"',
    ]
    before = await visitor.ask(url=link(answers[2], "previous") or "")
    assert ids(before) == ids(answers[1])


@needs_shared
async def test_every_page_is_a_catalog_of_the_standard(visitor: Visitor) -> None:
    """Also an empty one: no list without members."""
    for filter_ in (None, [{"keyword": "nothing of this name"}]):
        answer = await visitor.ask(filter_)
        assert problems(answer.json(), "catalog") == []
    assert "dataset" not in answer.json()


async def test_as_much_as_asked_for_within_bounds(visitor: Visitor) -> None:
    assert len(ids(await visitor.ask({"@type": "QuerySpec", "limit": 2}))) == 2
    answer = await visitor.ask({"@type": "QuerySpec", "limit": 2**31 - 1, "offset": 240})
    assert (len(ids(answer)), link(answer, "next")) == (3, None)
    first = await visitor.ask([{"keyword": "hall-3"}, {"limit": 1, "sortField": "issued", "sortOrder": "DESC"}])
    assert ids(first) == [f"urn:uuid:00000000-0000-4000-8000-{197:012}"]


async def test_a_cursor_is_for_one_participant_and_one_filter(world: World, visitor: Visitor, other: Visitor) -> None:
    filter_ = [{"mmd:process": "drying"}, {"limit": 5}]
    following = link(await visitor.ask(filter_), "next") or ""
    assert len(ids(await visitor.ask(filter_, url=following))) == 5
    strange = following[:-3] + "AAA"
    for who, asked, url in ((other, filter_, following), (visitor, None, following), (visitor, filter_, strange),
                            (visitor, filter_, f"{following}&continuationToken=x"),
                            (visitor, filter_, following.split("=")[0] + "=")):  # fmt: skip
        answer = await who.ask(asked, url=url)
        assert (answer.status_code, answer.json()["@type"]) == (400, "CatalogError")
        assert "continuationToken" in answer.json()["reason"][0]


async def test_what_is_not_understood_is_an_error_with_a_sentence(visitor: Visitor) -> None:
    for filter_, said in (
        ([{"colour": "red"}], "$.filter[0].colour"),
        ([{"operandLeft": "title", "operator": "~", "operandRight": "x"}], "$.filter[0].operator"),
        ({"@type": "QuerySpec", "offset": 100_000}, "Link"),
        (["x"], "$.filter[0]"),
    ):
        answer = await visitor.ask(filter_)
        assert (answer.status_code, answer.json()["@type"]) == (400, "CatalogError")
        assert said in answer.json()["reason"][0]
        assert "etag" not in answer.headers


async def test_the_same_is_the_same_bytes_and_the_same_tag(world: World, visitor: Visitor) -> None:
    first, again = await visitor.ask(), await visitor.ask()
    assert (first.content, first.headers["etag"]) == (again.content, again.headers["etag"])
    assert first.headers["cache-control"] == "private, no-cache"
    unchanged = await visitor.ask(If_None_Match=first.headers["etag"])
    assert (unchanged.status_code, unchanged.content, unchanged.headers["etag"]) == (412, b"", first.headers["etag"])
    assert link(unchanged, "next") == link(first, "next")
    assert (await visitor.ask([{"limit": 99}], If_None_Match=first.headers["etag"])).status_code == 200
    await world.provider.restart()
    later = Visitor(world, world.consumer)
    assert (await later.ask()).headers["etag"] == first.headers["etag"]
    await later.close()


async def test_a_tag_tells_nothing_about_what_others_are_shown(world: World, visitor: Visitor, other: Visitor) -> None:
    """Different for each reader, though both see the same; and not moved by what one is not shown."""
    dataset = "/catalog/datasets/urn:uuid:00000000-0000-4000-8000-000000000000"
    mine, theirs = await visitor.get(dataset), await other.get(dataset)
    assert mine.content == theirs.content
    assert mine.headers["etag"] != theirs.headers["etag"]
    assert (await other.get(dataset, If_None_Match=mine.headers["etag"])).status_code == 200
    before = [(await who.ask([{"keyword": "hall-7"}])).headers["etag"] for who in (visitor, other)]
    hidden = published(7 + 97 * 30, world.provider.did, visible_to=[world[OUTSIDER].did])
    await fill(world.provider.connector.store, iter([hidden]))
    after = [(await who.ask([{"keyword": "hall-7"}])).headers["etag"] for who in (visitor, other)]
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False]


async def test_a_data_set_is_not_sent_twice(world: World, visitor: Visitor) -> None:
    path = "/catalog/datasets/urn:uuid:00000000-0000-4000-8000-000000000000"
    tag = (await visitor.get(path)).headers["etag"]
    for asked in (tag, tag.removeprefix("W/"), f'"x", {tag}', "*"):
        answer = await visitor.get(path, If_None_Match=asked)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    for asked in ('W/"x"', tag.strip('W/"'), "", f'"{"x" * 5000}", {tag}'):
        assert (await visitor.get(path, If_None_Match=asked)).status_code == 200
    await world.provider.api.delete(f"/datasets/{path.rsplit('/', 1)[1]}")
    gone = await visitor.get(path, If_None_Match=tag)
    assert (gone.status_code, "etag" in gone.headers) == (404, False)


async def test_what_one_may_not_see_does_not_exist(world: World, visitor: Visitor, other: Visitor) -> None:
    """Not by page, not by its id, not by filter."""
    hidden = f"urn:uuid:00000000-0000-4000-8000-{43:012}"
    never = f"urn:uuid:00000000-0000-4000-8000-{999:012}"
    answers = [await visitor.get(f"/catalog/datasets/{identifier}") for identifier in (hidden, never)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    for filter_ in ([{"@id": hidden}], [{"keyword": "line-43"}], [{"q": "line-43"}]):
        assert ids(await visitor.ask(filter_)) == []
    assert (await other.get(f"/catalog/datasets/{hidden}")).status_code == 200
    assert ids(await other.ask([{"keyword": "line-43"}])) == [hidden]


ACCEPTED = {
    "gzip": True,
    "br, gzip;q=0.5": True,
    "*": True,
    "x-gzip": True,
    "identity": False,
    "gzip;q=0": False,
    "gzip; q=0.000, *": False,
    "br": False,
    "gzip-ish": False,
}


async def test_gzip_for_who_reads_it(visitor: Visitor) -> None:
    plain = await visitor.ask()
    for accepted, is_packed in ACCEPTED.items():
        answer = await visitor.ask(Accept_Encoding=accepted)
        assert (answer.headers.get("content-encoding") == "gzip") is is_packed, accepted
        assert answer.content == plain.content
        assert answer.headers["etag"] == plain.headers["etag"]
        assert answer.headers["vary"] == "Authorization, Accept-Encoding"
        assert not is_packed or int(answer.headers["content-length"]) < len(plain.content) / 5


async def test_processes_carry_tags_on_both_sides(world: World) -> None:
    """GET of a negotiation and of a transfer: 304 until something happens."""
    dataset = await world.provider.publish()
    pid = await world.consumer.begin(world.provider, dataset)
    await world.quiet()
    contract = (await world.consumer.negotiation(pid))["contract"]
    begun = await world.consumer.post("/transfers", {"contract": contract})
    await world.quiet()
    found = await world.consumer.negotiation(pid)
    moved = await world.consumer.get(f"/transfers/{begun['id']}")
    asked = [
        (world.consumer, world.provider, f"/negotiations/{found['providerPid']}"),
        (world.provider, world.consumer, f"/negotiations/{found['consumerPid']}"),
        (world.consumer, world.provider, f"/transfers/{moved['providerPid']}"),
        (world.provider, world.consumer, f"/transfers/{moved['consumerPid']}"),
    ]
    tags = []
    for asker, asks, path in asked:
        tag = await _tag(asker, asks, path)
        assert await _tag(asker, asks, path, tag) is None
        tags.append(tag)
    await world.consumer.post(f"/transfers/{begun['id']}/suspension", {"reason": "pause"})
    await world.quiet()
    again = [await _tag(asker, asks, path, tag) for (asker, asks, path), tag in zip(asked, tags, strict=True)]
    assert [tag is None for tag in again] == [True, True, False, False]


async def _tag(asker: Member, asks: Member, path: str, known: str | None = None) -> str | None:
    """The tag of an answer; None when nothing has changed since `known`."""
    headers = {"Authorization": f"Bearer {asker.bearer(asks)}", **({"If-None-Match": known} if known else {})}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(public_app(asks.connector))) as client:
        answer = await client.get(asks.protocol + path, headers=headers)
    if answer.status_code == 304:
        return None
    assert answer.status_code == 200, answer.text
    assert json.loads(answer.content)["@type"]
    return answer.headers["etag"]
