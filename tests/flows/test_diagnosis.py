"""Another connector is looked at from here; each quirk that a peer may show is named, and nothing stays behind there."""

import asyncio
import json
from collections.abc import Callable
from email.utils import format_datetime
from typing import Any

import pytest

from connector.services.diagnosis.addresses import read_peer
from connector.services.errors import BadRequest
from connector.trace import begin_trace
from tests.support.foreigner import CONTEXT, NAME, PORT, Foreigner
from tests.support.wire import Json
from tests.support.world import OUTSIDER, Member, World

pytestmark = pytest.mark.anyio

VERSIONS = "dspace-version"
CATALOG = "catalog/request"
DOCUMENT = "did.json"
UNKNOWN = "negotiations"
OPEN: Json = {"version": "2025-1", "path": "/dsp", "binding": "HTTPS"}


class Stranger(Foreigner):
    """A peer all of whose answers are as a test wants them, by the end of the address."""

    def __init__(self, world: World) -> None:
        super().__init__(world, services=("DataService",))
        self._document["service"].append(
            {"id": "#notices", "type": "NoticeService", "serviceEndpoint": f"{self.url}/notices"}
        )
        self.headers: dict[str, str] = {"date": format_datetime(world.clock.now()), "vary": "Accept-Encoding"}
        self.answers: dict[str, tuple[int, Any]] = {
            DOCUMENT: (200, self._document),
            VERSIONS: (200, {"protocolVersions": [dict(OPEN)]}),
            CATALOG: (200, {"@context": CONTEXT, "@type": "Catalog", "@id": "urn:uuid:1", "participantId": self.did}),
            UNKNOWN: (404, {}),
        }
        self.asked: list[tuple[str, str]] = []
        world.wire.listen(PORT, NAME, self._answer)

    @property
    def document(self) -> Json:
        return self._document

    @property
    def catalog(self) -> Json:
        found: Json = self.answers[CATALOG][1]
        return found

    @property
    def version(self) -> Json:
        found: Json = self.answers[VERSIONS][1]["protocolVersions"][0]
        return found

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        path = scope["path"]
        self.asked.append((scope["method"], path))
        token = dict(scope["headers"]).get(b"authorization", b"")
        status, body = next((told for end, told in self.answers.items() if end in path), (404, {}))
        if path.endswith(CATALOG) and status == 200 and b"nobody" in token:
            status, body = self.answers.get("stranger", (401, {"reason": ["who are you?"]}))
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})


async def diagnosed(member: Member, peer: str) -> Json:
    found: Json = await member.post("/diagnoses", {"peer": peer})
    return found


def told(found: Json) -> dict[str, bool | None]:
    return {check["id"]: check["ok"] for check in found["checks"]}


async def test_between_our_own_everything_works(world: World) -> None:
    await world.provider.publish()
    await world.consumer.agree(world.provider, (await world.provider.get("/datasets"))[0]["id"])
    found = await diagnosed(world.consumer, world.provider.did)
    assert found["ok"], found
    assert told(found) == {
        "versions": True,
        "did-document": True,
        "plain-http": None,
        "ourselves": True,
        "catalog": True,
        "identity-accepted": True,
        "clock-unknown": None,
        "membership": True,
        "heard": True,
    }
    assert (found["did"], found["protocolUrl"]) == (world.provider.did, world.provider.protocol)
    by_address = await diagnosed(world.consumer, world.provider.url + "/")
    assert told(by_address) == told(found)
    assert by_address["did"] == world.provider.did
    assert all(check["en"] and check["ko"] for check in found["checks"])
    assert (await world.consumer.get("/acts"))[0]["act"] == "diagnose-peer"


async def test_without_a_membership_we_are_refused(world: World) -> None:
    await world.join(OUTSIDER)
    found = await diagnosed(world[OUTSIDER], world.provider.did)
    assert not found["ok"]
    assert told(found)["no-own-membership"] is False
    assert told(found)["identity-refused"] is False
    [sentence] = [check["en"] for check in found["checks"] if check["id"] == "identity-refused"]
    assert "does not accept our identity (401): " in sentence


async def test_a_foreign_peer_without_quirks(world: World) -> None:
    stranger = Stranger(world)
    found = await diagnosed(world.consumer, stranger.did)
    assert found["ok"], found
    assert {name for name, ok in told(found).items() if ok is None} == {
        "plain-http",
        "catalog-empty",
        "membership-unseen",
        "never-heard",
    }
    assert told(found)["clock"] is True
    # Nothing was begun there.
    assert {path.rpartition("/")[2] for method, path in stranger.asked if method == "POST"} == {"request"}
    assert all(path.endswith(CATALOG) for method, path in stranger.asked if method == "POST")


def services(stranger: Stranger, **changed: str | None) -> None:
    """Let these services lie elsewhere, or (None) be missing."""
    listed = []
    for service in stranger.document["service"]:
        path = changed.get(service["type"], "")
        if path is not None:
            listed.append({**service, "serviceEndpoint": stranger.url + path} if path else service)
    stranger.document["service"] = listed


def dataset(stranger: Stranger, **more: Any) -> Json:
    policy = {"@id": "urn:uuid:3", "@type": "Offer", "permission": [{"action": "use"}]}
    return {"@id": "urn:uuid:2", "@type": "Dataset", "hasPolicy": [policy], "distribution": [], **more}


QUIRKS: dict[str, tuple[Callable[[Stranger], Any], str, bool | None]] = {
    "no DataService": (lambda s: services(s, DataService=None), "no-data-service", False),
    "a DataService at the catalog": (
        lambda s: services(s, DataService="/at/catalog"),
        "data-service-elsewhere",
        False,
    ),
    "no CredentialService": (lambda s: services(s, CredentialService=None), "no-credential-service", False),
    "no NoticeService": (lambda s: services(s, NoticeService=None), "no-notices", None),
    "no relationships": (lambda s: s.document.pop("capabilityInvocation"), "did-no-keys", False),
    "a document of another": (lambda s: s.document.update(id="did:web:other"), "did-unusable", False),
    "a web page for a document": (lambda s: s.answers.update({DOCUMENT: (200, b"<html>hello")}), "page", False),
    "no document": (lambda s: s.answers.update({DOCUMENT: (404, {})}), "status", False),
    "a redirect": (
        lambda s: (s.answers.update({VERSIONS: (308, b"")}), s.headers.update(location="/elsewhere")),
        "redirect",
        False,
    ),
    "versions protected": (lambda s: s.answers.update({VERSIONS: (401, {})}), "versions-protected", False),
    "a web page for versions": (lambda s: s.answers.update({VERSIONS: (200, b" <!doctype html>")}), "page", False),
    "no JSON for versions": (lambda s: s.answers.update({VERSIONS: (200, b"{")}), "no-json", False),
    "no list of versions": (lambda s: s.answers.update({VERSIONS: (200, [])}), "versions-shape", False),
    "another version": (lambda s: s.version.update(version="2024/1"), "versions-none", False),
    "a path with a slash at its end": (lambda s: s.version.update(path="/dsp/"), "versions-path", None),
    "a path without a slash": (lambda s: s.version.update(path="dsp"), "versions-path", None),
    "another binding": (lambda s: s.version.update(binding="HTTP"), "versions-binding", None),
    "another proof of identity": (lambda s: s.version.update(auth={"protocol": "OAuth2"}), "versions-auth", None),
    "a version twice": (
        lambda s: s.answers.update({VERSIONS: (200, {"protocolVersions": [OPEN, OPEN]})}),
        "versions-several",
        None,
    ),
    "identity refused": (
        lambda s: s.answers.update({CATALOG: (401, {"reason": ["no such audience"]})}),
        "identity-refused",
        False,
    ),
    "an error for a catalog": (lambda s: s.answers.update({CATALOG: (500, b"<h1>Oops</h1>")}), "status", False),
    "a catalog that is none": (
        lambda s: s.answers.update({CATALOG: (200, {"@type": "Shop"})}),
        "catalog-unreadable",
        False,
    ),
    "a catalog that is a number": (lambda s: s.answers.update({CATALOG: (200, 5)}), "catalog-unreadable", False),
    "expanded": (
        lambda s: s.answers.update({CATALOG: (200, [{"@type": ["http://www.w3.org/ns/dcat#Catalog"]}])}),
        "catalog-expanded",
        None,
    ),
    "context as a text": (lambda s: s.catalog.update({"@context": CONTEXT[0]}), "catalog-context-string", None),
    "prefixes": (lambda s: s.catalog.update({"dcat:dataset": []}), "catalog-prefixed", None),
    "empty lists": (lambda s: s.catalog.update(service=[]), "catalog-empty-lists", None),
    "a single value": (lambda s: s.catalog.update(dataset=dataset(s)), "catalog-single-values", None),
    "types missing": (
        lambda s: s.catalog.update(dataset=[dataset(s, hasPolicy=[{"@id": "urn:uuid:3", "permission": []}])]),
        "catalog-untyped",
        None,
    ),
    "no participantId": (lambda s: s.catalog.pop("participantId"), "catalog-no-participant", None),
    "another participantId": (lambda s: s.catalog.update(participantId="BPNL1"), "catalog-other-participant", False),
    "no gzip": (lambda s: s.headers.pop("vary"), "catalog-unpacked", None),
    "rel prev": (lambda s: s.headers.update(link='</c?p=1>; rel="prev"'), "catalog-prev-link", None),
    "open to strangers": (
        lambda s: s.answers.update({"stranger": s.answers[CATALOG]}),
        "open-to-strangers",
        None,
    ),
    "500 for strangers": (lambda s: s.answers.update({"stranger": (500, {})}), "strangers-status", None),
    "401 for what is unknown": (lambda s: s.answers.update({UNKNOWN: (401, {})}), "unknown-status", None),
    "a clock that is off": (
        lambda s: s.headers.update(date="Mon, 23 Nov 2026 08:00:00 GMT"),
        "clock-off",
        False,
    ),
    "no clock": (lambda s: s.headers.pop("date"), "clock-unknown", None),
    "a date that is none": (lambda s: s.headers.update(date="yesterday"), "clock-unknown", None),
}


async def test_each_quirk_is_named(world: World) -> None:
    unnamed = {}
    for quirk, (alter, name, ok) in QUIRKS.items():
        stranger = Stranger(world)
        alter(stranger)
        found = await diagnosed(world.consumer, stranger.did)
        assert found["ok"] is (False not in told(found).values())
        if told(found).get(name, "missing") is not ok:
            unnamed[quirk] = found["checks"]
    assert unnamed == {}


async def test_by_its_address_it_is_found_too(world: World) -> None:
    stranger = Stranger(world)
    stranger.version["serviceId"] = stranger.did + "#connector"
    found = await diagnosed(world.consumer, f"{stranger.url}/at/.well-known/{VERSIONS}")
    assert (found["did"], found["protocolUrl"]) == (stranger.did, f"{stranger.url}/at/dsp")
    del stranger.version["serviceId"]
    found = await diagnosed(world.consumer, f"{stranger.url}/")
    assert told(found)["did-guessed"] is None
    found = await diagnosed(world.consumer, f"{stranger.url}/.well-known/did.json")
    assert found["did"] == stranger.did


async def test_what_earlier_conversations_showed(world: World) -> None:
    """It answers 200 to what begins a process, and an error as a page."""
    stranger = Stranger(world)
    named = stranger.did.replace("%", "%25")
    put = await world.consumer.api.put(f"/peers/{named}", json={"mayNotSign": True, "reason": "old"})
    assert put.is_success, put.text
    network = world.consumer.connector.diagnosis._network
    bearer = world.consumer.connector.authenticator.bearer(stranger.did)
    begin_trace(process="urn:uuid:9")
    stranger.answers["negotiations"] = (200, {})
    await network.post(f"{stranger.url}/at/dsp/negotiations/request", b'{"@type":"ContractRequestMessage"}', bearer)
    for status, body in ((409, {}), (502, b"<html>gateway")):
        stranger.answers["negotiations"] = (status, body)
        await network.post(f"{stranger.url}/at/dsp/negotiations/1/events", b"{}", bearer)
    stranger.answers["negotiations"] = (404, {})
    found = await diagnosed(world.consumer, stranger.did)
    shown = told(found)
    assert [shown[name] for name in ("begins-with-200", "conflicts", "errors-as-pages", "excepted")] == [None] * 4


async def test_who_cannot_be_found(world: World) -> None:
    for peer, name in (
        ("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", "did-method"),
        ("did:web:10.0.0.2", "did-address"),
        ("did:web:localhost%3A9999", "unreachable"),
        ("http://localhost:9999", "unreachable"),
    ):
        found = await diagnosed(world.consumer, peer)
        assert told(found)[name] is False, peer
        assert not found["ok"]
        assert found["protocolUrl"] is None


async def test_what_is_no_peer_at_all(world: World) -> None:
    for peer in ["", "x", "ftp://peer.example", "did:", "did:web:", "localhost", "did:web:a b", "x" * 2048]:
        answer = await world.consumer.api.post("/diagnoses", json={"peer": peer})
        assert answer.status_code in (400, 422), peer


@pytest.mark.parametrize(
    "text", ["did:web:a?b", "https://a b/did.json", "http://user:pass@a/did.json", "https://" + "a" * 3000]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(BadRequest):
        read_peer(text)


async def test_a_slow_peer_is_told_as_such(world: World) -> None:
    stranger = Stranger(world)
    world.wire.disturb("hold", f"GET {VERSIONS}", to=NAME)
    held = world.wire.disturb("hold", "", to=NAME, times=0)
    world.consumer.connector.diagnosis._within = 0.05
    found = await diagnosed(world.consumer, stranger.did)
    assert told(found)["slow"] is False
    held.release.set()
    await asyncio.sleep(0)


async def test_an_auditor_may_not_make_us_ask(world: World) -> None:
    async with world.consumer.client(world.consumer.token("kim", "auditor")) as api:
        assert (await api.post("/diagnoses", json={"peer": world.provider.did})).status_code == 403
