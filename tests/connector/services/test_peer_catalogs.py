"""A peer's pages: followed to the end, within bounds, and not read again while they are the same."""

import json
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest

from connector.ports.network import PeerAnswer, PeerUnreachable
from connector.protocol.versions import V2025_1
from connector.services import peer_catalogs as module
from connector.services.errors import NotFound
from connector.services.peer_catalogs import PeerCatalogs
from tests.support.catalogs import fill, published
from tests.support.world import World

pytestmark = pytest.mark.anyio
DID, ROOT = "did:web:peer.example", "https://peer.example/dsp"
FIRST = f"{ROOT}/catalog/request"
CATALOG = {"@context": [V2025_1.context], "@id": "urn:c", "@type": "Catalog"}


def page(*datasets: Any, following: str | None = None, relation: str = "next", tag: str | None = None) -> PeerAnswer:
    body = {**CATALOG, "dct:title": "Peer", "dataset": list(datasets)}
    headers = {"link": f'<{following}>; rel="{relation}"'} if following else {}
    return PeerAnswer(200, json.dumps(body).encode(), etag=tag, headers=headers)


def dataset(number: int) -> dict[str, Any]:
    return {
        "@id": f"urn:{number}",
        "@type": "dcat:Dataset",
        "odrl:hasPolicy": {"@id": "a:b:c"},
        "dcat:distribution": [],
    }


@dataclass
class Peer:
    """Answers by address; what has a tag is not sent again."""

    answers: dict[str, Any]
    asked: list[tuple[str, str | None, bytes | None]] = field(default_factory=list)
    unchanged: int = 412

    async def fetch(self, url: str, token: str, body: bytes | None = None, *, known: str | None = None) -> PeerAnswer:
        assert token == f"token for {DID}"
        self.asked.append((url, known, body))
        found = self.answers.get(url, PeerAnswer(404, b""))
        if isinstance(found, Exception):
            raise found
        answer: PeerAnswer = found(len(self.asked)) if callable(found) else found
        return PeerAnswer(self.unchanged, b"") if known and known == answer.etag else answer


def reader(peer: Peer) -> PeerCatalogs:
    return PeerCatalogs(peer, lambda did: f"token for {did}")  # type: ignore[arg-type]


async def test_every_page_is_asked_for_with_the_same_body() -> None:
    peer = Peer({FIRST: page(dataset(1), following="?p=2"), FIRST + "?p=2": page(dataset(2), following=FIRST + "?p=3"),
                 FIRST + "?p=3": page(dataset(3), following=FIRST, relation="previous")})  # fmt: skip
    found = await reader(peer).read(DID, ROOT, V2025_1)
    assert ([d.id for d in found.datasets], found.name, found.problem) == (["urn:1", "urn:2", "urn:3"], "Peer", None)
    assert len({body for _, _, body in peer.asked}) == 1


async def test_as_eclipse_edc_answers() -> None:
    """One data set alone is no list, a catalog may have none, and ids that are no digests are taken as they are."""
    contexts = [V2025_1.context, "https://w3id.org/edc/dspace/v0.0.1"]
    peer = Peer({FIRST: PeerAnswer(200, json.dumps({**CATALOG, "@context": contexts, "dataset": dataset(1)}).encode())})
    assert [d.id for d in (await reader(peer).read(DID, ROOT, V2025_1)).datasets] == ["urn:1"]
    peer.answers[FIRST] = PeerAnswer(200, json.dumps({**CATALOG, "@context": contexts, "dataset": []}).encode())
    assert (await reader(peer).read(DID, ROOT, V2025_1)).datasets == ()


@pytest.mark.parametrize("unchanged", [304, 412])
async def test_what_is_the_same_is_not_read_again(unchanged: int) -> None:
    second = FIRST + "?p=2"
    peer = Peer({FIRST: page(dataset(1), following=second, tag='W/"1"'), second: page(dataset(2), tag='"2"')})
    peer.unchanged = unchanged
    catalogs = reader(peer)
    first = await catalogs.read(DID, ROOT, V2025_1)
    assert await catalogs.read(DID, ROOT, V2025_1) == first
    assert [known for _, known, _ in peer.asked] == [None, None, 'W/"1"', '"2"']
    peer.answers[second] = page(dataset(7), tag='"3"')
    assert [d.id for d in (await catalogs.read(DID, ROOT, V2025_1)).datasets] == ["urn:1", "urn:7"]
    peer.answers[FIRST] = page(dataset(9))  # no tag any more
    assert [d.id for d in (await catalogs.read(DID, ROOT, V2025_1)).datasets] == ["urn:9"]
    await catalogs.read(DID, ROOT, V2025_1)
    assert peer.asked[-1][1] is None


async def test_only_so_much_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT_BYTES", 300)
    roots = [f"https://peer.example/{n}" for n in range(3)]
    peer = Peer({f"{root}/catalog/request": page(dataset(n), tag='"1"') for n, root in enumerate(roots)})
    catalogs = reader(peer)
    for root in (*roots, roots[2], roots[0]):
        await catalogs.read(DID, root, V2025_1)
    assert [known for _, known, _ in peer.asked] == [None, None, None, '"1"', None]


@pytest.mark.parametrize(
    ("following", "said"),
    [
        ("https://elsewhere.example/catalog", "another address"),
        ("http://peer.example/dsp/catalog/request", "another address"),
        ("https://peer.example:22/", "another address"),
        ("file:///etc/passwd", "another address"),
        (FIRST, "in a circle"),
        (f"{ROOT}/gone", "answers 404"),
        (f"{ROOT}/down", "no line"),
        (f"{ROOT}/odd", "cannot be read"),
    ],
)
async def test_a_next_page_that_cannot_be_had(following: str, said: str) -> None:
    """What there is, is shown, and why it is not all."""
    answers = {FIRST: page(dataset(1), following=following), f"{ROOT}/down": PeerUnreachable("no line"),
               f"{ROOT}/odd": PeerAnswer(200, b"<html>")}  # fmt: skip
    peer = Peer(answers)
    found = await reader(peer).read(DID, ROOT, V2025_1)
    assert [d.id for d in found.datasets] == ["urn:1"]
    assert found.problem is not None
    assert found.problem.startswith("only 1 data sets are shown: ")
    assert said in found.problem
    assert len(peer.asked) <= 2


@pytest.mark.parametrize(
    ("bound", "value", "shown"), [("MAX_PAGES", 3, 3), ("MAX_DATASETS", 4, 4), ("MAX_BYTES", 600, 3)]
)
async def test_a_catalog_without_end(monkeypatch: pytest.MonkeyPatch, bound: str, value: int, shown: int) -> None:
    monkeypatch.setattr(module, bound, value)

    class Endless(dict[str, Any]):
        def get(self, url: str, default: Any = None) -> Any:
            return lambda n: page(dataset(n), following=f"?p={n}")

    found = await reader(Peer(Endless())).read(DID, ROOT, V2025_1)
    assert len(found.datasets) == shown
    assert "more than we take of one peer" in (found.problem or "")


async def test_a_peer_that_takes_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WITHIN", 0.0)
    with pytest.raises(PeerUnreachable, match="did not arrive within"):
        await reader(Slow({})).read(DID, ROOT, V2025_1)


class Slow(Peer):
    async def fetch(self, url: str, token: str, body: bytes | None = None, *, known: str | None = None) -> PeerAnswer:
        await anyio.sleep_forever()
        raise AssertionError


@pytest.mark.parametrize("answer", [(401, b""), (304, b""), (412, b""), (500, b"oops"), (200, b"[]"), (200, b"{}")])
async def test_a_first_page_that_cannot_be_had(answer: tuple[int, bytes]) -> None:
    with pytest.raises(PeerUnreachable, match=f"the catalog of {DID}"):
        await reader(Peer({FIRST: PeerAnswer(*answer)})).read(DID, ROOT, V2025_1)


async def test_one_data_set() -> None:
    url = f"{ROOT}/catalog/datasets/urn:a%2F1"
    peer = Peer({url: PeerAnswer(200, json.dumps(dataset(1)).encode(), etag='"1"')}, unchanged=304)
    catalogs = reader(peer)
    first = await catalogs.dataset(DID, ROOT, "urn:a/1")
    assert await catalogs.dataset(DID, ROOT, "urn:a/1") is first
    assert peer.asked == [(url, None, None), (url, '"1"', None)]
    with pytest.raises(NotFound, match="urn:b"):
        await catalogs.dataset(DID, ROOT, "urn:b")
    peer.answers[url] = PeerAnswer(200, b"{}")
    with pytest.raises(PeerUnreachable, match="urn:a/1 cannot be read"):
        await catalogs.dataset(DID, ROOT, "urn:a/1")


async def test_between_two_of_us(world: World) -> None:
    """All pages, packed; the second time nothing but 412."""
    provider, consumer = world.provider, world.consumer
    await fill(provider.connector.store, (published(n, provider.did) for n in range(230)))
    for _ in range(2):
        found, asked = await consumer.connector.federation.search("", providers=[provider.did])
        assert (len(found), asked[0].problem) == (230, None)
    exchanges = world.wire.of("CatalogRequestMessage")
    assert [exchange.status for exchange in exchanges] == [200, 200, 200, 412, 412, 412]
    await provider.publish()
    found, _ = await consumer.connector.federation.search("", providers=[provider.did])
    assert len(found) == 231
    # The others are as they were; the last one has one more.
    assert [exchange.status for exchange in world.wire.of("CatalogRequestMessage")[6:]] == [412, 412, 200]
