"""Whom an authority believes, as a signed list: published, fetched, renewed in time, and what is refused of it (issue C, 4)."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connector.contracts.evidence import verify_evidence
from connector.contracts.signing import make_notice
from connector.protocol.notices import WITHDRAWAL, Chain, withdrawal
from connector.trust.anchor_lists import (
    TYPE,
    AnchorList,
    Issuer,
    kept_anchor_list,
    sign_anchor_list,
)
from connector.trust.anchors import parse_trust_file
from connector.trust.credentials import MEMBERSHIP
from connector.trust.jws import peek, sign_jws
from connector.trust.keys import SigningKey, generate_p256
from connector.wire.codec import dump
from tests.flows.test_rotation import rotate
from tests.flows.test_strangers import CATALOG, refusal
from tests.support.world import Member, World

pytestmark = pytest.mark.anyio

ANCHORS = "trust anchors"
LAB = "did:web:localhost%3A8103"
QUALITY = "QualityCredential"


async def published(world: World) -> AnchorList:
    return await world.authority.connector.published_anchors.list()


async def state(member: Member) -> dict[str, Any]:
    (found,) = await member.get("/anchors")
    return dict(found)


async def asks(world: World) -> tuple[int, str]:
    status, body = await world.consumer.say(world.provider, "/catalog/request", CATALOG)
    return status, refusal(body) if status >= 400 else ""


async def test_it_is_fetched_when_joining_and_renewed_in_time(world: World) -> None:
    found = await state(world.provider)
    assert (found["state"], found["version"], found["problem"]) == ("usable", 1, None)
    assert found["issuers"] == [{"did": world.authority.did, "types": [MEMBERSHIP]}]
    world.clock.turn(hours=2)
    await world.provider.connector.anchors.look()
    assert [exchange.status for exchange in world.wire.of(ANCHORS)] == [304]
    await world.provider.connector.anchors.look()
    assert len(world.wire.of(ANCHORS)) == 1  # not due
    world.clock.turn(days=8)
    await world.provider.connector.anchors.look()
    assert (await state(world.provider))["version"] == 2  # a quarter of its time has gone: signed anew
    described = await world.provider.get("/self")
    assert described["anchors"][0]["version"] == 2


async def test_an_issuer_is_added_for_a_type_and_removed(world: World) -> None:
    await world.join("outsider")
    made = await world.authority.post("/anchors/issuers", {"did": LAB, "types": [QUALITY]})
    assert made["version"] == 2
    await world.authority.connector.hints.idle()
    await world.wire.happened("TrustAnchorsHint", times=2, status=200)
    believes = world.provider.connector.anchors.believes
    assert believes(QUALITY, LAB)
    assert not believes(MEMBERSHIP, LAB)
    await world.authority.post("/anchors/removals", {"did": LAB, "type": QUALITY})
    await world.authority.connector.hints.idle()
    await world.wire.happened("TrustAnchorsHint", times=4, status=200)
    assert not believes(QUALITY, LAB)
    assert (await state(world.provider))["version"] == 3


async def test_who_may_change_the_list_and_what_is_no_change(world: World) -> None:
    body = {"did": world.provider.did, "types": [QUALITY]}
    assert (await world.provider.api.post("/anchors/issuers", json=body)).status_code == 403
    clerk = world.authority.client(world.authority.token("kim", "clerk"))
    assert (await clerk.post("/anchors/issuers", json=body)).status_code == 403
    await clerk.aclose()
    api = world.authority.api
    assert (await api.post("/anchors/issuers", json={"did": "did:web:away.example", "types": ["T"]})).status_code == 422
    assert (await api.post("/anchors/issuers", json={"did": "lab", "types": ["T"]})).status_code == 400
    assert (await api.post("/anchors/removals", json={"did": LAB})).status_code == 404
    own = {"did": world.authority.did, "type": MEMBERSHIP}
    assert (await api.post("/anchors/removals", json=own)).status_code == 409
    assert (await published(world)).version == 1


async def test_offline_for_the_stated_time_and_then_closed(world: World) -> None:
    """The authority is away: its list goes on for seven days, then nobody is believed by it (503), and it is told why."""
    assert (await asks(world))[0] == 200
    held = world.wire.disturb("lose", ANCHORS, times=0)
    world.clock.turn(days=6)
    assert (await asks(world))[0] == 200
    world.clock.turn(days=2)
    status, said = await asks(world)
    assert status == 503
    assert "list of trust anchors" in said
    assert "counted until" in said
    assert (await state(world.provider))["state"] == "lapsed"
    # It is not asked for with every call.
    asked = len(world.wire.of(ANCHORS))
    await asks(world)
    assert len(world.wire.of(ANCHORS)) == asked
    # After a restart it is as closed as before: what was seen is not forgotten.
    await world.provider.restart()
    world.clock.turn(minutes=1)
    assert (await asks(world))[0] == 503
    held.times = held.done
    world.clock.turn(minutes=1)
    assert (await asks(world))[0] == 200
    assert (await state(world.provider))["state"] == "usable"


def bent(world: World, found: AnchorList, *, key: SigningKey | None = None, **members: Any) -> str:
    """A list signed by the authority (or another key) that says other things."""
    signer = key or world.authority.connector.identity.token_key
    payload = peek(sign_anchor_list(found, signer))[1]
    return sign_jws({**payload, **members}, signer, typ=TYPE)


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        ("another key", "does not hold"),
        ("unknown key", "has no key"),
        ("expired", "ended at"),
        ("another authority", "is of"),
        ("unknown format", "knows mmd-anchors/1"),
        ("tampered", "does not hold"),
        ("oversized", "larger than"),
        ("older version", "older than"),
        ("same version, other content", "two lists"),
        ("no list", "no list of trust anchors"),
    ],
)
async def test_what_is_refused_changes_nothing(world: World, attack: str, said: str) -> None:
    """Whoever sits on the line, or at the authority's address, gets no issuer in."""
    world.clock.turn(hours=2)
    thief = Issuer("did:web:thief.example", (MEMBERSHIP,))
    held = await published(world)
    more = replace(held, version=9, issuers=(*held.issuers, thief), ends_at=world.clock.now() + timedelta(days=9))
    mine = world.authority.connector.identity.token_key
    documents: dict[str, Callable[[], str]] = {
        "another key": lambda: bent(world, more, key=SigningKey(generate_p256(), mine.kid)),
        "unknown key": lambda: bent(world, more, key=SigningKey(generate_p256(), mine.kid + "9")),
        "expired": lambda: bent(world, more, exp=int(world.clock.now().timestamp())),
        "another authority": lambda: bent(world, more, iss="did:web:thief.example"),
        "unknown format": lambda: bent(world, more, format="mmd-anchors/2"),
        "tampered": lambda: _swapped(bent(world, held), bent(world, more)),
        "oversized": lambda: bent(world, more, padding="x" * 300_000),
        "older version": lambda: bent(world, replace(more, version=1)),
        "same version, other content": lambda: bent(world, replace(more, version=2)),
        "no list": lambda: "<html>",
    }
    await world.authority.connector.store.write(
        lambda unit: world.authority.connector.published_anchors.publish(unit, world.clock.now())
    )
    await world.provider.connector.anchors.refresh(world.authority.did)
    assert (await state(world.provider))["version"] == 2
    world.wire.replace(ANCHORS, documents[attack]().encode())
    assert not await world.provider.connector.anchors.refresh(world.authority.did)
    found = await state(world.provider)
    assert said in found["problem"]
    assert (found["version"], found["state"]) == (2, "usable")
    assert not world.provider.connector.anchors.believes(MEMBERSHIP, thief.did)
    assert (await asks(world))[0] == 200


def _swapped(one: str, other: str) -> str:
    """The payload of the other under the signature of the one."""
    parts, others = one.split("."), other.split(".")
    return f"{parts[0]}.{others[1]}.{parts[2]}"


async def test_an_older_list_after_a_restart(world: World) -> None:
    old = sign_anchor_list(await published(world), world.authority.connector.identity.token_key).encode()
    await world.authority.post("/anchors/issuers", {"did": world.consumer.did, "types": [QUALITY]})
    await world.authority.connector.hints.idle()
    assert (await state(world.provider))["version"] == 2
    await world.provider.restart()
    world.wire.replace(ANCHORS, old)
    assert not await world.provider.connector.anchors.refresh(world.authority.did)
    assert "older than 2" in (await state(world.provider))["problem"]
    assert world.provider.connector.anchors.believes(QUALITY, world.consumer.did)


async def test_a_redirect_is_not_followed(world: World) -> None:
    world.wire.disturb("302", ANCHORS, times=0)
    assert not await world.provider.connector.anchors.refresh(world.authority.did)
    assert "answers 302" in (await state(world.provider))["problem"]
    assert len(world.wire.of(ANCHORS)) == 1


async def test_lists_of_several_authorities_stay_apart(world: World) -> None:
    """A second authority names issuers of its own; about the first one its word counts for nothing."""
    second = await world.join("outsider")
    anchors = world.provider.connector.anchors
    anchors._authorities = (world.authority.did, second.did)
    lists = {
        second.did: (Issuer(second.did, (MEMBERSHIP,)), Issuer(world.authority.did, (QUALITY,)), Issuer(LAB + ":lab", (QUALITY,))),
    }  # fmt: skip
    found = replace(await published(world), authority=second.did, issuers=lists[second.did])
    document = sign_anchor_list(found, second.connector.identity.token_key)
    world.wire.replace(ANCHORS, document.encode())
    assert not await anchors.refresh(world.authority.did)  # the second's list in the first one's place
    assert await anchors.refresh(second.did)
    assert anchors.believes(MEMBERSHIP, second.did)
    assert anchors.believes(QUALITY, LAB + ":lab")
    assert not anchors.believes(QUALITY, world.authority.did)  # that is for its own list to say
    assert anchors.believes(MEMBERSHIP, world.authority.did)
    held = anchors._held[second.did]
    anchors._held[second.did] = replace(held, checked_at=held.checked_at - timedelta(days=8))
    assert not anchors.believes(QUALITY, LAB + ":lab")
    assert anchors.believes(MEMBERSHIP, world.authority.did)


async def test_nobody_names_another_for_an_authority_that_he_is_not(world: World) -> None:
    """A list of somebody whom the settings do not name is not even asked for."""
    assert not await world.provider.connector.anchors.refresh(world.consumer.did)
    assert world.wire.of(ANCHORS) == []
    path = "/notices/status-lists"
    assert (await world.consumer.say(world.provider, path, b'{"type":"TrustAnchorsHint"}'))[0] == 403


async def test_the_trust_file_of_auditors_is_made_from_it(world: World) -> None:
    contract = await world.consumer.agree(world.provider, await world.provider.publish())
    evidence = (await world.provider.api.get(f"/contracts/{contract}/evidence")).content
    for member in (world.authority, world.provider):
        trust = parse_trust_file(await member.get("/trust"))
        assert verify_evidence(evidence, trust=trust, now=world.clock.now()).exit_code == 0


async def test_a_lost_contract_key_reaches_members_and_auditors(world: World) -> None:
    """Its date stands in the list of trust anchors: what it signed cannot be judged, and nothing new is taken under it."""
    dataset = await world.provider.publish()
    contract = await world.consumer.agree(world.provider, dataset)
    evidence = (await world.consumer.api.get(f"/contracts/{contract}/evidence")).content
    old = world.provider.connector.identity.contract_key
    since = world.clock.in_(hours=-1)
    await rotate(world.provider, "contract", since=since)
    await world.authority.connector.hints.idle()
    for member in (world.authority, world.consumer):
        trust = parse_trust_file(await member.get("/trust"))
        verdict = verify_evidence(evidence, trust=trust, now=world.clock.now())
        assert (verdict.exit_code, verdict.check("validity").reason) == (2, "key-lost"), verdict.to_json()
        assert verdict.check("validity").facts["since"] == since
    assert world.provider.connector.identity.contract_key != old
    # The thief has the key, and the identity too: the consumer takes no word under that key any more.
    record = await world.provider.connector.store.read(lambda unit: unit.contracts.get(contract))
    assert record is not None
    assert record.countersignature_digest is not None
    mine, theirs = (
        Chain(contract, did, record.countersignature_digest) for did in (world.provider.did, world.consumer.did)
    )
    word = mine.next(WITHDRAWAL, withdrawal("recall", world.clock.now()), other=theirs)
    signed = make_notice(word, key=old, now=world.clock.now() - timedelta(days=1))
    status, body = await world.provider.say(world.consumer, "/notices", dump(signed))
    assert status == 400
    assert "is not to be believed from" in str(body)
    assert (await world.consumer.contract(contract))["state"] == "complete"


async def test_the_authority_changes_its_own_key(world: World) -> None:
    await rotate(world.authority, "token")
    found = await published(world)
    assert [key.kid.partition("#")[2] for key in found.issuers[0].keys] == ["token-1", "token-2"]
    world.clock.turn(minutes=6)
    await world.authority.connector.rotation.look()
    world.clock.turn(hours=1)
    assert await world.provider.connector.anchors.refresh(world.authority.did)
    kept = await world.provider.connector.store.read(lambda unit: unit.anchor_lists.get(world.authority.did))
    assert kept is not None
    assert kept_anchor_list(kept.document).version == found.version
    assert json.loads(json.dumps(await state(world.provider)))["problem"] is None
