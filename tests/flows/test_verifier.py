"""The verifier's part of DCP 1.0, case by case as the official kit asks it: who is refused, with which code and why."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, TypeAlias

import pytest

from connector.ids import new_iri
from connector.trust.dcp import write_response
from connector.trust.did import DidDocument
from connector.trust.jws import sign_jws
from connector.trust.keys import SigningKey, generate_p256
from connector.trust.vc import PROFILES
from connector.trust.vc20 import VC20
from tests.support.prover import OTHER, Prover
from tests.support.world import World

pytestmark = pytest.mark.anyio

AHEAD = 31
"""Seconds: one more than the clocks may differ."""
Case: TypeAlias = tuple[Callable[[Prover], Any], str]
"""What is sent, and a word of the reason."""


@pytest.fixture
def prover(world: World) -> Prover:
    return Prover(world)


def seconds(prover: Prover) -> int:
    return int(prover.now.timestamp())


def stolen(prover: Prover) -> SigningKey:
    """Somebody else's key under our key's name."""
    return SigningKey(generate_p256(), prover.key.kid)


def other_type(p: Prover) -> Any:
    return p.membership(inside={"type": ["VerifiableCredential", "SomethingElse"]})


def day(p: Prover, days: int) -> Any:
    return p.now + timedelta(days=days)


# --- section 4: the identity token -----------------------------------------------------------------------------------


TOKENS: Final[list[Case]] = [
    (lambda p: p.token(iss=OTHER), " differ"),
    (lambda p: p.token(aud=OTHER), "aud"),
    (lambda p: p.token(nbf=seconds(p) + AHEAD), "nbf"),
    (lambda p: p.token(exp=seconds(p) - AHEAD), "exp"),
    (lambda p: p.token(iat=seconds(p) + AHEAD), "iat"),
    (lambda p: p.token(token=...), "no access token"),
    (lambda p: p.token(jti=...), "jti is missing"),
    (lambda p: p.token(key=stolen(p)), "signature"),
    (lambda p: p.token(key=SigningKey(p.key.key, f"{OTHER}#token-1")), "another DID"),
    (lambda p: p.token(iss=OTHER, sub=OTHER), "checked now"),
]


async def test_tokens_that_are_refused(prover: Prover) -> None:
    for token, reason in TOKENS:
        status, said = await prover.trigger(token(prover))
        # Whose document cannot be had may be right: that is 503 for everybody, never an answer.
        assert status == (503 if reason == "checked now" else 401), said
        assert reason in said
    # Only who lacks the access token got as far as being asked for one.
    assert prover.queries == []


async def test_without_bearer(prover: Prover) -> None:
    for header in ("", "Bearer ", "Basic abc", prover.token()):
        status, said = await prover.trigger(header=header)
        assert (status, "Bearer token" in said) == (401, True)


async def test_a_token_is_used_once_also_across_a_restart(prover: Prover) -> None:
    token = prover.token()
    assert (await prover.trigger(token))[0] == 200
    status, said = await prover.trigger(token)
    assert (status, "used before" in said) == (401, True)
    await prover.verifier.restart()
    status, said = await prover.trigger(token)
    assert (status, "used before" in said) == (401, True)


async def test_a_presentation_is_used_once_also_across_a_restart(prover: Prover) -> None:
    prover.presentation = [prover.presented()]
    assert (await prover.trigger())[0] == 200
    await prover.verifier.restart()  # forgets who is a member, and asks again
    status, said = await prover.trigger()
    assert status == 401
    assert "presentation was used before" in said


# --- section 5: the answer to our query ------------------------------------------------------------------------------


async def test_what_we_ask_for(prover: Prover) -> None:
    assert (await prover.trigger())[0] == 200
    (query,) = prover.queries
    assert query["scope"] == ["org.eclipse.dspace.dcp.vc.type:MembershipCredential:read"]
    assert query["@context"] == ["https://w3id.org/dspace-dcp/v1.0/dcp.jsonld"]
    document = DidDocument.parse(prover.verifier.connector.identity.did_document, prover.verifier.did)
    assert document.services("CredentialService")


@pytest.mark.parametrize("profile", PROFILES)
async def test_a_valid_answer_and_more_than_asked(prover: Prover, profile: Any) -> None:
    prover.profile = profile
    other = prover.membership(profile=profile, inside={"type": ["VerifiableCredential", "SensitiveDataCredential"]})
    prover.credentials = [other, prover.membership(profile=profile)]
    assert (await prover.trigger())[0] == 200


CREDENTIALS: Final[list[Case]] = [
    (lambda p: [], "no MembershipCredential"),
    (lambda p: [other_type(p)], "no MembershipCredential"),
    (lambda p: [p.membership(subject=OTHER)], "of somebody else"),
    (lambda p: [p.membership(valid_from=day(p, -2), valid_until=day(p, -1))], "expired"),
    (lambda p: [p.membership(valid_from=day(p, 1), valid_until=day(p, 2))], "valid only from"),
    (lambda p: [p.membership(inside={"expirationDate": p.now.isoformat()})], "expired"),
    (lambda p: [p.membership(issuer=p.did, issuer_key=p.key, signed_by=p.key)], "not believed"),
    (lambda p: [p.membership(signed_by=p.key)], "another DID"),
    (lambda p: [p.membership(signed_by=SigningKey(p.key.key, p.office.kid))], "signature"),
    (lambda p: [p.membership(bent={"iss": p.did})], "issuer is"),
    (lambda p: [p.membership(inside={"credentialStatus": {"type": "Other"}})], "cannot be looked up"),
    (lambda p: [p.membership(inside={"@context": []})], "first context"),
    (lambda p: [p.membership(profile=VC20)], "different data models"),
]


async def test_credentials_that_are_refused(prover: Prover) -> None:
    for credentials, reason in CREDENTIALS:
        prover.credentials = credentials(prover)
        status, said = await prover.trigger()
        assert status == 401, (reason, said)
        assert reason in said


PRESENTATIONS: Final[list[Case]] = [
    (lambda p: [], "no MembershipCredential"),
    (lambda p: [p.presented(credentials=[])], "no MembershipCredential"),
    (lambda p: [p.presented(audience=OTHER)], "aud is"),
    (lambda p: [p.presented(holder=OTHER)], "iss is"),
    (lambda p: [p.presented(key=stolen(p))], "signature"),
    (lambda p: [p.presented(now=p.now - timedelta(hours=1))], "exp"),
    (lambda p: [p.presented(now=p.now + timedelta(seconds=AHEAD))], "nbf"),
    (lambda p: [sign_jws({"vp": {}, "iss": p.did}, p.key)], "type is not"),
    (lambda p: ["x"] * 17, "more than 16"),
    (lambda p: {"type": "PresentationResponseMessage", "presentation": []}, "@context"),
    (lambda p: {**write_response([]), "type": "Other"}, "not PresentationResponseMessage"),
]


async def test_presentations_that_are_refused(prover: Prover) -> None:
    for presentation, reason in PRESENTATIONS:
        prover.presentation = presentation(prover)
        status, said = await prover.trigger()
        assert status == 401, (reason, said)
        assert reason in said


async def test_a_wallet_that_refuses_us(prover: Prover) -> None:
    """The kit's wallet answers 401 when the access token is for another type: that is the caller's doing, not a fault."""
    prover.status = 401
    status, said = await prover.trigger()
    assert status == 401
    assert "answers 401" in said


async def test_a_wallet_that_fails(prover: Prover) -> None:
    prover.status = 500
    status, said = await prover.trigger()
    assert status == 503
    assert "cannot be checked now" in said


# --- status and schema -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
async def test_revoked(prover: Prover, profile: Any) -> None:
    prover.profile = profile
    prover.credentials = [prover.membership(**prover.listed(7, profile=profile))]
    prover.files["/list"] = prover.status_list(6, 8, profile=profile)
    assert (await prover.trigger())[0] == 200
    prover.world.clock.turn(minutes=5)
    prover.files["/list"] = prover.status_list(7, profile=profile)
    status, said = await prover.trigger()
    assert status == 401
    assert "status: the credential was revoked" in said


async def test_suspended_and_taken_up_again(prover: Prover) -> None:
    prover.credentials = [prover.membership(inside={"credentialStatus": suspension(prover)})]
    for bits, status in (((7,), 401), ((), 200)):
        prover.files["/list"] = prover.status_list(*bits, purpose="suspension")
        answered, said = await prover.trigger()
        assert answered == status, said
        assert (status == 200) or "was suspended" in said
        prover.world.clock.turn(minutes=5)


def suspension(prover: Prover) -> dict[str, str]:
    return {
        "id": new_iri(),
        "type": "BitstringStatusListEntry",
        "statusPurpose": "suspension",
        "statusListIndex": "7",
        "statusListCredential": prover.url + "/list",
    }


LISTS: Final[list[Case]] = [
    (lambda p: p.status_list(issuer=p.did, signed_by=p.key), "issued by"),
    (lambda p: p.status_list(signed_by=p.key), "another DID"),
    (lambda p: p.status_list(signed_by=SigningKey(p.key.key, p.office.kid)), "signature"),
    (lambda p: p.status_list(path="/other"), "another status list"),
    (lambda p: p.status_list(valid_from=day(p, -2), valid_until=day(p, -1)), "expired"),
    (lambda p: p.status_list(valid_from=day(p, 1), valid_until=day(p, 2)), "valid only from"),
    (lambda p: {"type": "VerifiableCredential"}, "not signed"),
    (lambda p: "<html>", "no signed status list"),
]


async def test_a_status_list_not_signed_by_the_issuer(prover: Prover) -> None:
    for found, reason in LISTS:
        prover.credentials = [prover.membership(**prover.listed(7))]
        prover.files["/list"] = found(prover)
        status, said = await prover.trigger()
        assert status == 401, (reason, said)
        assert said.startswith("status: ")
        assert reason in said
        prover.world.clock.turn(seconds=30)  # what failed is not asked for again before


async def test_a_status_list_of_another_purpose_or_too_short(prover: Prover) -> None:
    prover.credentials = [prover.membership(**prover.listed(7))]
    for changes, reason in (({"purpose": "suspension"}, "not about revocation"), ({"bits": b""}, "no entry 7")):
        prover.files["/list"] = prover.status_list(**changes)
        status, said = await prover.trigger()
        assert status == 401
        assert said.startswith("status: ")
        assert reason in said
        prover.world.clock.turn(minutes=5)


async def test_a_status_list_replaced_by_an_older_one(prover: Prover) -> None:
    prover.credentials = [prover.membership(**prover.listed(7))]
    old = prover.status_list()
    prover.world.clock.turn(seconds=1)
    prover.files["/list"] = prover.status_list(7)
    assert (await prover.trigger())[0] == 401
    prover.files["/list"] = old
    prover.world.clock.turn(minutes=5)
    status, said = await prover.trigger()
    assert status == 401
    assert "was revoked" in said  # the newer one goes on


async def test_a_status_list_that_takes_back_its_word_in_the_same_moment(prover: Prover) -> None:
    prover.credentials = [prover.membership(**prover.listed(7))]
    clean = prover.status_list()
    prover.files["/list"] = prover.status_list(7)
    assert (await prover.trigger())[0] == 401
    prover.files["/list"] = clean
    prover.world.clock.turn(minutes=5)
    assert (await prover.trigger())[0] == 401


async def test_a_status_list_that_is_not_there(prover: Prover) -> None:
    prover.credentials = [prover.membership(**prover.listed(7))]
    status, said = await prover.trigger()
    assert (status, "cannot be checked now" in said) == (503, True)
    asked = len(prover.world.wire.of("GET "))
    prover.files["/list"] = prover.status_list()
    assert (await prover.trigger())[0] == 503  # not asked again at once
    assert len(prover.world.wire.of("GET ")) == asked
    prover.world.clock.turn(seconds=30)
    assert (await prover.trigger())[0] == 200


async def test_a_credential_that_breaks_its_schema(prover: Prover) -> None:
    schema = {"$schema": "http://json-schema.org/draft-04/schema#", "required": ["id", "foo"]}
    prover.files["/schema.json"] = schema
    reference = {"id": prover.url + "/schema.json", "type": "JsonSchemaValidator2018"}
    prover.credentials = [prover.membership(inside={"credentialSchema": reference})]
    status, said = await prover.trigger()
    assert status == 401
    assert "'foo' is a required property" in said
    prover.files["/schema.json"] = {**schema, "required": ["id"]}
    assert (await prover.trigger())[0] == 200
    prover.files["/schema.json"] = "["
    prover.world.clock.turn(minutes=6)
    status, said = await prover.trigger()
    assert (status, "cannot be read" in said) == (401, True)
    del prover.files["/schema.json"]
    assert (await prover.trigger())[0] == 503
