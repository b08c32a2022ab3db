"""Publishing: what is not known is refused by name, and nothing is half done."""

from typing import Any

import pytest

from tests.support.wire import Json
from tests.support.world import ANSWERS, PURPOSE, TABLE, Member, World

pytestmark = pytest.mark.anyio


async def uploaded(member: Member, content: bytes = TABLE, name: str = "dryer.csv") -> Json:
    answer = await member.api.put("/uploads", params={"name": name}, content=content)
    assert answer.is_success, answer.text
    found: Json = answer.json()
    return found


async def published(member: Member, terms: Any, answers: Any = ANSWERS) -> tuple[int, Json]:
    upload = await uploaded(member)
    answer = await member.api.post(
        "/datasets", json={"uploadId": upload["uploadId"], "answers": answers, "terms": terms}
    )
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("terms", "named"),
    [
        ({"purposes": [PURPOSE], "geofence": "KR"}, "geofence"),
        ({"purposes": ["world-peace"]}, "world-peace"),
        ({"purposes": [PURPOSE], "prohibitions": ["no-fun"]}, "no-fun"),
        ({"purposes": [PURPOSE], "until": "soon"}, "until"),
        ({"purposes": [PURPOSE], "count": "three"}, "count"),
        (_policy := {"policy": {"permission": [{"action": "use", "constraint": [
            {"leftOperand": "odrl:moonPhase", "operator": "eq", "rightOperand": "full"}]}]}}, "moonPhase"),
        ({"policy": {"permission": [{"action": "odrl:teleport"}]}}, "teleport"),
    ],
)  # fmt: skip
async def test_a_term_that_is_not_registered_is_named(world: World, terms: Json, named: str) -> None:
    status, body = await published(world.provider, terms)
    assert (status, named in body["detail"]) == (422, True), body
    assert await world.provider.get("/datasets") == []


async def test_terms_that_contradict_each_other(world: World) -> None:
    window = [
        {"leftOperand": "odrl:dateTime", "operator": operator, "rightOperand": world.clock.in_(days=days)}
        for operator, days in (("odrl:gteq", 2), ("odrl:lteq", 1))
    ]
    status, body = await published(
        world.provider, {"policy": {"permission": [{"action": "use", "constraint": window}]}}
    )
    assert status == 422
    assert body["conflicts"][0]["ko"]
    terms = {"purposes": [PURPOSE], "notBefore": world.clock.in_(days=2), "until": world.clock.in_(days=1)}
    assert (await published(world.provider, terms))[0] == 422
    status, body = await published(world.provider, {"purposes": [PURPOSE], "until": world.clock.in_(days=-1)})
    assert (status, "passed already" in body["detail"]) == (422, True)


async def test_missing_answers_are_asked_for(world: World) -> None:
    status, body = await published(world.provider, {"purposes": [PURPOSE]}, {"title": {"en": "x"}})
    assert status == 422
    assert {q["id"] for q in body["questions"]} >= {"description", "process", "classification"}
    assert all(q["en"] and q["ko"] for q in body["questions"])


async def test_what_the_machine_found_is_shown_before_anything_is_published(world: World) -> None:
    upload = await uploaded(world.provider)
    assert upload["found"]["byteSize"] == len(TABLE)
    assert "400 rows" in " ".join(upload["lines"]["en"])
    assert upload["lines"]["ko"]
    assert await world.provider.get("/datasets") == []


@pytest.mark.parametrize(
    "content",
    [b"", b"1,2\n3,4\n", b"a,b\n1,2\n1,2,3\n", b"%PDF-1.7\n\x00\x01", b"<html><body>x</body></html>", b'{"a": 1}'],
    ids=["empty", "no header", "broken line", "binary", "html", "json"],
)
async def test_a_file_that_is_no_table_leaves_nothing_behind(world: World, content: bytes) -> None:
    answer = await world.provider.api.put("/uploads", params={"name": "x.csv"}, content=content)
    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert answer.json()["ko"]
    folder = world.provider.directory / "published"
    assert not folder.exists() or list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["", "../x.csv", "a/b.csv", "c:\\x.csv", "x" * 201, "a\nb.csv"])
async def test_names_with_paths_in_them(world: World, name: str) -> None:
    answer = await world.provider.api.put("/uploads", params={"name": name}, content=TABLE)
    assert answer.status_code == 400


async def test_an_upload_that_is_too_large(world: World) -> None:
    await world.provider.stop()
    settings = world.provider.directory / "settings.toml"
    settings.write_text(settings.read_text() + "uploads_limit = 1000\n")
    await world.provider.start()
    answer = await world.provider.api.put("/uploads", params={"name": "x.csv"}, content=TABLE)
    assert (answer.status_code, "1,000 bytes" in answer.json()["detail"]) == (400, True)
    assert list((world.provider.directory / "published").iterdir()) == []


async def test_an_upload_is_published_once(world: World) -> None:
    upload = await uploaded(world.provider)
    body = {"uploadId": upload["uploadId"], "answers": ANSWERS, "terms": {"purposes": [PURPOSE]}}
    assert (await world.provider.api.post("/datasets", json=body)).status_code == 201
    assert (await world.provider.api.post("/datasets", json=body)).status_code == 404


async def test_the_catalog_is_found_by_a_word_in_either_language(world: World) -> None:
    dataset = await world.provider.publish()
    for word in ("drying", "건조"):
        found = await world.consumer.get("/catalog", q=word, provider=world.provider.did)
        assert [e["dataset"] for e in found["entries"]] == [dataset]
        assert {c["id"] for c in found["entries"][0]["offers"][0]["clauses"]} >= {"purpose", "count"}
    found = await world.consumer.get("/catalog", q="aircraft", provider=world.provider.did)
    assert found["entries"] == []


async def test_all_peers_are_asked_and_who_does_not_answer_is_named(world: World) -> None:
    dataset = await world.provider.publish()
    away = world.consumer.did.replace("8102", "8199")
    for did in (world.provider.did, away, "did:web:nobody.example"):
        answer = await world.consumer.api.put(f"/peers/{did.replace('%', '%25')}", json={})
        assert answer.is_success, answer.text
    found = await world.consumer.get("/catalog", q="drying")
    assert [e["dataset"] for e in found["entries"]] == [dataset]
    assert {a["did"]: a["ok"] for a in found["asked"]}[world.provider.did]
    assert sorted(a["ok"] for a in found["asked"]) == [False, False, True]


async def test_an_offer_altered_on_its_way_is_noticed(world: World) -> None:
    """The offer's id is the digest of terms, target and description (decision 5, 18)."""
    dataset = await world.provider.publish()
    publishing = world.provider.connector.catalogs._publishing
    honest = publishing.dataset

    async def dishonest(*arguments: Any) -> Any:
        held, offers = await honest(*arguments)
        changed = {**held.description, "dct:title": [{"@language": "en", "@value": "Other"}]}
        return type(held)(**{**_fields(held), "description": changed}), offers

    publishing.dataset = dishonest  # type: ignore[method-assign, assignment]
    body = {"provider": world.provider.did, "dataset": dataset}
    answer = await world.consumer.api.post("/negotiations", json=body)
    assert (answer.status_code, "altered" in answer.json()["detail"]) == (409, True)


def _fields(record: Any) -> Json:
    return {name: getattr(record, name) for name in type(record).__dataclass_fields__}
