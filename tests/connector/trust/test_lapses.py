"""Lapses of real peers: refused by default; put up with by name, one at a time, and never in a peer that can sign."""

from datetime import timedelta
from typing import Any

import pytest

from connector.trust.did import RELATIONSHIPS, DidDocument
from connector.trust.errors import NotAuthenticated
from connector.trust.jws import peek, sign_jws
from connector.trust.lapses import (
    DID_WITHOUT_RELATIONSHIPS,
    LAPSES,
    MEMBERSHIP_WITHOUT_KEYS,
    PRESENTATIONS_WITHOUT_AUDIENCE,
    UNSIGNED_STATUS_LISTS,
)
from connector.trust.plain_lists import read_plain_list
from connector.trust.presentations import make_presentation
from connector.trust.status import make_bits, write_status_list
from connector.trust.vc import PROFILES, Profile
from connector.trust.vc11 import VC11
from connector.trust.vc20 import VC20
from connector.trust.vc_jwt import sign_credential
from connector.wire.codec import dump
from tests.connector.trust.parties import NOW, party
from tests.connector.trust.test_verify import AUTHORITY, ME, A, World, refused

LIST = f"https://{AUTHORITY.name}.example/status/1"
UNBOUND = ("iss", "sub", "aud", "exp", "nbf", "iat", "jti")


def keyless(profile: Profile = VC11, **members: Any) -> str:
    """A membership as an issuer of another make writes it."""
    begin, end = ("issuanceDate", "expirationDate") if profile == VC11 else ("validFrom", "validUntil")
    context = "https://www.w3.org/2018/credentials/v1" if profile == VC11 else "https://www.w3.org/ns/credentials/v2"
    vc = {
        "@context": [context],
        "id": "urn:uuid:keyless",
        "type": ["VerifiableCredential", "MembershipCredential"],
        "issuer": AUTHORITY.did,
        begin: "2026-01-01T00:00:00Z",
        end: "2027-01-01T00:00:00Z",
        "credentialSubject": {"id": A.did, "memberOf": "a data space"},
    }
    return sign_credential({**vc, **members}, AUTHORITY.token_key, profile)


def edc_document(who: Any = A) -> DidDocument:
    return DidDocument.parse({**who.data(), **{name: [] for name in RELATIONSHIPS}}, who.did)


def unbound(*credentials: str, profile: Profile = VC20, keep: tuple[str, ...] = ()) -> str:
    made = make_presentation(credentials, key=A.token_key, holder=A.did, audience=ME.did, now=NOW, profile=profile)
    left = {name: value for name, value in peek(made)[1].items() if name not in UNBOUND or name in keep}
    return sign_jws({name: value for name, value in left.items() if name != "holder"}, A.token_key, typ="vp+jwt")


def allowing(*lapses: str) -> Any:
    return {"lapses": frozenset(lapses)}


def without(lapse: str) -> Any:
    return allowing(*(name for name in LAPSES if name != lapse))


def entry(profile: Profile = VC11) -> dict[str, Any]:
    kind = "StatusList2021Entry" if profile == VC11 else "BitstringStatusListEntry"
    return {
        "id": LIST + "#7", "type": kind, "statusPurpose": "revocation",
        "statusListIndex": "7", "statusListCredential": LIST,
    }  # fmt: skip


def plain_list(*revoked: int) -> Any:
    written = write_status_list(
        VC11, url=LIST, issuer=AUTHORITY.did, bits=make_bits(revoked), valid_from=NOW, valid_until=NOW + timedelta(1)
    )
    return read_plain_list(dump(written).decode(), url=LIST, issuer=AUTHORITY.did, now=NOW)


@pytest.fixture
def world() -> World:
    world = World()
    world.credentials = [keyless()]
    return world


@pytest.mark.parametrize("profile", PROFILES)
def test_a_membership_without_keys_counts_only_by_name(world: World, profile: Profile) -> None:
    made = keyless(profile)
    vp = make_presentation([made], key=A.token_key, holder=A.did, audience=ME.did, now=NOW, profile=profile)
    world.presentations = [vp]
    refused(world, "credential", "memberOf is missing", **without(MEMBERSHIP_WITHOUT_KEYS))
    world.used.clear()
    found = world.run(**allowing(MEMBERSHIP_WITHOUT_KEYS))
    assert found.membership is None
    assert found.credential is not None
    assert (found.credential.jwt, set(found.lapses)) == (made, {MEMBERSHIP_WITHOUT_KEYS})


def test_it_must_be_by_an_anchor_and_about_the_sender_all_the_same(world: World) -> None:
    everything = allowing(*LAPSES)
    world.credentials = [keyless(credentialSubject={"id": ME.did})]
    refused(world, "credential", "of somebody else", **everything)
    world.used.clear()
    world.credentials = [sign_credential({**peek(keyless())[1]["vc"], "issuer": A.did}, A.token_key, VC11)]
    refused(world, "credential", "not believed", **everything)
    world.used.clear()
    world.credentials = []
    refused(world, "credential", "presented no MembershipCredential", **everything)


def test_a_membership_with_half_of_its_keys_is_no_membership_without_keys(world: World) -> None:
    half = {"id": A.did, "https://w3id.org/my-manufacturing-data/v1/logOrigin": "a.example/log"}
    world.credentials = [keyless(credentialSubject=half)]
    refused(world, "credential", "is missing", **allowing(*LAPSES))


def test_a_document_without_relationships_counts_only_by_name(world: World) -> None:
    world.documents[A.did] = edc_document()
    refused(world, "identity", "no capabilityInvocation", **without(DID_WITHOUT_RELATIONSHIPS))
    found = world.run(**allowing(DID_WITHOUT_RELATIONSHIPS, MEMBERSHIP_WITHOUT_KEYS))
    assert found.lapses == {DID_WITHOUT_RELATIONSHIPS, MEMBERSHIP_WITHOUT_KEYS}
    assert found.document == edc_document()


def test_so_does_its_issuers_document(world: World) -> None:
    world.documents[AUTHORITY.did] = edc_document(AUTHORITY)
    refused(world, "credential", "no assertionMethod", **without(DID_WITHOUT_RELATIONSHIPS))
    world.used.clear()
    assert DID_WITHOUT_RELATIONSHIPS in world.run(**allowing(*LAPSES)).lapses


def test_a_document_that_names_one_relationship_is_read_as_it_stands(world: World) -> None:
    data = {**A.data(), "capabilityInvocation": [], "authentication": []}
    world.documents[A.did] = DidDocument.parse(data, A.did)
    refused(world, "identity", "no capabilityInvocation", **allowing(*LAPSES))


def test_keys_of_another_document_stay_foreign(world: World) -> None:
    data = edc_document().data
    data["verificationMethod"][0]["controller"] = ME.did
    world.documents[A.did] = DidDocument.parse(data, A.did)
    refused(world, "identity", "controlled by someone other", **allowing(*LAPSES))


def test_a_presentation_without_audience_counts_only_by_name(world: World) -> None:
    world.presentations = [unbound(keyless(VC20))]
    refused(world, "presentation", "iss|aud", **without(PRESENTATIONS_WITHOUT_AUDIENCE))
    world.used.clear()
    found = world.run(**allowing(PRESENTATIONS_WITHOUT_AUDIENCE, MEMBERSHIP_WITHOUT_KEYS))
    assert found.lapses == {PRESENTATIONS_WITHOUT_AUDIENCE, MEMBERSHIP_WITHOUT_KEYS}
    assert world.kinds().count("QueryPresentations") == 2


@pytest.mark.parametrize("keep", [("exp",), ("jti",), ("aud",), ("aud", "exp")])
def test_one_that_binds_itself_in_part_is_held_to_the_whole(world: World, keep: tuple[str, ...]) -> None:
    world.presentations = [unbound(keyless(VC20), keep=keep)]
    refused(world, "presentation", ".", **allowing(*LAPSES))


def test_the_older_model_is_never_excused(world: World) -> None:
    world.presentations = [unbound(keyless(), profile=VC11)]
    refused(world, "presentation", "iss", **allowing(*LAPSES))


def test_a_presentation_by_another_key_is_never_excused(world: World) -> None:
    other = party("b")
    claims = peek(unbound(keyless(VC20)))[1]
    world.presentations = [sign_jws(claims, other.token_key, typ="vp+jwt")]
    refused(world, "presentation", "belongs to another DID", **allowing(*LAPSES))


def test_an_unsigned_status_list_counts_only_by_name(world: World) -> None:
    world.credentials = [keyless(credentialStatus=entry())]
    world.lists[LIST] = plain_list()
    refused(world, "status", "is not signed", **without(UNSIGNED_STATUS_LISTS))
    world.used.clear()
    assert UNSIGNED_STATUS_LISTS in world.run(**allowing(*LAPSES)).lapses


def test_an_unsigned_status_list_revokes(world: World) -> None:
    world.credentials = [keyless(credentialStatus=entry())]
    world.lists[LIST] = plain_list(7)
    refused(world, "status", "was revoked", **allowing(*LAPSES))


def test_nothing_is_put_up_with_in_a_peer_that_can_sign() -> None:
    world = World()
    world.documents[A.did] = edc_document()
    refused(world, "signer", "binds a contract key", **allowing(*LAPSES))


def test_what_is_put_up_with_and_not_needed_changes_nothing() -> None:
    found = World().run(**allowing(*LAPSES))
    assert found.membership is not None
    assert found.lapses == set()


def test_the_signers_step_is_no_part_of_what_a_stranger_can_reach(world: World) -> None:
    world.documents[A.did] = edc_document()
    with pytest.raises(NotAuthenticated, match="no capabilityInvocation"):
        world.run()
    assert world.kinds() == ["ResolveDid", "ResolveDid"]
