"""The identity layer is a choice per peer: DCP, or a static token by a named exception; never silently the weaker (issue C, 8)."""

import io
import json
import logging
import stat
import zipfile

import pytest

from connector.trust.lapses import STATIC_TOKEN
from tests.support.foreigner import Foreigner
from tests.support.wire import Json
from tests.support.world import Member, World

pytestmark = pytest.mark.anyio

WHY = "their old system knows nothing but an API key"
SEND = "we-show-this-to-them-0123456789-abcdef"
EXPECT = "they-show-this-to-us-0123456789-abcdef"


async def put(member: Member, did: str, **body: object) -> tuple[int, Json]:
    full = {
        "mayNotSign": True,
        "lapses": [STATIC_TOKEN],
        "reason": WHY,
        "sendToken": SEND,
        "expectToken": EXPECT,
        **body,
    }
    given = {name: value for name, value in full.items() if value is not ...}
    answer = await member.api.put(f"/peers/{did.replace('%', '%25')}", json=given)
    found: Json = answer.json()
    return answer.status_code, found


async def shows(world: World, token: str, path: str = "/catalog/request", body: bytes | None = None) -> int:
    catalog = b'{"@context":["https://w3id.org/dspace/2025/1/context.jsonld"],"@type":"CatalogRequestMessage"}'
    answer = await world.wire.send(
        "foreigner",
        "POST",
        world.provider.protocol + path,
        catalog if body is None else body,
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    return answer.status


async def test_both_directions_and_it_stands_in_the_contract(world: World) -> None:
    foreigner = Foreigner(world)
    assert (await put(world.provider, foreigner.did))[0] == 200
    foreigner.static = EXPECT
    dataset = await world.provider.publish()
    contract = await foreigner.agree(world.provider, dataset)
    agreement = next(e for e in world.wire.of("ContractAgreementMessage"))
    assert agreement.token == SEND  # what we send carries their token, and no identity token
    view = await world.provider.contract(contract)
    assert view["state"] == "one-sided"
    assert STATIC_TOKEN in view["oneSided"]
    data = (await world.provider.api.get(f"/contracts/{contract}/evidence")).content
    signed = json.loads(zipfile.ZipFile(io.BytesIO(data)).read("signatures/P.json"))
    assert signed["credentialSubject"]["exception"]["lapses"] == [STATIC_TOKEN]
    described = await world.provider.get("/self")
    assert described["exceptions"][0]["lapses"] == [STATIC_TOKEN]
    (peer,) = await world.provider.get("/peers")
    assert peer["lapses"] == [STATIC_TOKEN]


async def test_it_is_taken_from_nobody_else_and_nothing_else_from_him(world: World) -> None:
    """A DCP peer gets in with no static token, one with a static token with nothing else."""
    foreigner = Foreigner(world)
    dataset = await world.provider.publish()
    assert await shows(world, EXPECT) == 401
    await put(world.provider, foreigner.did)
    assert await shows(world, EXPECT) == 200
    assert await shows(world, EXPECT[:-1]) == 401
    assert await shows(world, SEND) == 401  # the token of the other direction
    assert (await foreigner.ask(world.provider, f"/catalog/datasets/{dataset}"))[0] == 401  # a good identity token
    assert (await world.consumer.ask(world.provider, f"/catalog/datasets/{dataset}"))[0] == 200
    # Where only an identity will do, it is none.
    assert await shows(world, EXPECT, "/notices/status-lists", b"{}") == 401
    await world.provider.restart()
    assert await shows(world, EXPECT) == 200
    # Back to DCP: what was shown opens nothing any more.
    assert (await put(world.provider, foreigner.did, lapses=[], sendToken=..., expectToken=...))[0] == 200
    assert await shows(world, EXPECT) == 401
    assert (await foreigner.ask(world.provider, f"/catalog/datasets/{dataset}"))[0] == 200
    await put(world.provider, foreigner.did)
    assert (await world.provider.api.delete(f"/peers/{foreigner.did.replace('%', '%25')}")).status_code == 204
    assert await shows(world, EXPECT) == 401


async def test_who_can_sign_is_never_downgraded(world: World) -> None:
    await world.consumer.say(world.provider, "/catalog/request", b"{}")
    status, body = await put(world.provider, world.consumer.did)
    assert status == 409
    assert "binds a contract key" in body["detail"]
    assert await shows(world, EXPECT) == 401
    # Seen only after the token was agreed on: the token counts no more.
    await put(world.provider, "did:web:localhost%3A8110")
    record = await world.provider.connector.store.read(lambda unit: unit.memberships.find(did=world.consumer.did)[0])
    from dataclasses import replace

    seen = replace(record, digest="sha256:" + "1" * 64, did="did:web:localhost%3A8110")
    await world.provider.connector.store.write(lambda unit: unit.memberships.add(seen))
    assert await shows(world, EXPECT) == 401


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"sendToken": ...}, 400),
        ({"sendToken": ..., "expectToken": ...}, 400),
        ({"sendToken": "short"}, 400),
        ({"sendToken": EXPECT}, 409),
        ({"lapses": [STATIC_TOKEN, "membership-without-keys"]}, 400),
        ({"lapses": []}, 400),
        ({"mayNotSign": False}, 400),
        ({"reason": ""}, 400),
    ],
)
async def test_what_is_no_configuration_changes_nothing(world: World, changes: Json, status: int) -> None:
    foreigner = Foreigner(world)
    answered, body = await put(world.provider, foreigner.did, **changes)
    assert answered == status
    assert EXPECT not in json.dumps(body)
    assert await shows(world, EXPECT) == 401
    assert await world.provider.get("/peers") == []


async def test_one_token_stands_for_one_did(world: World) -> None:
    await put(world.provider, "did:web:localhost%3A8110")
    assert (await put(world.provider, "did:web:localhost%3A8111"))[0] == 409
    status, made = await put(world.provider, "did:web:localhost%3A8111", sendToken="z" * 40, expectToken=...)
    assert status == 200
    assert await shows(world, made["expectToken"]) == 200
    assert "expectToken" not in (await world.provider.get("/peers"))[1]


async def test_nothing_of_it_is_logged_or_shown(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    foreigner = Foreigner(world)
    await put(world.provider, foreigner.did)
    foreigner.static = EXPECT
    await foreigner.agree(world.provider, await world.provider.publish())
    await shows(world, EXPECT + "x")
    shown = caplog.text
    for path in ("/peers", "/self", "/acts", "/settings", "/transcripts"):
        shown += (await world.provider.api.get(path)).text
    for secret in (SEND, EXPECT):
        assert secret not in shown
    file = world.provider.directory / "secrets" / "peer-tokens.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert EXPECT not in file.read_text("utf-8")
    database = b"".join(path.read_bytes() for path in world.provider.directory.glob("mmd.sqlite*"))
    assert SEND.encode() not in database
