"""The management API: who may do what, and what it says when something is wrong."""

import json
import re
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from anyio import from_thread, to_thread
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.wire import Json
from tests.support.world import ANSWERS, TABLE, Member, World

pytestmark = pytest.mark.anyio

Operation = tuple[str, str, Json]
FEW = settings(max_examples=80)
TEXT = st.text(st.characters(exclude_categories=[]), max_size=20)
"""Lone surrogates too: JSON can say them, UTF-8 cannot."""
SOMETHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def operations(member: Member) -> list[Operation]:
    """Every method and path of the API, and how it is described."""
    spec = member.app.openapi()
    return [
        (method.upper(), path, described)
        for path, methods in spec["paths"].items()
        for method, described in methods.items()
        if path.startswith("/management/v1/")
    ]


def url(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "urn:uuid:0", path.removeprefix("/management/v1"))


def is_problem(answer: httpx.Response) -> Json:
    """The RFC 9457 problem that an answer must be."""
    assert answer.headers["content-type"] == "application/problem+json", (answer.status_code, answer.text)
    told: Json = answer.json()
    assert set(told) >= {"type", "title", "status", "detail"}
    assert told["status"] == answer.status_code
    assert told["detail"]
    return told


async def test_every_route_refuses_without_a_token(world: World) -> None:
    bodies: list[Json] = [{}, {"content": b"{", "headers": {"Content-Type": "application/json"}}]
    async with world.provider.client(None) as stranger, world.provider.client("wrong") as liar:
        assert (await liar.get("/self")).status_code == 401
        for method, path, _ in operations(world.provider):
            for body in bodies:
                answer = await stranger.request(method, url(path), **body)
                assert answer.status_code == 401, (method, path, answer.text)
                assert is_problem(answer)["title"] == "who are you?"
                assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert (await stranger.get("http://management/metrics")).status_code == 401
        assert (await stranger.get("http://management/health")).json() == {"status": "ok", "problem": None}


async def test_a_stranger_s_body_is_not_read(world: World) -> None:
    read = 0

    async def endless() -> Any:
        nonlocal read
        while read < 10_000_000:
            read += 100_000
            yield b"x" * 100_000

    async with world.provider.client(None) as stranger:
        headers = {"Content-Type": "application/json"}
        answer = await stranger.post("/negotiations", content=endless(), headers=headers)
        assert answer.status_code == 401
    assert read <= 200_000


async def test_an_auditor_reads_and_writes_nothing(world: World) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    async with world.provider.client(world.provider.token("lee", "auditor")) as auditor:
        for method, path, _ in operations(world.provider):
            if method != "GET":
                answer = await auditor.request(method, url(path), json={})
                assert answer.status_code == 403, (method, path, answer.text)
                assert "'lee' has the role auditor" in is_problem(answer)["detail"]
        for path in ("/self", "/contracts", "/negotiations", "/datasets", "/acts", "/log", "/settings", "/peers"):
            assert (await auditor.get(path)).is_success, path
        evidence = await auditor.get(f"/contracts/{contract}/evidence")
        assert evidence.headers["content-type"] == "application/zip"
        assert (await auditor.get("http://management/metrics")).is_success
    (act,) = (a for a in await world.provider.get("/acts") if a["act"] == "export-evidence")
    assert (act["name"], act["role"], act["object"]) == ("lee", "auditor", contract)


async def test_the_received_data_is_not_for_auditors(world: World) -> None:
    dataset = await world.provider.publish()
    delivery = await world.consumer.fetch(await world.consumer.agree(world.provider, dataset))
    async with world.consumer.client(world.consumer.token("lee", "auditor")) as auditor:
        assert (await auditor.get(f"/deliveries/{delivery['id']}")).is_success
        assert (await auditor.get(f"/deliveries/{delivery['id']}/content")).status_code == 403


async def test_a_clerk_trades_and_does_not_decide_who_we_are(world: World) -> None:
    async with world.provider.client(world.provider.token("kim", "clerk")) as clerk:
        upload = await clerk.put("/uploads", params={"name": "x.csv"}, content=TABLE)
        assert upload.status_code == 201
        for method, path in (("POST", "/membership-requests"), ("PUT", "/membership"), ("POST", "/members")):
            assert (await clerk.request(method, path, json={})).status_code == 403, path


async def test_a_removed_token_is_refused_at_once(world: World) -> None:
    from connector.founding import remove_token

    token = world.provider.token("kim", "clerk")
    async with world.provider.client(token) as clerk:
        assert (await clerk.get("/tokens-of-caller")).json() == {"name": "kim", "role": "clerk", "person": "kim"}
        remove_token(world.provider.directory, "kim")
        assert (await clerk.get("/tokens-of-caller")).status_code == 401


async def test_every_act_bears_the_name_of_who_did_it(world: World) -> None:
    member = world.consumer
    dataset = await world.provider.publish()
    async with member.client(member.token("kim", "clerk")) as clerk:
        begun = (await clerk.post("/negotiations", json={"provider": world.provider.did, "dataset": dataset})).json()
        await world.quiet()
        contract = (await clerk.get(f"/negotiations/{begun['id']}")).json()["contract"]
        body = {"contract": contract, "purpose": "quality-prediction"}
        delivery = (await clerk.post("/deliveries", json=body)).json()
        await world.quiet()
        await clerk.post(f"/contracts/{contract}/withdrawal", json={"reason": "done"})
    by_kim = {a["act"]: a["object"] for a in await member.get("/acts") if a["name"] == "kim"}
    assert by_kim == {"negotiate": begun["id"], "fetch": delivery["id"], "withdraw-contract": contract}


async def test_acts_are_shown_within_bounds(world: World) -> None:
    for limit, status in (("1", 200), ("1000", 200), ("0", 400), ("-1", 400), ("1001", 400), ("9" * 30, 400)):
        answer = await world.provider.api.get("/acts", params={"limit": limit})
        assert answer.status_code == status, limit
    assert len((await world.provider.api.get("/acts", params={"limit": 1})).json()) == 1


async def test_the_page_describes_every_call_with_examples(world: World) -> None:
    spec = world.provider.app.openapi()
    assert (await world.provider.api.get("http://management/docs")).is_success
    assert spec["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    for method, path, described in operations(world.provider):
        assert described["description"], (method, path)
        assert described["tags"], (method, path)
        assert described["security"] == [{"HTTPBearer": []}], (method, path)
        if "requestBody" in described:
            (content,) = described["requestBody"]["content"].values()
            schema = spec["components"]["schemas"][content["schema"]["$ref"].rsplit("/", 1)[-1]]
            assert has_examples(schema), (method, path)


def has_examples(schema: Json) -> bool:
    """An example of the whole, or of each part that has no default."""
    if schema.get("examples"):
        return True
    return all(schema["properties"][name].get("examples") for name in schema.get("required", []))


async def test_the_examples_are_such_as_the_api_takes(world: World) -> None:
    spec = world.provider.app.openapi()
    for method, path, described in operations(world.provider):
        if "requestBody" not in described:
            continue
        (content,) = described["requestBody"]["content"].values()
        schema = spec["components"]["schemas"][content["schema"]["$ref"].rsplit("/", 1)[-1]]
        example = (schema.get("examples") or [{}])[0]
        example = example or {n: p["examples"][0] for n, p in schema["properties"].items() if p.get("examples")}
        answer = await world.provider.api.request(method, url(path), json=example)
        assert answer.status_code != 400 or "body" not in answer.json()["detail"], (method, path, answer.text)
        assert answer.status_code < 500 or answer.status_code == 502, (method, path, answer.text)


async def test_unknown_members_and_addresses_are_named(world: World) -> None:
    api = world.provider.api
    answer = await api.post("/negotiations", json={"provider": "did:web:x", "dataset": "y", "color": 1})
    assert "color" in is_problem(answer)["detail"]
    assert is_problem(await api.get("/nothing"))["status"] == 404
    assert is_problem(await api.delete("/self"))["status"] == 405
    for path in ("/negotiations/x", "/contracts/x", "/deliveries/x", "/datasets/x", "/transfers/x"):
        assert is_problem(await api.get(path))["status"] == 404
    for path in ("/negotiations/x?wait=-1", "/negotiations/x?wait=61", "/negotiations/x?wait=soon"):
        assert is_problem(await api.get(path))["status"] == 400
    assert is_problem(await api.get("/trust", params={"authority": "did:web:nobody.example"}))["status"] == 404
    assert is_problem(await api.post("/members", json={"request": {}}))["status"] == 403


async def test_bodies_that_cannot_be_read(world: World) -> None:
    headers = {"Content-Type": "application/json"}
    for content, status in (
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"null", 400),
        (b"\xff\xfe", 400),
        (b'{"provider": NaN}', 400),
        (b"[" * 100_000, 400),
        (b'{"provider": "' + b"x" * 1_100_000 + b'"}', 413),
    ):
        answer = await world.provider.api.post("/negotiations", content=content, headers=headers)
        assert is_problem(answer)["status"] == status, content[:40]


async def test_a_body_that_goes_on_for_ever(world: World) -> None:
    async def endless() -> Any:
        while True:
            yield b" " * 100_000

    headers = {"Content-Type": "application/json"}
    answer = await world.provider.api.post("/negotiations", content=endless(), headers=headers)
    assert is_problem(answer)["status"] in (400, 413)


async def test_the_membership_of_another_company_is_not_kept(world: World) -> None:
    theirs = await world.authority.get("/members")
    assert {m["did"] for m in theirs} == {world.provider.did, world.consumer.did}
    member = await world.consumer.connector.memberships.own()
    assert member is not None
    for credential in (member.jwt, "nonsense", "a.b.c", ""):
        answer = await world.provider.api.put("/membership", json={"credential": credential})
        assert is_problem(answer)["status"] == 422
    request = await world.provider.post("/membership-requests", {"authority": world.consumer.did})
    answer = await world.authority.api.post("/members", json={"request": request})
    assert is_problem(answer)["status"] == 422


async def test_metrics(world: World) -> None:
    dataset = await world.provider.publish()
    await world.consumer.agree(world.provider, dataset)
    text = (await world.provider.api.get("http://management/metrics")).text
    figures = dict(line.split(" ") for line in text.splitlines() if not line.startswith("#"))
    disk = {name for name in figures if name.startswith("mmd_disk_")}
    assert {name.partition("{")[0] for name in disk} == {"mmd_disk_free_bytes", "mmd_disk_usable_bytes"}
    assert {name: float(value) for name, value in figures.items() if name not in disk} == {
        "mmd_contracts": 1,
        "mmd_negotiations": 1,
        "mmd_transfers": 0,
        "mmd_datasets": 1,
        "mmd_deliveries_complete": 0,
        "mmd_log_entries": 5,  # the acts of our people among them
        "mmd_outbox_waiting": 0,
        "mmd_uses_running": 0,
    }


async def test_a_trace_id_goes_through(world: World) -> None:
    api = world.provider.api
    assert (await api.get("/self", headers={"X-Trace-Id": "abc-123"})).headers["X-Trace-Id"] == "abc-123"
    for own in ("x" * 100, "a b", "<script>"):
        assert (await api.get("/self", headers={"X-Trace-Id": own})).headers["X-Trace-Id"] != own


async def test_settings_show_nothing_secret(world: World) -> None:
    await world.provider.stop()
    file = world.provider.directory / "settings.toml"
    file.write_text(file.read_text() + 'outbound_proxy = "http://user:secret@proxy.example:3128"\n')
    await world.provider.start()
    shown = await world.provider.get("/settings")
    assert "secret" not in json.dumps(shown)
    by_name = {entry["name"]: entry for entry in shown["settings"]}
    assert by_name["outbound_proxy"]["value"] == "(set)"
    assert by_name["outbound_proxy"]["source"] == "settings.toml"
    assert by_name["log_level"]["source"] == "default"
    assert all(entry["meaning"] for entry in shown["settings"])


async def test_no_body_makes_it_fail(world: World) -> None:
    spec = world.provider.app.openapi()
    schemas = spec["components"]["schemas"]
    writing = [
        (method, path, sorted(schemas[content["schema"]["$ref"].rsplit("/", 1)[-1]]["properties"]))
        for method, path, described in operations(world.provider)
        for content in described.get("requestBody", {"content": {}})["content"].values()
    ]

    @FEW
    @given(st.data())
    def fuzz(data: st.DataObject) -> None:
        method, path, names = data.draw(st.sampled_from(writing))
        keys = st.sampled_from(names) | st.text(max_size=8)
        body = data.draw(st.dictionaries(keys, SOMETHING, max_size=5) | SOMETHING)
        answer = from_loop(world.provider.api.request, method, url(path), **as_json(body))
        assert answer.status_code < 500 or answer.status_code == 502, (method, path, body, answer.text)
        if not answer.is_success:
            is_problem(answer)

    await to_thread.run_sync(fuzz)


async def test_no_terms_and_answers_make_it_fail(world: World) -> None:
    upload = await world.provider.api.put("/uploads", params={"name": "x.csv"}, content=TABLE)
    terms = st.sampled_from(["purposes", "notBefore", "until", "count", "recipients", "prohibitions", "policy"])
    answers = st.sampled_from(["title", "description", "process", "producer", "classification", "units", "keywords"])

    @FEW
    @given(st.dictionaries(terms, SOMETHING, max_size=4), st.dictionaries(answers, SOMETHING, max_size=6))
    def fuzz(terms: Json, answers: Json) -> None:
        body = {"uploadId": upload.json()["uploadId"], "terms": terms, "answers": answers}
        answer = from_loop(world.provider.api.post, "/datasets", **as_json(body))
        assert answer.status_code in (400, 422), (body, answer.text)

    await to_thread.run_sync(fuzz)


async def test_no_policy_makes_it_fail(world: World) -> None:
    """A policy of a person's own: whatever stands in it, it is published or refused by a sentence."""
    upload = await world.provider.api.put("/uploads", params={"name": "x.csv"}, content=TABLE)
    words = st.sampled_from(
        ["use", "odrl:count", "odrl:dateTime", "odrl:lteq", "eq", "3", "2026-11-24T00:00:00Z", "and"]
    )
    names = st.sampled_from(
        [
            "permission",
            "prohibition",
            "obligation",
            "duty",
            "action",
            "constraint",
            "leftOperand",
            "operator",
            "rightOperand",
            "and",
            "or",
            "@type",
            "@id",
            "target",
            "profile",
            "conflict",
        ]
    )
    policies = st.recursive(
        words | st.none() | st.integers(-2, 5),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=4),
        max_leaves=12,
    )

    @FEW
    @given(st.dictionaries(names, policies, max_size=4))
    def fuzz(policy: Json) -> None:
        body = {"uploadId": upload.json()["uploadId"], "terms": {"policy": policy}, "answers": ANSWERS}
        answer = from_loop(world.provider.api.post, "/datasets", **as_json(body))
        assert answer.status_code in (201, 404, 400, 422), (body, answer.text)

    await to_thread.run_sync(fuzz)


async def test_no_address_makes_it_fail(world: World) -> None:
    paths = ["/negotiations/{}", "/contracts/{}", "/datasets/{}", "/peers/{}", "/catalog?q={}&provider={}"]

    @FEW
    @given(st.text(max_size=60), st.sampled_from(["GET", "POST", "PUT", "DELETE"]), st.sampled_from(paths))
    def fuzz(text: str, method: str, path: str) -> None:
        where = path.format(*[quote(text, safe="")] * 2)
        answer = from_loop(world.provider.api.request, method, where, json={})
        assert answer.status_code < 500 or answer.status_code == 502, (method, where, answer.text)

    await to_thread.run_sync(fuzz)


def as_json(body: object) -> Json:
    """A body in ASCII, whatever is in it."""
    return {"content": json.dumps(body).encode(), "headers": {"Content-Type": "application/json"}}


def from_loop(call: Any, *arguments: Any, **named: Any) -> httpx.Response:
    """From the thread in which hypothesis works: one call in the loop in which the connector works."""
    answer: httpx.Response = from_thread.run(partial(call, *arguments, **named))
    return answer


async def test_text_that_is_no_text(world: World) -> None:
    """A lone surrogate can be said in JSON and written nowhere."""
    for odd in ("\ud800", "a\0b", "\x7f\u202e", "x" * 5000):
        await said_everywhere(world, odd)


async def said_everywhere(world: World, odd: str) -> None:
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    upload = await world.provider.api.put("/uploads", params={"name": "x.csv"}, content=TABLE)
    consumer, provider = world.consumer.api, world.provider.api
    calls = (
        (consumer, "POST", "/negotiations", {"provider": odd, "dataset": dataset}),
        (consumer, "POST", "/negotiations", {"provider": world.provider.did, "dataset": odd}),
        (consumer, "POST", "/negotiations", {"provider": world.provider.did, "dataset": dataset, "offer": odd}),
        (consumer, "POST", "/deliveries", {"contract": contract, "purpose": odd}),
        (consumer, "POST", "/deliveries", {"contract": contract, "purpose": "quality-prediction", "person": odd}),
        (consumer, "POST", "/deliveries", {"contract": odd, "purpose": "quality-prediction"}),
        (consumer, "POST", f"/contracts/{contract}/withdrawal", {"reason": odd}),
        (consumer, "PUT", "/peers/did:web:other.example", {"reason": odd}),
        (consumer, "POST", "/membership-requests", {"authority": odd}),
        (consumer, "PUT", "/membership", {"credential": odd}),
        (world.authority.api, "POST", "/members", {"request": {"did": odd}}),
        (
            provider,
            "POST",
            "/datasets",
            {
                "uploadId": upload.json()["uploadId"],
                "answers": {**ANSWERS, "title": {"en": odd}},
                "terms": {"purposes": ["quality-prediction"]},
                "visibleTo": [odd],
            },
        ),
        (consumer, "POST", "/negotiations", {odd: 1}),
    )
    for api, method, path, body in calls:
        answer = await api.request(method, path, **as_json(body))
        assert answer.status_code < 500 or answer.status_code == 502, (path, body, answer.text)
    for member in (world.consumer, world.provider):
        for path in ("/peers", "/acts", "/contracts", "/datasets", "/negotiations", "/transfers"):
            assert (await member.api.get(path)).is_success, path
