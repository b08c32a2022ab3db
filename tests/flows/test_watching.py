"""A member watches what its authority issues in its name (decision 5, 9)."""

import json
from typing import Any

import pytest

from connector.clock import format_time
from connector.ports.records import Act
from connector.services.watching import ALARM
from connector.trust.keys import SigningKey, generate_ed25519
from connector.trust.membership_requests import MembershipRequest
from tests.flows.test_rotation import rotate
from tests.support.world import Member, World

pytestmark = pytest.mark.anyio

KIND = "GET notices"


async def watched(member: Member) -> dict[str, Any]:
    (found,) = await member.post("/membership-watches", {})
    return dict(found)


async def test_all_that_was_issued_binds_our_keys(world: World) -> None:
    found = await watched(world.consumer)
    assert (found["authority"], found["foreign"], found["problem"]) == (world.authority.did, [], None)
    assert found["shown"] == 2  # one in each data model
    world.clock.turn(minutes=1)
    assert (await rotate(world.consumer, "contract"))["contract-2"] == "in use"
    found = await watched(world.consumer)
    assert (found["shown"], found["foreign"], found["problem"]) == (4, [], None)
    assert (await world.consumer.get("/self"))["watched"] == [found]
    assert await world.authority.post("/membership-watches", {}) == []


async def test_a_membership_in_our_name_with_keys_of_somebody_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The authority was deceived, or is dishonest: its own log shows it to the member."""
    me = world.consumer.connector.identity
    thief = {use: SigningKey(generate_ed25519(), f"{me.did}#{use}-1") for use in ("contract", "log")}
    memberships = world.authority.connector.memberships

    async def careless(*_: Any, **__: Any) -> Any:
        return MembershipRequest(
            id="urn:uuid:forged",
            did=me.did,
            name="Chemical Buyers",
            token_key=me.token_key.key.public,
            contract_key=thief["contract"].key.public,
            log_key=thief["log"].key.public,
            log_origin=me.log_origin,
            created=world.clock.now(),
        )

    monkeypatch.setattr(memberships, "check", careless)
    by = Act(at=format_time(world.clock.now()), name="thief", role="owner", act="issue-membership", object="")
    await memberships.issue({}, by=by)
    found = await watched(world.consumer)
    assert len(found["foreign"]) == 2
    for _ in range(2):
        await watched(world.consumer)
    acts = [act for act in await world.consumer.get("/acts") if act["act"] == ALARM]
    assert {act["object"] for act in acts} == set(found["foreign"])
    assert len(acts) == 2  # each once


async def test_nobody_sees_what_was_issued_about_others(world: World) -> None:
    stranger = await world.join("outsider")
    assert (await stranger.ask(world.authority, "/notices/memberships"))[0] == 403
    assert (await stranger.ask(world.authority, "/notices/memberships", token=""))[0] == 401
    status, body = await world.provider.ask(world.authority, "/notices/memberships")
    assert status == 200
    assert world.consumer.did not in json.dumps(body)


@pytest.mark.parametrize(
    ("bent", "said"),
    [
        (lambda item: item.pop("proof"), "does not show that its log holds"),
        (lambda item: item["entry"].update(commitsTo="sha256:" + "0" * 64), "about something else"),
        (lambda item: item["entry"].update(salt="A" * 22), "proof"),
        (lambda item: item.update(credential="a.b.c"), ""),
    ],
)
async def test_what_is_not_proven_is_a_problem(world: World, bent: Any, said: str) -> None:
    _, body = await world.consumer.ask(world.authority, "/notices/memberships")
    bent(body["memberships"][0])
    world.wire.replace(KIND, json.dumps(body).encode())
    found = await watched(world.consumer)
    assert said in found["problem"]
    world.wire.calm()


async def test_a_membership_that_we_hold_and_the_log_does_not_show(world: World) -> None:
    world.wire.replace(KIND, b'{"memberships":[]}')
    assert "does not show 1 of the memberships" in (await watched(world.consumer))["problem"]
