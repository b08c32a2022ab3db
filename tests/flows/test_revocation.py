"""A membership is taken back: at the door, on what runs, and although the authority is away (DCP 1.0, step 6)."""

import httpx
import pytest

from connector.trust.status import StatusList
from tests.flows.test_strangers import CATALOG, refusal
from tests.flows.test_uses import LARGE
from tests.support.drawing import draw
from tests.support.world import PURPOSE, Member, World

pytestmark = pytest.mark.anyio

WHY = {"reason": "the dues were not paid"}


async def revoke(world: World, member: Member) -> None:
    await world.authority.post("/revocations", {"did": member.did, **WHY})


async def told(world: World) -> None:
    """Until nobody is being told any more."""
    await world.authority.connector.hints.idle()
    await world.quiet()


async def held(member: Member) -> StatusList:
    """The one list of revocations that a connector knows."""
    lists = (kept.list for kept in member.connector.status_lists._held.all())
    (found,) = (one for one in lists if "revocation" in one.purposes)
    return found


async def test_a_revoked_member_loses_a_running_transfer(world: World) -> None:
    dataset = await world.provider.publish(LARGE)
    contract = await world.consumer.agree(world.provider, dataset)
    there, go_on = world.wire.pause_pull(1)
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await there.wait()
    assert world.provider.connector.usage.running == 1
    before = len(world.wire.exchanges)
    await revoke(world, world.consumer)
    await world.wire.happened("StatusListHint", times=2, status=200)
    await world.wire.happened("TransferTerminationMessage", status=200)
    go_on.set()
    delivery = await world.consumer.delivered(begun["id"])
    assert delivery["state"] == "refused"
    assert "revoked by its issuer" in delivery["problem"]["detail"]
    (transfer,) = await world.provider.get("/transfers")
    assert (transfer["state"], transfer["problem"]["code"]) == ("TERMINATED", "membership-revoked")
    (sent,) = (await world.provider.contract(contract))["deliveries"]
    assert sent["state"] == "broken"
    assert 0 < sent["bytes"] < len(LARGE)
    status, body = await world.consumer.say(world.provider, "/catalog/request", CATALOG)
    assert status == 401
    assert "revoked by its issuer" in refusal(body)
    opened = [e for e in world.wire.exchanges[:before] if e.kind == "GET data"]
    told_provider = [e for e in world.wire.exchanges[before:] if e.kind != "StatusListHint" or e.receiver == "provider"]
    world.wire.exchanges = opened + told_provider
    draw(world, "A member is revoked while data flows")


async def test_a_revoked_provider_gives_no_more(world: World) -> None:
    dataset = await world.provider.publish(LARGE)
    contract = await world.consumer.agree(world.provider, dataset)
    there, go_on = world.wire.pause_pull(1)
    begun = await world.consumer.post("/deliveries", {"contract": contract, "purpose": PURPOSE})
    await there.wait()
    await revoke(world, world.provider)
    await told_consumer(world)
    go_on.set()
    delivery = await world.consumer.delivered(begun["id"])
    assert delivery["state"] in ("refused", "failed")
    (transfer,) = await world.consumer.get("/transfers")
    assert (transfer["state"], transfer["problem"]["code"]) == ("TERMINATED", "membership-revoked")


async def told_consumer(world: World) -> None:
    await world.wire.happened("StatusListHint", times=2, status=200)
    await world.wire.happened("TransferTerminationMessage")


async def test_without_a_hint_it_is_found_out_after_the_bound(world: World) -> None:
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200
    world.wire.disturb("404", "StatusListHint", times=0)
    await revoke(world, world.consumer)
    await told(world)
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200
    world.clock.turn(minutes=5)
    status, body = await world.consumer.say(world.provider, "/catalog/request", CATALOG)
    assert status == 401
    assert "status: the credential was revoked by its issuer" in refusal(body)


async def test_nothing_is_fetched_while_what_is_known_is_fresh(world: World) -> None:
    await world.consumer.say(world.provider, "/catalog/request", CATALOG)
    before = len(world.wire.exchanges)
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200
    assert [e.kind for e in world.wire.exchanges[before:]] == ["CatalogRequestMessage"]


async def test_an_unchanged_list_is_not_sent_again(world: World) -> None:
    await world.consumer.say(world.provider, "/catalog/request", CATALOG)
    known = await held(world.provider)
    world.clock.turn(minutes=5)
    await world.consumer.say(world.provider, "/catalog/request", CATALOG)
    assert [e.status for e in world.wire.of("status list")][-1] == 304
    assert await held(world.provider) is known


async def test_the_authority_is_away(world: World) -> None:
    """What was checked goes on for the stated time; then nobody is believed, and the answer is 503: no one's fault."""
    await world.consumer.say(world.provider, "/catalog/request", CATALOG)
    world.wire.disturb("lose", "status list", times=0)
    world.clock.turn(hours=23)
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200
    world.clock.turn(hours=2)
    status, body = await world.consumer.say(world.provider, "/catalog/request", CATALOG)
    assert status == 503
    assert "cannot be checked now" in refusal(body)


async def test_a_provider_that_never_saw_the_list_believes_nobody(world: World) -> None:
    world.wire.disturb("lose", "status list", times=0)
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 503


async def test_an_older_list_after_a_restart(world: World) -> None:
    """Status list replaced by an older one: what was seen is kept, and nothing older is taken."""
    await world.consumer.say(world.provider, "/catalog/request", CATALOG)
    old = world.wire.of("status list")[0].answer
    await revoke(world, world.consumer)
    await told(world)
    await world.provider.restart()
    world.wire.replace("status list", old)
    world.clock.turn(minutes=5)
    status, body = await world.consumer.say(world.provider, "/catalog/request", CATALOG)
    assert status == 401
    assert "revoked by its issuer" in refusal(body)


async def test_hints_of_nobody(world: World) -> None:
    path = "/notices/status-lists"
    assert (await world.consumer.say(world.provider, path, b"{}"))[0] == 403
    assert (await world.consumer.say(world.provider, path, b"{}", token=""))[0] == 401
    assert (await world.authority.say(world.provider, path, b"{}"))[0] == 200


async def test_revoked_for_good(world: World) -> None:
    await revoke(world, world.consumer)
    this = {"did": world.consumer.did, **WHY}
    again = await world.authority.api.post("/revocations", json=this)
    assert (again.status_code, again.json()["title"]) == (409, "not in this state")
    nobody = await world.authority.api.post("/revocations", json={**this, "did": "did:web:nobody.example"})
    assert nobody.status_code == 404
    no_authority = await world.provider.api.post("/revocations", json=this)
    assert no_authority.status_code == 403
    members = {member["did"]: member for member in await world.authority.get("/members")}
    assert members[world.consumer.did]["reason"] == WHY["reason"]
    assert members[world.provider.did]["revokedAt"] is None
    await told(world)


async def test_a_new_membership_after_a_revoked_one(world: World) -> None:
    await revoke(world, world.consumer)
    await told(world)
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 401
    world.clock.turn(seconds=1)
    await world.admit("consumer")
    assert (await world.consumer.say(world.provider, "/catalog/request", CATALOG))[0] == 200


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/vc+jwt", "application/vc+jwt"),
        ("text/html, application/jwt;q=0.3, application/json;q=0.2", "application/jwt"),
        ("application/vc+jwt;q=0", "application/json"),
        ("application/vc+jwt;q=high", "application/json"),
    ],
)
@pytest.mark.parametrize("name", ["statuslist2021", "bitstring"])
async def test_signed_and_plain_lists_by_content_negotiation(world: World, accept: str, kind: str, name: str) -> None:
    url = f"{world.authority.url}/status-lists/{name}"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(world.wire.app(url))) as client:
        answer = await client.get(url, headers={"Accept": accept})
        assert answer.headers["content-type"].split(";")[0] == kind
        if kind == "application/json":
            subject = answer.json()["credentialSubject"]
            assert subject["statusPurpose"] == "revocation"
            assert subject["encodedList"][0] == ("u" if name == "bitstring" else "H")
        again = await client.get(url, headers={"Accept": accept, "If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert (await client.get(url + "x")).status_code == 404
