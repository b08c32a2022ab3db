"""The door of the Dataspace Protocol: whatever is sent, the answer is the protocol's own, and never a 5xx."""

import copy
import json
from dataclasses import dataclass
from typing import Any

import pytest
from anyio import from_thread, to_thread
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.ids import new_iri
from connector.protocol.bindings import BINDINGS, Binding
from connector.protocol.versions import V2025_1, WELL_KNOWN
from connector.web.deps import MAX_BODY
from tests.support.wire import Json
from tests.support.world import CONSUMER, PROVIDER, Member, World

pytestmark = pytest.mark.anyio

CONTEXT = [V2025_1.context]
TEXT = st.text(st.characters(exclude_categories=[]), max_size=12)
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
    | st.sampled_from(["2026-13-45", "urn:uuid:0", "http://localhost:1/", "x" * 5000, "", 10**40]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


@dataclass(frozen=True)
class Recorded:
    """A message that was taken once: who said it to whom, where."""

    sender: str
    receiver: str
    path: str
    body: Json


async def conversation(world: World) -> list[Recorded]:
    """Each message of a whole thread, and of one that was broken off."""
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    await world.consumer.fetch(contract)
    begun = await world.consumer.post("/transfers", {"contract": contract})
    await world.quiet()
    await world.consumer.post(f"/transfers/{begun['id']}/suspension", {"reason": "pause"})
    await world.quiet()
    await world.provider.post(f"/contracts/{contract}/withdrawal", {"reason": "recall"})
    await world.quiet()
    return [
        Recorded(e.sender, e.receiver, e.url.removeprefix(world[e.receiver].protocol), json.loads(e.body))
        for e in world.wire.exchanges
        if e.method == "POST" and "/dsp/" in e.url and "/notices/log/" not in e.url
    ]


async def say(world: World, message: Recorded, body: bytes, *, token: str | None = None) -> tuple[int, Json]:
    return await world[message.sender].say(world[message.receiver], message.path, body, token=token)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to everything in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, part in inner for place in places(part, (*at, key)))]


@st.composite
def mutated(draw: st.DrawFn, messages: list[Recorded]) -> tuple[Recorded, Any]:
    """A message that was good, with one or two things in it changed, taken away or added."""
    message = draw(st.sampled_from(messages))
    body: Any = copy.deepcopy(message.body)
    if draw(st.booleans()):
        body["@id"] = new_iri()
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.sampled_from(places(body)))
        if not place:
            body = draw(ODD)
            break
        part = body
        for key in place[:-1]:
            part = part[key]
        what = draw(st.sampled_from(["change", "remove", "wrap", "add"]))
        if what == "change":
            part[place[-1]] = draw(ODD)
        elif what == "wrap":
            part[place[-1]] = draw(st.sampled_from([[part[place[-1]]], {"@value": part[place[-1]]}, [[]]]))
        elif what == "remove":
            del part[place[-1]]
        elif isinstance(part, dict):
            part[draw(TEXT)] = draw(ODD)
    return message, body


async def test_no_mutation_of_a_good_message_makes_it_fail(world: World) -> None:
    messages = await conversation(world)
    assert len({(m.body.get("@type") or "Notice") for m in messages}) >= 8

    @settings(max_examples=250)
    @given(mutated(messages))
    def fuzz(drawn: tuple[Recorded, Any]) -> None:
        message, body = drawn
        status, answer = from_thread.run(say, world, message, json.dumps(body).encode())
        # What is well-formed and leads us to a place where nobody listens is taken: the peer may come up.
        assert status < 500, (message.path, body, status, answer)
        if status >= 400 and "/notices" not in message.path:
            assert answer["@type"].endswith("Error"), answer
            assert answer["reason"], answer

    await to_thread.run_sync(fuzz)


async def test_no_bytes_make_it_fail(world: World) -> None:
    paths = [b.path.replace("{pid}", "urn:uuid:0") for b in BINDINGS] + ["/notices"]

    @settings(max_examples=80)
    @given(
        st.binary(max_size=60) | st.sampled_from([b"[" * 5000, b'{"a":' * 5000, b"1" * 5000]), st.sampled_from(paths)
    )
    def fuzz(body: bytes, path: str) -> None:
        message = Recorded(CONSUMER, PROVIDER, path, {})
        status, _ = from_thread.run(say, world, message, body)
        assert 400 <= status < 500, (path, body, status)

    await to_thread.run_sync(fuzz)


async def test_bodies_that_are_not_the_message(world: World) -> None:
    for binding in BINDINGS:
        await not_the_message(world, binding)


async def not_the_message(world: World, binding: Binding) -> None:
    name = binding.message.TYPE
    message = Recorded(CONSUMER, PROVIDER, binding.path.replace("{pid}", "urn:uuid:0"), {})
    for body in (
        b"",
        b"nonsense",
        b"\xff\xfe",
        b"[]",
        b'"text"',
        b"7",
        b"null",
        b'{"@type": 7}',
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        json.dumps({"@context": CONTEXT, "@type": "WeatherReport"}).encode(),
        json.dumps({"@context": CONTEXT, "@type": "TransferCompletionMessage2"}).encode(),
        json.dumps({"@type": name}).encode(),
        json.dumps({"@context": CONTEXT, "@type": name, "@id": ["x"]}).encode(),
        b'{"@type": "' + name.encode() + b'", "x": "' + b"x" * MAX_BODY + b'"}',
    ):
        status, answer = await say(world, message, body)
        assert 400 <= status < 500, body[:100]
        assert answer["@type"] == binding.protocol.value, body[:100]
        assert answer["reason"][0], body[:100]


async def test_a_message_at_the_place_of_another(world: World) -> None:
    messages = await conversation(world)
    for message in messages:
        for other in messages:
            if message.path != other.path and other.body.get("@type") and message.body.get("@type"):
                there = Recorded(message.sender, other.receiver, other.path, {})
                if there.sender == there.receiver or other.body["@type"] == message.body["@type"]:
                    continue
                status, answer = await say(world, there, json.dumps(message.body).encode())
                assert status == 400, (message.body["@type"], other.path)
                assert "is expected here" in answer["reason"][0]


async def test_wrong_pids(world: World) -> None:
    messages = [m for m in await conversation(world) if "consumerPid" in m.body and m.path.count("/") > 2]
    assert messages
    for message in messages:
        for name in ("consumerPid", "providerPid"):
            body = {**message.body, "@id": new_iri(), name: new_iri()}
            status, answer = await say(world, message, json.dumps(body).encode())
            assert (status, answer["@type"][-5:]) == (400, "Error"), (message.path, name)
        unknown = Recorded(message.sender, message.receiver, message.path.replace("urn:uuid:", "urn:uuid:0"), {})
        status, _ = await say(world, unknown, json.dumps(message.body).encode())
        assert status == 404


async def test_out_of_order(world: World) -> None:
    """Every message of a finished process, with a fresh `@id`: too late now, and nothing changes."""
    messages = await conversation(world)
    before = {name: await views(world[name]) for name in (CONSUMER, PROVIDER)}
    for message in messages:
        if message.path.count("/") > 2 and "@type" in message.body:
            body = {**message.body, "@id": new_iri()}
            status, answer = await say(world, message, json.dumps(body).encode())
            assert (status, answer["@type"][-5:]) == (400, "Error"), message.path
    await world.quiet()
    assert {name: await views(world[name]) for name in (CONSUMER, PROVIDER)} == before


async def views(member: Member) -> list[Any]:
    return [await member.get(path) for path in ("/negotiations", "/contracts", "/transfers")]


async def test_callback_addresses_that_we_do_not_go_to(world: World) -> None:
    first = next(m for m in await conversation(world) if m.path == "/negotiations/request")
    for address in (
        "ftp://x/",
        "http://example.org/dsp",
        "https://10.0.0.1/",
        "nonsense",
        "",
        "http://localhost:1/\n",
        "//x",
        "https://127。0。0。1/",
    ):
        body = {**first.body, "@id": new_iri(), "consumerPid": new_iri(), "callbackAddress": address}
        status, answer = await say(world, first, json.dumps(body).encode())
        assert (status, answer["@type"]) == (400, "ContractNegotiationError"), address


async def test_the_version_document_needs_no_token(world: World) -> None:
    answer = await world.wire.send(CONSUMER, "GET", world.provider.url + WELL_KNOWN, b"", {})
    document = json.loads(answer.body)
    assert answer.status == 200
    assert "@context" not in document
    assert document["protocolVersions"][0]["path"] == V2025_1.path


async def test_the_public_port_serves_nothing_else(world: World) -> None:
    for path in ("/", "/dsp", "/management/v1/self", "/docs", "/openapi.json", "/health", "/metrics"):
        answer = await world.wire.send(CONSUMER, "GET", world.provider.url + path, b"", {})
        assert (answer.status, answer.body) == (404, b""), path


async def test_the_did_document(world: World) -> None:
    for path in ("/.well-known/did.json", "/did.json"):
        answer = await world.wire.send(CONSUMER, "GET", world.provider.url + path, b"", {})
        document = json.loads(answer.body)
        assert (answer.status, document["id"]) == (200, world.provider.did)
        assert {s["type"] for s in document["service"]} >= {"DataService", "CredentialService", "NoticeService"}


async def test_filters_of_the_catalog(world: World) -> None:
    dataset = await world.provider.publish()
    message = Recorded(CONSUMER, PROVIDER, "/catalog/request", {})

    async def asked(filter_: Any) -> tuple[int, Json]:
        body = {"@context": CONTEXT, "@type": "CatalogRequestMessage", "filter": filter_}
        return await say(world, message, json.dumps(body).encode())

    status, catalog = await asked([{"q": "drying"}])
    assert (status, [d["@id"] for d in catalog["dataset"]]) == (200, [dataset])
    status, catalog = await asked([{"q": "aircraft"}])
    assert (status, catalog.get("dataset", [])) == (200, [])
    odd: list[list[Any]] = [[7], ["x"], [{"$where": {"a": 1}}], [[[]]], [{"q": 7}]]
    for filter_ in odd:
        status, answer = await asked(filter_)
        assert (status, answer["@type"]) == (400, "CatalogError"), filter_


async def test_who_asks_our_credential_service_shows_both_tokens(world: World) -> None:
    from connector.trust.tokens import mint_id_token

    url = world.consumer.url + "/credentials/presentations/query"
    scope = "org.eclipse.dspace.dcp.vc.type:MembershipCredential:read"
    query = {"@context": ["https://w3id.org/dspace-dcp/v1.0/dcp.jsonld"], "type": "PresentationQueryMessage"}
    body = json.dumps({**query, "scope": [scope]}).encode()
    me, asked = world.provider.connector.identity, world.consumer.connector.authenticator
    given = asked._access.give(world.provider.did)

    async def ask(access: str | None, body: bytes = body) -> tuple[int, Json]:
        token = mint_id_token(
            me.token_key, did=me.did, audience=world.consumer.did, now=world.clock.now(), access_token=access
        )
        answer = await world.wire.send(PROVIDER, "POST", url, body, {"Authorization": f"Bearer {token}"})
        return answer.status, json.loads(answer.body)

    status, answer = await ask(given)
    assert (status, len(answer["presentation"])) == (200, 1)
    other = asked._access.give(world.authority.did)
    tampered = given[:-2] + ("AA" if not given.endswith("AA") else "BB")
    for wrong in (None, "", "x", "a.b", "é.é", other, tampered, "." + given):
        status, _ = await ask(wrong)
        assert status == 401, wrong
    for nobody in (b"{}", b"[]", b"", json.dumps({**query, "scope": []}).encode(), json.dumps(query).encode()):
        status, _ = await ask(given, nobody)
        assert status == 400, nobody
    status, _ = await ask(given, json.dumps({**query, "presentationDefinition": {"id": "x"}}).encode())
    assert status == 501
    status, answer = await ask(given, json.dumps({**query, "scope": ["org.eclipse.x:Other:read"]}).encode())
    assert (status, answer["presentation"]) == (200, [])
    world.clock.turn(minutes=11)
    assert (await ask(given))[0] == 401
