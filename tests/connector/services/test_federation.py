import json
from typing import Any

import pytest

from catalog.parse import parse_dataset
from connector.ports.network import PeerAnswer, PeerUnreachable
from connector.protocol.versions import VERSIONS, WELL_KNOWN
from connector.services.errors import Conflict, NotFound
from connector.services.federation import Federation
from connector.trust.did import DidDocument
from tests.support.wire import Json
from tests.support.world import World

pytestmark = pytest.mark.anyio

DID = "did:web:plant.example"
VERSION = {"version": "2025-1", "path": "/dsp/2025-1", "binding": "HTTPS"}


class Peer:
    """A participant as the network and as its own DID document."""

    def __init__(self, *services: tuple[str, str], **answers: Any) -> None:
        self.document = DidDocument.parse(
            {"id": DID, "service": [{"id": f"{DID}#{i}", "type": kind, "serviceEndpoint": url}
                                    for i, (kind, url) in enumerate(services)]}, DID)  # fmt: skip
        self.answers = answers
        self.asked: list[str] = []

    async def resolve(self, did: str, *, fresh: bool = False) -> DidDocument:
        return self.document

    def bearer(self, audience: str) -> str:
        return "token"

    async def get(self, url: str, token: str | None = None, **wanted: str | None) -> PeerAnswer:
        self.asked.append(url)
        found = next((a for ending, a in self.answers.items() if ending in url.replace("-", "_")), (404, b""))
        status, body = found if isinstance(found, tuple) else (200, found)
        return PeerAnswer(status, body if isinstance(body, bytes) else json.dumps(body).encode())

    async def post(self, url: str, body: bytes, token: str) -> PeerAnswer:
        return await self.get(url, token)

    async def fetch(self, url: str, token: str, body: bytes | None = None, *, known: str | None = None) -> PeerAnswer:
        return await self.get(url, token)


def federation(peer: Peer) -> Federation:
    return Federation(network=peer, authenticator=peer, store=None, versions=VERSIONS, me="did:web:us")  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["/dsp/2025-1", "dsp/2025-1", "/dsp/2025-1/"])
@pytest.mark.parametrize("root", ["https://plant.example", "https://plant.example/a/b"])
async def test_the_root_is_where_did_and_version_document_say(path: str, root: str) -> None:
    """The path of the version document is appended to the root, not to the host."""
    peer = Peer(("DataService", root + WELL_KNOWN), version={"protocolVersions": [{**VERSION, "path": path}]})
    found = federation(peer)
    assert (await found.root(DID)).url == root + "/dsp/2025-1"
    assert (await found.root(DID)).url == root + "/dsp/2025-1"
    assert peer.asked == [root + WELL_KNOWN]


async def test_a_catalog_service_stands_below_its_root() -> None:
    """Without a DataService the address of the catalog tells the root of its version."""
    peer = Peer(("CatalogService", "https://p/at/dsp/2025-1/catalog/"))
    assert (await federation(peer).root(DID)).url == "https://p/at/dsp/2025-1"
    assert peer.asked == []


async def test_a_single_version_need_not_be_a_list() -> None:
    peer = Peer(("DataService", "https://p" + WELL_KNOWN), version={"protocolVersions": VERSION})
    assert (await federation(peer).root(DID)).url == "https://p/dsp/2025-1"


@pytest.mark.parametrize(
    ("services", "version", "said"),
    [
        ([], {}, "names no DataService"),
        ([("CatalogService", "https://p/else")], {}, "names no DataService"),
        ([("DataService", "https://p" + WELL_KNOWN)], (500, b""), "answers 500"),
        ([("DataService", "https://p" + WELL_KNOWN)], b"<html>", "cannot be read"),
        ([("DataService", "https://p" + WELL_KNOWN)], [], "cannot be read"),
        ([("DataService", "https://p" + WELL_KNOWN)], {}, "nothing"),
        (
            [("DataService", "https://p" + WELL_KNOWN)],
            {"protocolVersions": [{"version": "2024-1", "path": "/"}, 7]},
            "in common: it offers 2024-1, we speak 2025-1",
        ),
    ],
)
async def test_a_root_that_cannot_be_found(services: list[tuple[str, str]], version: Any, said: str) -> None:
    with pytest.raises(PeerUnreachable, match=said):
        await federation(Peer(*services, version=version)).root(DID)


@pytest.mark.parametrize("answer", [(503, b"busy"), b"no", [], {"@type": 7}, b"[" * 9000, {"dataset": 7}])
async def test_a_catalog_that_cannot_be_read(answer: Any) -> None:
    peer = Peer(("DataService", "https://p" + WELL_KNOWN), version={"protocolVersions": [VERSION]}, catalog=answer)
    with pytest.raises(PeerUnreachable):
        await federation(peer).catalog(DID)


async def test_a_data_set_that_is_not_shown_to_us() -> None:
    peer = Peer(("DataService", "https://p" + WELL_KNOWN), version={"protocolVersions": [VERSION]}, datasets=(404, b""))
    with pytest.raises(NotFound):
        await federation(peer).dataset(DID, "urn:uuid:1")


def dataset(*offers: Json) -> Any:
    return parse_dataset({"@id": "urn:d", "@type": "Dataset", "hasPolicy": list(offers), "distribution": []})


def offer(name: str) -> Json:
    return {"@id": name, "@type": "Offer", "permission": [{"action": "use"}]}


def test_one_offer_is_chosen_and_of_several_one_must_be_named() -> None:
    found = federation(Peer())
    assert found.choose_offer(dataset(offer("urn:a")), None)["@id"] == "urn:a"
    assert found.choose_offer(dataset(offer("urn:a"), offer("urn:b")), "urn:b")["@id"] == "urn:b"
    with pytest.raises(Conflict, match="urn:a, urn:b"):
        found.choose_offer(dataset(offer("urn:a"), offer("urn:b")), None)
    for missing in (dataset(), dataset(offer("urn:a"))):
        with pytest.raises(NotFound):
            found.choose_offer(missing, "urn:c")


def test_an_id_that_says_that_it_is_a_digest_must_be_it() -> None:
    with pytest.raises(Conflict, match="altered"):
        federation(Peer()).choose_offer(dataset(offer("ni:///sha-256;AAAA")), None)


async def test_what_is_shown_is_ranked_and_whose_it_is_named(world: World) -> None:
    await world.provider.publish()
    found, asked = await world.consumer.connector.federation.search("drying", providers=[world.provider.did])
    assert [(e["provider"], e["providerName"]) for e in found] == [(world.provider.did, "Hanbit Drying")]
    assert [(a.provider, a.problem) for a in asked] == [(world.provider.did, None)]
    found, asked = await world.consumer.connector.federation.search("", providers=["did:web:nobody.example"])
    assert (found, bool(asked[0].problem)) == ([], True)
    # We do not ask ourselves.
    assert await world.consumer.connector.federation.search("", providers=[world.consumer.did]) == ([], [])
