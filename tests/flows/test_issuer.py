"""The issuer's part of DCP 1.0, case by case as the official kit asks it: who is refused, with which code and why."""

import json
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import pytest

from connector.canonical import canonical_bytes
from connector.services import issuing
from connector.trust.encoding import to_base64url
from connector.trust.issuance import DCP, MEMBERSHIP_REQUEST
from connector.trust.jws import sign_jws
from connector.trust.keys import SigningKey, generate_ed25519, generate_p256
from connector.trust.vc import PROFILES
from connector.trust.vc_jwt import read_credential
from tests.support.desk import Desk, message
from tests.support.prover import OTHER
from tests.support.wire import Json
from tests.support.world import World

pytestmark = pytest.mark.anyio

AHEAD: Final = 31
"""Seconds: one more than the clocks may differ; the kit's own offset is 60."""
Case: TypeAlias = tuple[Callable[[Desk], Any], str]


@pytest.fixture
def desk(world: World, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(issuing, "_PAUSE", 0.0)
    return Desk(world)


def seconds(desk: Desk) -> int:
    return int(desk.now.timestamp())


def objects(desk: Desk) -> list[str]:
    return [one.id for one in desk.world.authority.connector.issuer_service.issues.objects()]


def request(desk: Desk, **bent: Any) -> Json:
    """A CredentialRequestMessage that holds, but for what is bent; a member that is `...` is left out."""
    made = message(
        "CredentialRequestMessage",
        credentials=[{"id": one} for one in objects(desk)],
        **{MEMBERSHIP_REQUEST: to_base64url(canonical_bytes(desk.proof()))},
    )
    return {name: value for name, value in {**made, **bent}.items() if value is not ...}


def proved(desk: Desk, **bent: Any) -> Json:
    return request(desk, **{MEMBERSHIP_REQUEST: to_base64url(canonical_bytes(desk.proof(**bent)))})


async def ask(desk: Desk, given: Any = None, **how: Any) -> tuple[int, str]:
    return (await desk.send(desk.world.authority, "/issuer/credentials", given or request(desk), **how))[:2]


async def taken(desk: Desk, given: Json) -> str:
    """The path of the status of a request that was taken."""
    status, _, location = await desk.send(desk.world.authority, "/issuer/credentials", given)
    assert status == 201
    assert location.startswith(desk.world.authority.url + "/issuer/requests/")
    return location.removeprefix(desk.world.authority.url)


async def requests(desk: Desk) -> list[Any]:
    return await desk.world.authority.connector.issuer_service.requests()


TOKENS: Final[list[Case]] = [
    (lambda d: d.token(iss=OTHER), " differ"),
    (lambda d: d.token(aud=OTHER), "aud"),
    (lambda d: d.token(nbf=seconds(d) + AHEAD), "nbf"),
    (lambda d: d.token(exp=seconds(d) - AHEAD), "exp"),
    (lambda d: d.token(iat=seconds(d) + AHEAD), "iat"),
    (lambda d: d.token(jti=...), "jti is missing"),
    (lambda d: d.token(key=SigningKey(generate_p256(), d.key.kid)), "signature"),
    (lambda d: d.token(key=SigningKey(d.key.key, f"{OTHER}#token-1")), "another DID"),
    (lambda d: sign_jws({"vp": {}, "iss": d.did, "sub": d.did}, d.key), "presentation"),
]


async def test_tokens_that_are_refused(desk: Desk) -> None:
    desk.verifier = desk.world.authority
    path = await taken(desk, request(desk))
    for token, reason in TOKENS:
        desk.verifier = desk.world.authority
        for where, given in (("/issuer/credentials", request(desk)), (path, None)):
            status, said, _ = await desk.send(desk.world.authority, where, given, token=token(desk))
            assert (status, reason in said) == (401, True), (reason, said)
    for header in ("", "Bearer ", "Basic abc", desk.token()):
        for where, given in (("/issuer/credentials", request(desk)), (path, None)):
            status, said, _ = await desk.send(desk.world.authority, where, given, header=header)
            assert (status, "Bearer token" in said) == (401, True)
    assert len(await requests(desk)) == 1


async def test_a_token_is_used_once(desk: Desk) -> None:
    desk.verifier = desk.world.authority
    token = desk.token()
    assert (await ask(desk, token=token))[0] == 201
    status, said = await ask(desk, token=token)
    assert (status, "used before" in said) == (401, True)
    path = await taken(desk, request(desk))
    token = desk.token()
    assert (await desk.send(desk.world.authority, path, token=token))[0] == 200
    status, said, _ = await desk.send(desk.world.authority, path, token=token)
    assert (status, "used before" in said) == (401, True)


MESSAGES: Final[list[tuple[Callable[[Desk], Any], int, str]]] = [
    (lambda d: request(d, credentials=...), 400, "no credentials"),
    (lambda d: request(d, credentials=[]), 400, "are none"),
    (lambda d: request(d, credentials=[{"id": "a"}] * 33), 400, "up to 32"),
    (lambda d: request(d, credentials=[{"id": objects(d)[0]}] * 2), 400, "named twice"),
    (lambda d: request(d, credentials=["a"]), 400, "JSON objects"),
    (lambda d: request(d, credentials=[{"id": "urn:other"}]), 400, "credentialsSupported"),
    (lambda d: request(d, holderPid=...), 400, "holderPid"),
    (lambda d: request(d, holderPid=7), 400, "holderPid"),
    (lambda d: request(d, holderPid="x" * 3000), 400, "holderPid"),
    (lambda d: request(d, type="CredentialMessage"), 400, "not CredentialRequestMessage"),
    (lambda d: request(d, **{"@context": ["https://example.org/other"]}), 400, "@context"),
    (lambda d: request(d, **{"@context": ...}), 400, "no @context"),
    (lambda d: b"[", 400, "JSON"),
    (lambda d: b"{" + b" " * 300_000 + b"}", 400, "larger"),
    (lambda d: b"[" * 5000, 400, ""),
    (lambda d: request(d, **{MEMBERSHIP_REQUEST: ...}), 422, "membershipRequest"),
    (lambda d: request(d, **{MEMBERSHIP_REQUEST: "?"}), 400, "base64url"),
    (lambda d: request(d, **{MEMBERSHIP_REQUEST: to_base64url(b"[]")}), 400, "no JSON object"),
    # Issuance for someone else: another's DID, keys that are not the sender's, an old or misdirected proof.
    (lambda d: proved(d, did=d.world.provider.did), 422, "by somebody else"),
    (lambda d: proved(d, contract_key=SigningKey(generate_ed25519(), f"{d.did}#contract-1")), 422, "contract key"),
    (lambda d: proved(d, log_key=SigningKey(d.contract, f"{d.did}#contract-1")), 422, "one key"),
    (lambda d: proved(d, authority=d.world.provider.did), 422, "addressed to"),
    (lambda d: proved(d, now=d.now.replace(year=2020)), 422, "older than 24 hours"),
    (
        lambda d: request(d, **{MEMBERSHIP_REQUEST: to_base64url(canonical_bytes({**d.proof(), "name": "Other"}))}),
        422,
        "possession",
    ),
]


async def test_messages_that_are_refused(desk: Desk) -> None:
    for made, code, reason in MESSAGES:
        status, said = await ask(desk, made(desk))
        assert (status, reason in said) == (code, True), (reason, status, said)
    assert await requests(desk) == []
    assert desk.posted == []


async def test_metadata_needs_no_token(desk: Desk) -> None:
    status, said, _ = await desk.send(desk.world.authority, "/issuer/metadata", header="")
    assert status == 200
    metadata = json.loads(said)
    assert metadata["issuer"] == desk.world.authority.did
    assert [one["profile"] for one in metadata["credentialsSupported"]] == list(PROFILES)
    document = desk.world.authority.connector.identity.did_document
    (service,) = [one for one in document["service"] if one["type"] == "IssuerService"]
    assert service["serviceEndpoint"] == desk.world.authority.url + "/issuer"


async def test_the_status_is_for_who_asked(desk: Desk) -> None:
    given = request(desk)
    path = await taken(desk, given)
    status, said, _ = await desk.send(desk.world.authority, path)
    assert status == 200
    found = json.loads(said)
    assert (found["status"], found["holderPid"], found["issuerPid"]) == (
        "RECEIVED",
        given["holderPid"],
        path.rpartition("/")[2],
    )
    bearer = desk.world.provider.bearer(desk.world.authority)
    for where, how in ((path, {"token": bearer}), ("/issuer/requests/urn:uuid:0", {}), ("/issuer/requests/x", {})):
        status, said, _ = await desk.send(desk.world.authority, where, **how)
        assert (status, "no such request" in said) == (404, True)


async def test_the_same_request_again_is_the_same(desk: Desk) -> None:
    given = request(desk)
    assert await taken(desk, given) == await taken(desk, given)
    other = {**given, "credentials": given["credentials"][:1]}
    status, said = await ask(desk, other)
    assert (status, "another request" in said) == (409, True)
    assert len(await requests(desk)) == 1


async def test_requests_without_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(issuing.MAX_OPEN_OF_ONE):
        assert (await ask(desk))[0] == 201
    status, said = await ask(desk)
    assert (status, "of yours wait" in said) == (409, True)
    monkeypatch.setattr(issuing, "MAX_OPEN", 0)
    monkeypatch.setattr(issuing, "MAX_OPEN_OF_ONE", 99)
    status, said = await ask(desk)
    assert (status, "too many" in said) == (409, True)


async def test_several_requests_of_one_and_the_one_that_is_meant(desk: Desk) -> None:
    for _ in range(2):
        await taken(desk, request(desk))
    api = desk.world.authority.api
    unclear = await api.post("/admissions", json={"request": desk.did})
    assert (unclear.status_code, "name one by its id" in unclear.json()["detail"]) == (409, True)
    first = (await requests(desk))[0]
    assert (await api.post("/refusals", json={"request": first.id, "reason": "twice"})).is_success
    assert (await api.post("/admissions", json={"request": desk.did})).is_success


@pytest.mark.parametrize("wanted", [(0,), (1,), (0, 1)])
async def test_what_is_delivered_is_what_was_asked_for(desk: Desk, wanted: tuple[int, ...]) -> None:
    given = request(desk, credentials=[{"id": objects(desk)[n]} for n in wanted])
    desk.verifier = desk.world.authority
    status, _, location = await desk.send(
        desk.world.authority, "/issuer/credentials", given, token=desk.token(token="lent")
    )
    assert status == 201
    await desk.world.authority.post("/admissions", {"request": desk.did})
    await desk.world.authority.connector.issuer_service.idle()
    ((path, brought),) = desk.posted
    assert path == "/credentials"
    assert (brought["status"], brought["holderPid"]) == ("ISSUED", given["holderPid"])
    assert location.endswith("/" + brought["issuerPid"])
    credentials = [read_credential(one["payload"]) for one in brought["credentials"]]
    assert [one.profile for one in credentials] == [PROFILES[n] for n in wanted]
    assert {(one.subject, one.issuer) for one in credentials} == {(desk.did, desk.world.authority.did)}
    # What the holder lent comes back inside the issuer's own token (DCP, "Credential Request API").
    assert (desk.shown["iss"], desk.shown["aud"], desk.shown["token"]) == (desk.world.authority.did, desk.did, "lent")


async def test_a_request_as_edc_writes_it(desk: Desk) -> None:
    """Expanded JSON-LD without `@context`; without our proof it is understood, and refused for that alone."""
    holder = "urn:uuid:7"
    expanded = {
        "@type": f"{DCP}CredentialRequestMessage",
        f"{DCP}holderPid": [{"@value": holder}],
        f"{DCP}credentials": [{"@id": objects(desk)[0]}, {"id": objects(desk)[1]}],
    }
    status, said = await ask(desk, expanded)
    assert (status, "membershipRequest" in said) == (422, True)
    proof = [{"@value": to_base64url(canonical_bytes(desk.proof()))}]
    for form in ({**expanded, MEMBERSHIP_REQUEST: proof}, [{**expanded, MEMBERSHIP_REQUEST: proof}]):
        assert (await ask(desk, form))[0] == 201
    (found,) = await requests(desk)
    assert (found.holder_pid, list(found.objects)) == (holder, objects(desk))
