from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connector.trust.anchors import TrustAnchors
from connector.trust.credentials import Membership, read_membership
from connector.trust.dcp import MEMBERSHIP_SCOPE
from connector.trust.did import DidDocument
from connector.trust.errors import DidError, NotAuthenticated
from connector.trust.jws import peek, sign_jws
from connector.trust.keys import SigningKey
from connector.trust.presentations import make_presentation
from connector.trust.status import StatusList, make_bits
from connector.trust.status_entries import StatusEntry
from connector.trust.tokens import mint_id_token, validate_id_token
from connector.trust.vc import PROFILES
from connector.trust.vc20 import VC20
from connector.trust.verify import (
    FetchSchema,
    FetchStatusList,
    KnownMembership,
    Participant,
    QueryPresentations,
    ResolveDid,
    UseTokenOnce,
    authenticate,
)
from tests.connector.trust.parties import NOW, SKEW, Party, brief, nameless, party, stranger

A, B, ME, AUTHORITY = party("a"), party("b"), party("me"), party("authority")
ANCHORS = TrustAnchors({"MembershipCredential": [AUTHORITY.did]})


class World:
    """Answers the questions, and keeps them."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.documents: dict[str, DidDocument] = {p.did: p.document() for p in (A, B, AUTHORITY)}
        self.fresh: dict[str, DidDocument] = {}
        self.used: set[tuple[str, str]] = set()
        self.known: Membership | None = None
        self.credentials = [A.membership(AUTHORITY)]
        self.presentations: list[str] | None = None
        self.lists: dict[str, StatusList] = {}
        self.schemas: dict[str, Any] = {}

    def answer(self, question: object) -> Any:
        self.asked.append(question)
        if isinstance(question, ResolveDid):
            return (self.fresh if question.fresh and question.did in self.fresh else self.documents)[question.did]
        if isinstance(question, UseTokenOnce):
            key = (question.issuer, question.jti)
            fresh = key not in self.used
            self.used.add(key)
            return fresh
        if isinstance(question, KnownMembership):
            return self.known
        if isinstance(question, FetchStatusList):
            return self.lists[question.url]
        if isinstance(question, FetchSchema):
            return self.schemas[question.url]
        assert isinstance(question, QueryPresentations)
        if self.presentations is not None:
            return self.presentations
        return [make_presentation(self.credentials, key=A.token_key, holder=A.did, audience=ME.did, now=NOW)]

    def run(self, token: str | None = None, *, anchors: TrustAnchors = ANCHORS, **options: Any) -> Participant:
        steps = authenticate(token or a_token(), me=ME.did, now=NOW, skew=SKEW, anchors=anchors, **options)
        answer: Any = None
        while True:
            try:
                question = steps.send(answer)
            except StopIteration as done:
                participant: Participant = done.value
                return participant
            answer = self.answer(question)

    def kinds(self) -> list[str]:
        return [type(question).__name__ for question in self.asked]


def a_token(key: SigningKey = A.token_key, **changes: Any) -> str:
    made = peek(mint_id_token(A.token_key, did=A.did, audience=ME.did, now=NOW, access_token="opens"))[1]
    return sign_jws({name: value for name, value in {**made, **changes}.items() if value is not ...}, key)


def refused(world: World, step: str, sentence: str, token: str | None = None, **options: Any) -> None:
    with pytest.raises(NotAuthenticated, match=sentence) as caught:
        world.run(token, **options)
    assert caught.value.step == step


def test_a_member_is_authenticated() -> None:
    world = World()
    participant = world.run()

    assert (participant.did, participant.document) == (A.did, world.documents[A.did])
    assert participant.membership == read_membership(world.credentials[0])
    assert participant.token
    assert participant.token.issued_at == NOW
    assert world.kinds() == [
        "ResolveDid",
        "UseTokenOnce",
        "KnownMembership",
        "QueryPresentations",
        "UseTokenOnce",
        "ResolveDid",
    ]
    query = world.asked[3]
    assert query == QueryPresentations(A.did, "https://a.example/dcp", "opens", (MEMBERSHIP_SCOPE,))
    once = world.asked[1]
    assert isinstance(once, UseTokenOnce)
    assert once.expires_at == NOW + timedelta(minutes=5) + SKEW


def test_the_query_can_carry_our_own_token() -> None:
    world = World()
    world.run(token_key=ME.token_key)
    query = next(question for question in world.asked if isinstance(question, QueryPresentations))

    assert query.id_token
    token = validate_id_token(query.id_token, ME.document(), audience=A.did, now=NOW, skew=SKEW)
    assert (token.issuer, token.access_token) == (ME.did, "opens")


def test_who_is_known_is_not_asked_again() -> None:
    world = World()
    world.known = read_membership(world.credentials[0])

    assert world.run(a_token(token=...)).membership == world.known
    assert world.kinds() == ["ResolveDid", "UseTokenOnce", "KnownMembership"]


@pytest.mark.parametrize(
    "known",
    [
        B.membership(AUTHORITY),
        A.membership(AUTHORITY, valid_until=NOW),
        A.membership(B, issuer=B.did),
    ],
    ids=["somebody else's", "expired", "no longer believed"],
)
def test_what_was_known_must_still_hold(known: str) -> None:
    world = World()
    world.known = read_membership(known)

    assert world.run().membership == read_membership(world.credentials[0])


def test_where_no_membership_is_demanded_none_is_asked_for() -> None:
    world = World()

    assert world.run(a_token(token=...), demand_membership=False).membership is None
    assert world.kinds() == ["ResolveDid", "UseTokenOnce"]


def test_a_token_is_used_once() -> None:
    world, token = World(), a_token()
    world.run(token)

    refused(world, "replay", "used before", token)


def test_a_presentation_is_used_once() -> None:
    world = World()
    vp = make_presentation(world.credentials, key=A.token_key, holder=A.did, audience=ME.did, now=NOW)
    world.presentations = [vp]
    world.run()

    refused(world, "replay", "used before")


@pytest.mark.parametrize(
    ("token", "step", "sentence"),
    [
        ("", "token", "three parts"),
        ("x" * 40_000, "token", "larger"),
        (a_token(iss=B.did), "token", "differ"),
        (a_token(aud=B.did), "identity", "aud"),
        (a_token(exp=int(NOW.timestamp()) - 60), "identity", "expired"),
        (a_token(key=SigningKey(stranger(), A.token_key.kid)), "identity", "signature"),
        (a_token(key=A.contract_key), "identity", "no capabilityInvocation"),
        (a_token(key=B.token_key), "identity", "another DID"),
        (a_token(token=...), "presentation", "no access token"),
    ],
    ids=brief,
)
def test_tokens_that_do_not_hold(token: str, step: str, sentence: str) -> None:
    refused(World(), step, sentence, token or "no token")


def test_an_unauthentic_token_uses_up_nothing() -> None:
    world = World()
    refused(world, "identity", "signature", a_token(key=SigningKey(stranger(), A.token_key.kid)))

    assert not world.used


def test_a_new_key_is_looked_for_once_in_a_fresh_document() -> None:
    world = World()
    data = A.data()
    world.documents[A.did] = A.document(verificationMethod=data["verificationMethod"][1:], authentication=[])
    world.fresh[A.did] = A.document()

    assert world.run().document == world.fresh[A.did]
    assert world.asked[:2] == [ResolveDid(A.did), ResolveDid(A.did, fresh=True)]
    world.fresh.clear()
    refused(world, "identity", "no key")


def test_a_new_key_of_the_issuer_is_looked_for_once() -> None:
    world = World()
    data = AUTHORITY.data()
    world.documents[AUTHORITY.did] = AUTHORITY.document(verificationMethod=data["verificationMethod"][1:])
    world.fresh[AUTHORITY.did] = AUTHORITY.document()

    assert world.run().membership
    world.fresh.clear()
    refused(world, "credential", "no key")


def test_a_document_of_somebody_else_is_no_answer() -> None:
    world = World()
    world.documents[A.did] = B.document()

    refused(world, "document", "was given for")


def test_a_sender_without_credential_service() -> None:
    world = World()
    world.documents[A.did] = A.document(service=[])

    refused(world, "presentation", "CredentialService")


def vp(holder: Party = A, audience: Party = ME, **changes: Any) -> str:
    credentials = changes.pop("credentials", [A.membership(AUTHORITY)])
    return make_presentation(
        credentials, **{"key": holder.token_key, "holder": holder.did, "audience": audience.did, "now": NOW, **changes}
    )


@pytest.mark.parametrize(
    ("presentation", "sentence"),
    [
        ("x.y.z", "presentation does not hold"),
        (vp(holder=B), "iss is"),
        (vp(audience=B), "aud"),
        (vp(now=NOW - timedelta(minutes=6)), "expired"),
        (vp(key=A.contract_key), "no authentication"),
    ],
    ids=brief,
)
def test_presentations_that_do_not_hold(presentation: str, sentence: str) -> None:
    world = World()
    world.presentations = [presentation]

    refused(world, "presentation", sentence)


@pytest.mark.parametrize(
    ("credentials", "sentence"),
    [
        ([], "no MembershipCredential"),
        ([B.membership(AUTHORITY)], "somebody else"),
        ([A.membership(B, issuer=B.did)], "not believed"),
        ([A.membership(AUTHORITY, issuer_key=B.token_key)], "another DID"),
        ([A.membership(AUTHORITY, issuer_key=SigningKey(stranger(), AUTHORITY.token_key.kid))], "signature"),
        ([A.membership(AUTHORITY, valid_until=NOW)], "expired"),
        ([A.membership(AUTHORITY, valid_from=NOW + timedelta(hours=1))], "valid only from"),
        (["x.y.z"], "no readable JWT"),
    ],
)
def test_credentials_that_do_not_hold(credentials: list[str], sentence: str) -> None:
    world = World()
    world.credentials = credentials

    refused(world, "credential", sentence)


def test_strangers_do_not_make_us_fetch_things() -> None:
    world = World()
    world.credentials = [A.membership(B, issuer=B.did)]
    refused(world, "credential", "not believed")

    assert ResolveDid(B.did) not in world.asked


def other_type() -> str:
    claims = peek(A.membership(AUTHORITY))[1]
    claims["vc"]["type"] = ["VerifiableCredential", "OtherCredential"]
    return sign_jws(claims, AUTHORITY.token_key)


def test_a_good_credential_beside_others() -> None:
    world = World()
    world.credentials = ["x.y.z", other_type(), B.membership(AUTHORITY), A.membership(AUTHORITY)]

    assert world.run().membership == read_membership(world.credentials[-1])


def test_an_issuer_with_one_key_need_not_name_it() -> None:
    world = World()
    data = AUTHORITY.data()
    world.documents[AUTHORITY.did] = AUTHORITY.document(verificationMethod=data["verificationMethod"][:1])
    world.credentials = [nameless(A.membership(AUTHORITY), AUTHORITY.token_key)]

    assert world.run().membership
    world.documents[AUTHORITY.did] = AUTHORITY.document()
    refused(world, "credential", "3 keys")


def test_an_answer_that_cannot_be_had_is_a_refusal() -> None:
    steps = authenticate(a_token(), me=ME.did, now=NOW, skew=SKEW, anchors=ANCHORS)
    next(steps)
    with pytest.raises(NotAuthenticated, match="cannot be resolved") as caught:
        steps.throw(DidError("cannot be resolved"))
    assert caught.value.step == "document"


@pytest.mark.parametrize("wrong", [None, "yes", 1])
def test_a_wrong_kind_of_answer_is_our_own_mistake(wrong: Any) -> None:
    steps = authenticate(a_token(), me=ME.did, now=NOW, skew=SKEW, anchors=ANCHORS)
    next(steps)
    with pytest.raises(TypeError, match="answered"):
        steps.send(wrong)


def test_nothing_secret_is_in_the_sentence() -> None:
    checks: list[Callable[[], Participant]] = [
        lambda: World().run(a_token(aud="x")),
        lambda: World().run(a_token(key=B.token_key)),
    ]
    for check in checks:
        with pytest.raises(NotAuthenticated) as caught:
            check()
        assert "opens" not in str(caught.value)
        assert "eyJ" not in str(caught.value)


LIST = "https://authority.example/status-lists/1"
ENTRY = StatusEntry("revocation", 7, LIST)


def a_list(*revoked: int, **changes: Any) -> StatusList:
    made = StatusList(LIST, AUTHORITY.did, frozenset({"revocation"}), make_bits(revoked), NOW, None, "sha256:0")
    return replace(made, **changes)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_status_is_looked_up(profile: Any) -> None:
    world = World()
    world.presentations = [vp(profile=profile, credentials=[A.membership(AUTHORITY, profile=profile, status=ENTRY)])]
    world.lists[LIST] = a_list(6, 8)

    found = world.run().membership
    assert found
    assert (found.profile, found.status) == (profile, (ENTRY,))
    assert world.asked[-1] == FetchStatusList(LIST, AUTHORITY.did)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (a_list(7), "was revoked by its issuer"),
        (a_list(issuer=B.did), "not the one"),
        (a_list(purposes=frozenset({"suspension"})), "not about revocation"),
        (a_list(bits=b""), "no entry 7"),
        (a_list(valid_until=NOW - SKEW), "ended at"),
    ],
)
def test_status_lists_that_speak_against_it(found: StatusList, sentence: str) -> None:
    world = World()
    world.credentials = [A.membership(AUTHORITY, status=ENTRY)]
    world.lists[LIST] = found

    refused(world, "status", sentence)


def test_who_is_known_is_looked_up_too() -> None:
    world = World()
    world.known = read_membership(A.membership(AUTHORITY, status=ENTRY))
    world.lists[LIST] = a_list()
    assert world.run(a_token(token=...)).membership == world.known

    world.lists[LIST] = a_list(7)
    world.credentials = [world.known.jwt]
    refused(world, "status", "was revoked")


def test_a_newer_membership_beside_a_revoked_one() -> None:
    world = World()
    old, new = (A.membership(AUTHORITY, status=replace(ENTRY, index=index)) for index in (7, 8))
    world.known = read_membership(old)
    world.lists[LIST] = a_list(7)
    world.credentials = [old, new]

    assert world.run().membership == read_membership(new)


def test_the_status_is_looked_up_after_the_signature() -> None:
    """Strangers must not make us fetch things."""
    world = World()
    world.credentials = [
        A.membership(AUTHORITY, status=ENTRY, issuer_key=SigningKey(stranger(), AUTHORITY.token_key.kid))
    ]
    refused(world, "credential", "signature")

    assert not [question for question in world.asked if isinstance(question, FetchStatusList | FetchSchema)]


def with_schema(**schema: Any) -> World:
    claims = peek(A.membership(AUTHORITY))[1]
    claims["vc"]["credentialSchema"] = {"id": "https://authority.example/schema", "type": "JsonSchemaValidator2018"}
    world = World()
    world.credentials = [sign_jws(claims, AUTHORITY.token_key)]
    world.schemas["https://authority.example/schema"] = schema
    return world


def test_a_credential_keeps_to_its_own_schema() -> None:
    assert with_schema(required=["id"]).run().membership
    refused(with_schema(required=["foo"]), "credential", "breaks its own schema")


@pytest.mark.parametrize("profiles", [PROFILES, PROFILES[::-1]])
def test_a_credential_and_its_presentation_are_of_one_model(profiles: tuple[Any, Any]) -> None:
    world = World()
    world.presentations = [vp(profile=profiles[0], credentials=[A.membership(AUTHORITY, profile=profiles[1])])]

    refused(world, "credential", "different data models")


def test_several_presentations_each_of_one_model() -> None:
    world = World()
    world.presentations = [vp(credentials=[]), vp(profile=VC20, credentials=[A.membership(AUTHORITY, profile=VC20)])]

    assert world.run().membership
