"""The holder's part of DCP 1.0, case by case as the official kit asks it: storage, offers, presentations."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, TypeAlias

import pytest

from connector.ids import new_iri
from connector.ports.records import AskedRecord, AskedStatus
from connector.ports.store import UnitOfWork
from connector.trust.credentials import MEMBERSHIP
from connector.trust.dcp import MEMBERSHIP_SCOPE, TYPE_ALIAS, read_response, write_query
from connector.trust.issuance import DCP
from connector.trust.jws import peek
from connector.trust.keys import SigningKey, generate_p256
from connector.trust.vc import PROFILES
from tests.support.desk import Desk, message
from tests.support.prover import OTHER
from tests.support.wire import Json
from tests.support.world import OUTSIDER, Member, World

pytestmark = pytest.mark.anyio

AHEAD: Final = 31
STORE, OFFERS, QUERY = "/credentials/credentials", "/credentials/offers", "/credentials/presentations/query"
QUALITY: Final = "QualityCredential"
Case: TypeAlias = tuple[Callable[["Teller"], Any], int, str]


class Teller(Desk):
    """An issuer whom the holder has asked."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.holder: Member
        self.pid = ""

    async def asked(self, **changes: Any) -> None:
        """The holder has asked; what it asked for is written into its store."""
        self.pid = new_iri()
        made: Json = {"id": self.pid, "issuer": self.did, "status": AskedStatus.RECEIVED, "objects": ("urn:a",)}
        record = AskedRecord(**{**made, "created_at": "2026-11-23T00:00:00.000Z", **changes})
        await self.holder.connector.store.write(lambda unit: unit.asked.add(record))

    def credential(self, *, type_: str = QUALITY, **changes: Any) -> str:
        """A credential of ours about the holder: of another type than memberships, unless it is said."""
        inside = {"type": ["VerifiableCredential", type_], **changes.pop("inside", {})}
        if type_ != MEMBERSHIP:
            inside["credentialSubject"] = {"id": changes.get("subject", self.holder.did), "grade": "A"}
        made = {"issuer": self.did, "issuer_key": self.key, "signed_by": self.key, "subject": self.holder.did}
        return self.membership(**{**made, **changes, "inside": inside})

    def brings(self, *payloads: str, type_: str = QUALITY, **bent: Any) -> Json:
        """A CredentialMessage."""
        contained = [{"credentialType": type_, "format": PROFILES[0], "payload": one} for one in payloads]
        made = message("CredentialMessage", issuerPid="i-1", status="ISSUED", credentials=contained)
        made["holderPid"] = self.pid
        return {name: value for name, value in {**made, **bent}.items() if value is not ...}

    async def bring(self, given: Any = None, **how: Any) -> tuple[int, str]:
        return (await self.send(self.holder, STORE, given or self.brings(self.credential()), **how))[:2]

    async def held(self) -> list[str]:
        """The types of what the holder keeps."""

        def read(unit: UnitOfWork) -> list[str]:
            return [one.types[-1] for one in unit.credentials.find()]

        return await self.holder.connector.store.read(read)

    async def query(self, scopes: list[str], granted: list[str] | None = None, **how: Any) -> tuple[int, Any]:
        """Ask the holder, with a token for what was granted."""
        self.verifier = self.holder
        access = self.holder.connector.authenticator._access.give(self.did, tuple(granted or scopes))
        token = how.pop("token", None) or self.token(token=access)
        body = how.pop("body", write_query(scopes))
        status, said, _ = await self.send(self.holder, QUERY, body, token=token, **how)
        return status, json.loads(said) if said else None


@pytest.fixture
async def teller(world: World) -> Teller:
    made = Teller(world)
    made.holder = await world.join(OUTSIDER)
    await made.asked()
    return made


def seconds(teller: Teller) -> int:
    return int(teller.now.timestamp())


def scope(type_: str) -> str:
    return f"{TYPE_ALIAS}:{type_}:read"


TOKENS: Final[list[tuple[Callable[[Teller], str], str]]] = [
    (lambda t: t.token(iss=OTHER), " differ"),
    (lambda t: t.token(aud=OTHER), "aud"),
    (lambda t: t.token(nbf=seconds(t) + AHEAD), "nbf"),
    (lambda t: t.token(exp=seconds(t) - AHEAD), "exp"),
    (lambda t: t.token(iat=seconds(t) + AHEAD), "iat"),
    (lambda t: t.token(jti=...), "jti is missing"),
    (lambda t: t.token(key=SigningKey(generate_p256(), t.key.kid)), "signature"),
    (lambda t: t.token(key=SigningKey(t.key.key, f"{OTHER}#token-1")), "another DID"),
]


def every(teller: Teller) -> list[tuple[str, Json]]:
    """What may be said at the holder's three doors."""
    offer = message("CredentialOfferMessage", issuer=teller.did, credentials=[{"id": "urn:a"}])
    return [(STORE, teller.brings(teller.credential())), (OFFERS, offer), (QUERY, write_query([MEMBERSHIP_SCOPE]))]


async def test_tokens_that_are_refused_at_every_door(teller: Teller) -> None:
    for token, reason in TOKENS:
        for path, given in every(teller):
            teller.verifier = teller.holder
            status, said, _ = await teller.send(teller.holder, path, given, token=token(teller))
            assert (status, reason in said) == (401, True), (path, reason, said)
    for header in ("", "Bearer ", "Basic abc", teller.token()):
        for path, given in every(teller):
            status, said, _ = await teller.send(teller.holder, path, given, header=header)
            assert (status, "Bearer token" in said) == (401, True)
    assert await teller.held() == []


async def test_a_token_is_used_once_at_every_door(teller: Teller) -> None:
    for path, given in every(teller):
        teller.verifier = teller.holder
        token = teller.token(token=...)
        first = await teller.send(teller.holder, path, given, token=token)
        assert "used before" not in first[1]
        status, said, _ = await teller.send(teller.holder, path, given, token=token)
        assert (status, "used before" in said) == (401, True)


# --- storage -------------------------------------------------------------------------------------------------------------


async def test_what_was_asked_for_is_kept_once(teller: Teller) -> None:
    assert await teller.bring() == (200, "")
    assert await teller.held() == [QUALITY]
    for again in (teller.brings(teller.credential()), teller.brings(status="REJECTED", rejectionReason="late")):
        status, said = await teller.bring(again)
        assert (status, "answered before" in said) == (409, True)
    assert await teller.held() == [QUALITY]


MESSAGES: Final[list[Case]] = [
    (lambda t: t.brings(t.credential(), holderPid=...), 400, "holderPid"),
    (lambda t: t.brings(t.credential(), issuerPid=...), 400, "issuerPid"),
    (lambda t: t.brings(t.credential(), status="DONE"), 400, "not ISSUED or REJECTED"),
    (lambda t: t.brings(t.credential(), status=...), 400, "status"),
    (lambda t: t.brings(), 400, "holds no credentials"),
    (lambda t: t.brings(*["e"] * 33), 400, "up to 32"),
    (lambda t: t.brings("e" * 70_000), 400, "payload"),
    (lambda t: t.brings(t.credential(), type="Other"), 400, "not CredentialMessage"),
    (lambda t: b"nothing", 400, "JSON"),
    (lambda t: t.brings(t.credential(), holderPid=new_iri()), 404, "nothing was asked"),
    (lambda t: t.brings(t.credential()[:-9]), 422, "signature"),
    (
        lambda t: t.brings(t.credential(subject=OTHER)),
        422,
        "somebody else",
    ),
    (lambda t: t.brings(t.credential(valid_until=t.now - timedelta(hours=1))), 422, "expired"),
    (lambda t: t.brings(t.credential(signed_by=SigningKey(generate_p256(), t.key.kid))), 422, "signature"),
    (lambda t: t.brings(t.credential(), type_="OtherCredential"), 422, "no OtherCredential"),
    (lambda t: t.brings(t.credential(profile=PROFILES[1])), 422, "profile"),
    # A membership that binds another's keys: whoever held it would sign in our name.
    (lambda t: t.brings(t.credential(type_=MEMBERSHIP), type_=MEMBERSHIP), 422, "other keys"),
    # All or nothing: a good one beside a bad one is not kept either.
    (lambda t: t.brings(t.credential(), t.credential(subject=OTHER)), 422, "somebody else"),
]


async def test_messages_that_are_refused_and_change_nothing(teller: Teller) -> None:
    for made, code, reason in MESSAGES:
        status, said = await teller.bring(made(teller))
        assert (status, reason in said) == (code, True), (reason, status, said)
    assert await teller.held() == []
    # The request is still open.
    assert (await teller.bring())[0] == 200


async def test_nobody_but_whom_we_asked_may_answer(teller: Teller) -> None:
    await teller.asked(issuer=teller.world.authority.did)
    status, said = await teller.bring()
    assert (status, "nothing was asked" in said) == (404, True)
    await teller.asked(status=AskedStatus.OFFERED)
    status, said = await teller.bring()
    assert (status, "nothing was asked" in said) == (404, True)
    credential = teller.credential(issuer=teller.world.authority.did, signed_by=teller.office)
    await teller.asked()
    status, said = await teller.bring(teller.brings(credential))
    assert (status, "by somebody else" in said) == (422, True)
    assert await teller.held() == []


async def test_a_rejection_and_what_comes_after_it(teller: Teller) -> None:
    rejected = teller.brings(status="REJECTED", rejectionReason="x" * 5000, credentials=...)
    assert (await teller.bring(rejected))[0] == 200
    view = await teller.holder.get(f"/credential-requests/{teller.pid}")
    assert (view["state"], len(view["reason"])) == ("REJECTED", 2048)
    status, said = await teller.bring()
    assert (status, "answered before" in said) == (409, True)
    assert await teller.held() == []


async def test_the_access_token_that_comes_back(teller: Teller) -> None:
    access = teller.holder.connector.authenticator._access
    teller.verifier = teller.holder
    for token, reason in ((access.give(OTHER), "somebody else"), ("made-up", "not ours")):
        status, said = await teller.bring(token=teller.token(token=token))
        assert (status, reason in said) == (401, True)
    lent = access.give(teller.did)
    teller.world.clock.turn(days=5)
    assert (await teller.bring(token=teller.token(token=lent)))[0] == 200


@pytest.mark.parametrize("named", ["VC1_0_JWT", PROFILES[0], "jwt"])
async def test_names_of_the_format(teller: Teller, named: str) -> None:
    given = teller.brings(teller.credential())
    given["credentials"][0]["format"] = named
    assert (await teller.bring(given))[0] == 200


async def test_a_message_in_full(teller: Teller) -> None:
    container = {"credentialType": QUALITY, "format": "VC1_0_JWT", "payload": teller.credential()}
    expanded = {
        "@type": [f"{DCP}CredentialMessage"],
        f"{DCP}issuerPid": [{"@id": "urn:i"}],
        f"{DCP}holderPid": [{"@id": teller.pid}],
        f"{DCP}status": [{"@id": "ISSUED"}],
        f"{DCP}credentials": [{"@type": "@json", "@value": [container]}],
    }
    assert (await teller.bring([expanded]))[0] == 200
    assert await teller.held() == [QUALITY]


# --- offers ----------------------------------------------------------------------------------------------------------------


async def test_offers(teller: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    good = message("CredentialOfferMessage", issuer=teller.did, credentials=[{"id": "urn:a"}])
    status, said, _ = await teller.send(teller.holder, OFFERS, good)
    assert (status, "only an authority" in said) == (403, True)
    monkeypatch.setattr(teller.holder.connector.credential_service._anchors, "believes", lambda *_: True)
    refused: list[tuple[Json, str]] = [
        ({"issuer": None}, "issuer"),
        ({"issuer": teller.world.authority.did}, "not its sender"),
        ({"credentials": None}, "no credentials"),
        ({"credentials": []}, "offers no credentials"),
        ({"credentials": ["urn:a"]}, "JSON objects"),
        ({"credentials": [{"type": "CredentialObject"}]}, "id"),
        ({"type": "CredentialMessage"}, "not CredentialOfferMessage"),
    ]
    for bent, reason in refused:
        status, said, _ = await teller.send(teller.holder, OFFERS, {**good, **bent})
        assert (status, reason in said) == (400, True), (reason, said)
    before = len(await teller.holder.get("/credential-requests"))
    full = {"id": "urn:b", "type": "CredentialObject", "credentialType": QUALITY, "profiles": ["vc11-sl2021/jwt"]}
    for credentials in ([{"id": "urn:a"}], [full]):
        assert (await teller.send(teller.holder, OFFERS, {**good, "credentials": credentials}))[0] == 200
    after = await teller.holder.get("/credential-requests")
    assert (len(after), after[-1]["credentials"]) == (before + 1, ["urn:b"])


# --- presentations ---------------------------------------------------------------------------------------------------------


def shown(said: Any) -> list[list[str]]:
    """The types of the credentials in each presentation."""
    found = []
    for jwt in read_response(said):
        claims = peek(jwt)[1]
        found.append([peek(one)[1]["vc"]["type"][-1] for one in claims["vp"]["verifiableCredential"]])
    return found


@pytest.fixture
async def stocked(teller: Teller) -> Teller:
    """Its holder keeps two credentials of two types, and an older one."""
    for type_ in (QUALITY, "SafetyCredential", QUALITY):
        await teller.asked()
        assert (await teller.bring(teller.brings(teller.credential(type_=type_), type_=type_)))[0] == 200
        teller.world.clock.turn(seconds=1)
    return teller


async def test_what_is_asked_for_and_granted_is_shown(stocked: Teller) -> None:
    one, other = scope(QUALITY), scope("SafetyCredential")
    for granted in ([one], [one, other]):
        status, said = await stocked.query([one], granted)
        assert (status, shown(said)) == (200, [[QUALITY]])
        claims = peek(said["presentation"][0])[1]
        assert (claims["aud"], claims["iss"]) == (stocked.did, stocked.holder.did)
    status, said = await stocked.query([one, other])
    assert (status, [sorted(one) for one in shown(said)]) == (200, [[QUALITY, "SafetyCredential"]])


async def test_scope_escalation_shows_what_was_granted_only(stocked: Teller) -> None:
    status, said = await stocked.query([scope(QUALITY), scope("SafetyCredential")], [scope(QUALITY)])
    assert (status, shown(said)) == (200, [[QUALITY]])
    status, said = await stocked.query([scope("SafetyCredential")], [scope(QUALITY)])
    assert (status, shown(said)) == (200, [])
    # What our connector gives to everybody is for memberships alone.
    bearer = peek(stocked.holder.connector.authenticator.bearer(stocked.did))[1]["token"]
    token = stocked.token(token=bearer)
    assert shown((await stocked.query([scope(QUALITY)], token=token))[1]) == []


async def test_an_expired_credential_is_not_shown(stocked: Teller) -> None:
    stocked.world.clock.turn(days=2)
    assert shown((await stocked.query([scope(QUALITY)]))[1]) == []


async def test_access_tokens_that_open_nothing(stocked: Teller) -> None:
    access = stocked.holder.connector.authenticator._access
    mine = access.give(stocked.did, (scope(QUALITY),))
    for token, reason in (
        (access.give(OTHER), "somebody else"),
        ("unknown", "not ours"),
        (mine[:-4] + "AAAA", "not ours"),
    ):
        status, said = await stocked.query([scope(QUALITY)], token=stocked.token(token=token))
        assert (status, reason in said["detail"]) == (401, True)
    stocked.world.clock.turn(minutes=11)
    status, said = await stocked.query([scope(QUALITY)], token=stocked.token(token=mine))
    assert (status, "expired" in said["detail"]) == (401, True)


QUERIES: Final[list[tuple[Json, int, str]]] = [
    ({"scope": [MEMBERSHIP_SCOPE], "presentationDefinition": {}}, 400, "not both"),
    ({"presentationDefinition": {"id": "x", "input_descriptors": []}}, 501, "not supported"),
    ({"presentationDefinition": {}}, 400, "empty"),
    ({"presentationDefinition": None}, 400, "empty"),
    ({"scope": []}, 400, "at least one scope"),
    ({"scope": None}, 400, "scope"),
    ({}, 400, "no scope"),
    ({"scope": ["x"] * 65}, 400, "up to 64"),
]


async def test_queries_that_are_refused(teller: Teller) -> None:
    for members, code, reason in QUERIES:
        body = {**{k: v for k, v in write_query([]).items() if k != "scope"}, **members}
        status, said = await teller.query([MEMBERSHIP_SCOPE], body=body)
        assert (status, reason in said["detail"]) == (code, True), (members, status, said)
