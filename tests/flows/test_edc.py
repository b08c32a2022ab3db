"""Eclipse EDC 0.15 and its IdentityHub, point by point as they were measured (docs/divergences.md, "Peers as they are").

What we send is what they read; what they send is read, by a named exception where it breaks the standard.
"""

import gzip
import json
from base64 import b64decode, urlsafe_b64decode
from typing import Any, Final

import pytest

from connector.contracts.signatures import signatures_of
from connector.services.rotation import PUBLISHED_AHEAD
from connector.trust.dcp import DCP_CONTEXT, TYPE_ALIAS, write_query
from connector.trust.did import RELATIONSHIPS
from connector.trust.jws import peek, sign_jws
from connector.trust.keys import SigningKey, generate_ed25519
from connector.trust.lapses import DCP_LAPSES as LAPSES
from connector.trust.lapses import DID_WITHOUT_RELATIONSHIPS
from connector.trust.presentations import make_presentation
from connector.trust.status_entries import StatusEntry
from connector.trust.vc11 import VC11
from connector.trust.vc20 import VC20
from tests.support.desk import Desk
from tests.support.foreigner import Foreigner
from tests.support.wire import Json
from tests.support.world import PORTS, Member, World

pytestmark = pytest.mark.anyio

QUERY: Final = "/credentials/presentations/query"
MEMBERSHIP: Final = "MembershipCredential"
WHY: Final = "EDC 0.15.1"
UNBOUND: Final = ("iss", "sub", "aud", "exp", "nbf", "iat", "jti", "holder")


class Edc(Desk):
    """A participant that runs EDC: its document names no relationships, its membership binds no keys."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.document |= {name: [] for name in RELATIONSHIPS}
        self.credentials = [self.keyless()]

    def keyless(self, **changes: Any) -> str:
        """A membership as an authority writes it that knows nothing of our terms."""
        return self.membership(inside={"credentialSubject": {"id": self.did, "memberOf": "a data space"}}, **changes)

    async def put_up_with(self, *lapses: str, by: Member | None = None) -> int:
        """The operator's exception; the status."""
        body = {"mayNotSign": True, "lapses": lapses, "reason": WHY}
        path = f"/peers/{self.did.replace('%', '%25')}"
        return (await (by or self.world.provider).api.put(path, json=body)).status_code

    async def wallet_of(self, member: Member, scopes: list[str] | None = None, **bent: Any) -> tuple[int, Json]:
        """Ask a connector's wallet, with the access token out of its own identity token, as EDC does."""
        shown = peek(member.connector.authenticator.bearer(self.did))[1]["token"]
        self.verifier = member
        query = {**write_query(scopes or [f"{TYPE_ALIAS}:{MEMBERSHIP}:read"]), **bent}
        given = json.dumps({name: value for name, value in query.items() if value is not ...}).encode()
        status, body, _ = await self.send(member, QUERY, given, token=self.token(token=shown))
        return status, json.loads(body)


@pytest.fixture
def edc(world: World) -> Edc:
    return Edc(world)


# --- 1. DID documents without verification relationships --------------------------------------------------------------


async def test_1_a_document_without_relationships_is_refused_unless_it_is_put_up_with(edc: Edc) -> None:
    status, why = await edc.trigger()
    assert (status, "no capabilityInvocation" in why) == (401, True)
    assert await edc.put_up_with(*LAPSES) == 200
    assert await edc.trigger() == (200, "")
    assert edc.queries[-1]["scope"] == [f"{TYPE_ALIAS}:{MEMBERSHIP}:read"]
    (shown,) = (await edc.world.provider.get("/self"))["exceptions"]
    assert (shown["did"], shown["lapses"], shown["reason"]) == (edc.did, sorted(LAPSES), WHY)
    await edc.world.provider.restart()
    assert await edc.trigger() == (200, "")
    await edc.world.provider.api.delete(f"/peers/{edc.did.replace('%', '%25')}")
    assert (await edc.trigger())[0] == 401


async def test_1_its_credential_is_demanded_all_the_same(edc: Edc) -> None:
    await edc.put_up_with(*LAPSES)
    edc.credentials = []
    status, why = await edc.trigger()
    assert (status, "presented no" in why) == (401, True)
    edc.credentials = [edc.keyless(subject=edc.world.consumer.did)]
    assert (await edc.trigger())[0] == 401


async def test_1_who_can_sign_is_put_up_with_in_nothing(edc: Edc) -> None:
    """Neither before it has shown that it can sign, nor after."""
    await edc.put_up_with(*LAPSES)
    edc.credentials = [edc.membership()]
    status, why = await edc.trigger()
    assert (status, "binds a contract key" in why) == (401, True)
    consumer = edc.world.consumer
    await consumer.begin(edc.world.provider, await edc.world.provider.publish())
    body = {"mayNotSign": True, "lapses": [DID_WITHOUT_RELATIONSHIPS], "reason": WHY}
    answer = await edc.world.provider.api.put(f"/peers/{consumer.did.replace('%', '%25')}", json=body)
    assert (answer.status_code, "contract key" in answer.json()["detail"]) == (409, True)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"mayNotSign": True, "reason": WHY, "lapses": ["anything-goes"]}, "anything-goes"),
        ({"mayNotSign": False, "reason": WHY, "lapses": [DID_WITHOUT_RELATIONSHIPS]}, "mayNotSign"),
        ({"mayNotSign": True, "lapses": [DID_WITHOUT_RELATIONSHIPS]}, "reason"),
    ],
)
async def test_1_an_exception_is_named_and_has_a_reason(world: World, body: Json, word: str) -> None:
    answer = await world.provider.api.put("/peers/did:web:edc.example", json=body)
    assert (answer.status_code, word in answer.json()["detail"]) == (400, True)


async def test_1_what_is_put_up_with_stands_in_the_contract(world: World) -> None:
    foreigner = Foreigner(world)
    foreigner._document |= {name: [] for name in RELATIONSHIPS}
    dataset = await world.provider.publish()
    body = {"mayNotSign": True, "lapses": [DID_WITHOUT_RELATIONSHIPS], "reason": WHY}
    answer = await world.provider.api.put(f"/peers/{foreigner.did.replace('%', '%25')}", json=body)
    assert answer.is_success, answer.text
    pid = await foreigner.request(world.provider, dataset)
    await world.quiet()
    message = foreigner.got("ContractAgreementMessage")
    signed = signatures_of(message).credential
    assert signed is not None
    said = {"peer": foreigner.did, "reason": WHY, "lapses": [DID_WITHOUT_RELATIONSHIPS]}
    assert signed["credentialSubject"]["exception"] == said
    verification = {"@type": "ContractAgreementVerificationMessage", "providerPid": pid, "consumerPid": foreigner.pid}
    assert (await foreigner.say(world.provider, f"/negotiations/{pid}/agreement/verification", **verification))[
        0
    ] == 200
    await world.quiet()
    view = await world.provider.contract(message["agreement"]["@id"])
    assert f"{WHY} ({DID_WITHOUT_RELATIONSHIPS})" in view["oneSided"]


# --- 2. the data models ------------------------------------------------------------------------------------------------


async def test_2_it_is_presented_the_data_model_1_1_alone(edc: Edc) -> None:
    await edc.put_up_with(*LAPSES)
    status, said = await edc.wallet_of(edc.world.provider)
    assert status == 200, said
    (presentation,) = said["presentation"]
    (credential,) = peek(presentation)[1]["vp"]["verifiableCredential"]
    assert "vc" in peek(credential)[1]


@pytest.mark.parametrize("enveloped", [False, True])
async def test_2_its_wallet_presents_the_data_model_2_0_bound_to_nothing(edc: Edc, enveloped: bool) -> None:
    edc.profile, edc.credentials = VC20, [edc.keyless(profile=VC20)]
    made = make_presentation(
        edc.credentials, key=edc.key, holder=edc.did, audience=edc.verifier.did, now=edc.now, profile=VC20
    )
    left = {name: value for name, value in peek(made)[1].items() if name not in UNBOUND}
    bare = sign_jws(left, edc.key, typ="vp+jwt")
    wrapped = {
        "@context": left["@context"],
        "type": "EnvelopedVerifiablePresentation",
        "id": "data:application/vp+jwt," + bare,
    }
    edc.presentation = [sign_jws(wrapped, edc.key) if enveloped else bare]
    await edc.put_up_with(*(name for name in LAPSES if name != "presentations-without-audience"))
    assert (await edc.trigger())[0] == 401
    await edc.put_up_with(*LAPSES)
    assert await edc.trigger() == (200, "")


# --- 3. caches ---------------------------------------------------------------------------------------------------------


def test_3_a_new_key_is_published_as_long_before_it_signs_as_documents_are_cached() -> None:
    assert PUBLISHED_AHEAD.total_seconds() >= 300


async def test_3_each_of_its_requests_brings_a_token_and_gets_too(edc: Edc) -> None:
    await edc.put_up_with(*LAPSES)
    dataset = await edc.world.provider.publish()
    url = f"{edc.verifier.protocol}/catalog/datasets/{dataset}"
    for _ in range(2):
        headers = {"Authorization": f"Bearer {edc.token()}"}
        assert (await edc.world.wire.send("prover", "GET", url, b"", headers)).status == 200


# --- 4. DID documents ----------------------------------------------------------------------------------------------------


async def test_4_it_accepts_our_document(world: World) -> None:
    me = world.provider.connector.identity
    answer = await world.wire.send("edc", "GET", f"{world.provider.url}/.well-known/did.json", b"", {})
    document = json.loads(answer.body)
    signing = next(m for m in document["verificationMethod"] if m["id"] == me.token_key.kid)
    assert (signing["type"], signing["controller"]) == ("JsonWebKey2020", me.did)
    assert "publicKeyJwk" in signing
    assert all(m["id"].startswith(me.did + "#") and isinstance(m["type"], str) for m in document["verificationMethod"])
    assert all(isinstance(entry, str) for name in RELATIONSHIPS for entry in document.get(name, []))
    (wallet,) = (s for s in document["service"] if s["type"] == "CredentialService")
    assert isinstance(wallet["serviceEndpoint"], str)
    assert not wallet["serviceEndpoint"].endswith("/")


# --- 5. identity tokens --------------------------------------------------------------------------------------------------


async def test_5_it_accepts_our_token(edc: Edc) -> None:
    header, claims = peek(edc.verifier.connector.authenticator.bearer(edc.did))
    assert header["kid"].startswith(edc.verifier.did + "#")
    assert (claims["iss"], claims["sub"], claims["aud"]) == (edc.verifier.did, edc.verifier.did, edc.did)
    assert claims["exp"] > claims["iat"]
    assert claims["jti"]
    assert isinstance(claims["token"], str)
    assert claims["iat"] <= int(edc.now.timestamp()), "it allows for a few seconds only"
    assert "nbf" not in claims or claims["nbf"] <= claims["iat"]


async def test_5_its_token_may_be_signed_with_ed25519(edc: Edc) -> None:
    await edc.put_up_with(*LAPSES)
    edc.key = SigningKey(generate_ed25519(), f"{edc.did}#key-1")
    edc.document["verificationMethod"] = [
        {"id": "key-1", "type": "JsonWebKey2020", "controller": edc.did, "publicKeyJwk": edc.key.key.public.jwk()}
    ]
    assert await edc.trigger() == (200, "")


# --- 6. queries and their answers ----------------------------------------------------------------------------------------


async def test_6_our_answer_has_one_context_and_names_all_that_it_checks(edc: Edc) -> None:
    await edc.put_up_with(*LAPSES)
    _, said = await edc.wallet_of(edc.world.provider)
    assert said["@context"] == [DCP_CONTEXT]
    claims = peek(said["presentation"][0])[1]
    assert (claims["iss"], claims["aud"]) == (edc.world.provider.did, edc.did)
    credential = peek(claims["vp"]["verifiableCredential"][0])[1]
    assert credential["sub"] == credential["vc"]["credentialSubject"]["id"] == edc.world.provider.did
    assert credential["vc"]["expirationDate"]
    assert len(claims["vp"]["verifiableCredential"]) == 1, "a surplus credential spoils the whole"


async def test_6_its_query_may_name_more_contexts(edc: Edc) -> None:
    await edc.put_up_with(*LAPSES)
    more = ["https://identity.foundation/presentation-exchange/submission/v1", DCP_CONTEXT]
    status, said = await edc.wallet_of(edc.world.provider, **{"@context": more})
    assert (status, len(said["presentation"])) == (200, 1)


async def test_6_our_query_names_one_context(edc: Edc) -> None:
    await edc.put_up_with(*LAPSES)
    await edc.trigger()
    assert edc.queries[-1]["@context"] == [DCP_CONTEXT]


# --- 7. status lists -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", [VC11, VC20])
async def test_7_it_gets_our_list_as_plain_json_in_its_base64(world: World, profile: Any) -> None:
    url = world.authority.connector.issued_status.url(profile)
    for accept in ({}, {"Accept": "*/*"}, {"Accept": "application/json"}):
        answer = await world.wire.send("edc", "GET", url, b"", accept)
        assert answer.status == 200
        subject = json.loads(answer.body)["credentialSubject"]
        text = subject["encodedList"]
        packed = b64decode(text, validate=True) if profile == VC11 else _multibase(text)
        assert len(gzip.decompress(packed)) == 16_384


def _multibase(text: str) -> bytes:
    assert text[0] == "u"
    return urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))


async def test_7_its_plain_list_counts_by_exception_and_from_the_issuers_host_only(edc: Edc) -> None:
    url = edc.world.authority.connector.issued_status.url(VC11)
    plain = (await edc.world.wire.send("edc", "GET", url, b"", {})).body.decode()
    edc.credentials = [edc.keyless(**edc.listed(0))]
    edc.files["/list"] = plain.replace(url, edc.url + "/list")
    await edc.put_up_with(*LAPSES)
    status, why = await edc.trigger()
    assert (status, "does not lie at its issuer's own host" in why) == (401, True)
    await edc.put_up_with(*(name for name in LAPSES if name != "unsigned-status-lists"))
    status, why = await edc.trigger()
    assert (status, "is not signed; anybody" in why) == (401, True)


async def test_7_its_issuer_may_publish_plain_lists_alone(edc: Edc) -> None:
    """The authority of the test, as one of another make: whatever is asked for, plain JSON is given."""
    world, url = edc.world, edc.world.authority.connector.issued_status.url(VC11)
    app = world.wire.app(url)

    async def plain_alone(scope: Any, receive: Any, send: Any) -> None:
        kept = [(name, value) for name, value in scope["headers"] if name != b"accept"]
        await app({**scope, "headers": kept}, receive, send)

    world.wire.listen(PORTS["authority"], "authority", plain_alone)
    edc.credentials = [edc.keyless(status=StatusEntry("revocation", 4711, url), profile=VC11)]
    await edc.put_up_with(*(name for name in LAPSES if name != "unsigned-status-lists"))
    status, why = await edc.trigger()
    assert (status, "is not signed; anybody" in why) == (401, True)
    await edc.put_up_with(*LAPSES)
    assert await edc.trigger() == (200, "")


# --- 8. IdentityHub ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scope",
    [
        f"{TYPE_ALIAS}:{MEMBERSHIP}",
        f"{TYPE_ALIAS}:{MEMBERSHIP}:read",
        f"org.eclipse.edc.vc.type:{MEMBERSHIP}:read",
        f"org.eclipse.edc.vc.type:{MEMBERSHIP}",
    ],
)
async def test_8_its_scopes_are_read_old_alias_and_new_two_parts_and_three(edc: Edc, scope: str) -> None:
    await edc.put_up_with(*LAPSES)
    status, said = await edc.wallet_of(edc.world.provider, [scope])
    assert (status, len(said["presentation"])) == (200, 1)


async def test_8_we_ask_with_three_parts_for_its_wallet_knows_no_others(edc: Edc) -> None:
    await edc.put_up_with(*LAPSES)
    await edc.trigger()
    assert all(scope.count(":") == 2 for scope in edc.queries[-1]["scope"])


async def test_8_who_asks_for_more_gets_no_more(edc: Edc) -> None:
    await edc.put_up_with(*LAPSES)
    status, said = await edc.wallet_of(edc.world.provider, [f"{TYPE_ALIAS}:SalaryCredential:read"])
    assert (status, said["presentation"]) == (200, [])


@pytest.mark.parametrize(
    ("bent", "code"), [({"scope": []}, 400), ({"scope": ..., "presentationDefinition": {"id": "x"}}, 501)]
)
async def test_8_a_query_for_nothing_stays_refused(edc: Edc, bent: Json, code: int) -> None:
    """EDC without standing scopes asks so; the standard wants at least one. See docs/divergences.md."""
    await edc.put_up_with(*LAPSES)
    assert (await edc.wallet_of(edc.world.provider, **bent))[0] == code


# --- 9. names ------------------------------------------------------------------------------------------------------------


async def test_9_our_pids_survive_a_path_and_the_assignee_is_its_did(world: World) -> None:
    foreigner = Foreigner(world)
    agreement = await foreigner.agree(world.provider, await world.provider.publish())
    message = foreigner.got("ContractAgreementMessage")
    assert message["agreement"]["assignee"] == foreigner.did
    for pid in (message["providerPid"], agreement):
        assert pid.startswith("urn:uuid:")
        assert not set(pid) & set("/?#% ")
