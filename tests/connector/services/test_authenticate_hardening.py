"""What a stranger cannot do at the door, and what an exception of the operator does not give away."""

import json
import logging
from datetime import datetime, timedelta
from typing import Any

import pytest

from connector.ports.network import NoRoom, PeerAnswer, PeerUnreachable
from connector.ports.records import MembershipRecord
from connector.services import live_tokens
from connector.services.authenticate import Authenticator
from connector.services.documents import KEPT, Documents
from connector.services.errors import Busy, Unauthenticated
from connector.services.identity import Identity
from connector.services.live_tokens import LiveTokens
from connector.services.status_lists import StatusLists
from connector.trust.anchors import TrustAnchors
from connector.trust.credentials import MEMBERSHIP
from connector.trust.dcp import write_response
from connector.trust.jws import sign_jws
from connector.trust.presentations import make_presentation
from connector.trust.tokens import mint_id_token
from tests.connector.trust.parties import NOW, Party, party

pytestmark = pytest.mark.anyio

ME, PEER, OFFICE = "us", "plant", "office"


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


class Place:
    """The store, the network and the DID documents around one authenticator."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.used: set[tuple[str, str]] = set()
        self.memberships: list[MembershipRecord] = []
        self.documents = {party(name).did: party(name).data() for name in (ME, PEER, OFFICE)}
        self.shown: list[str] | Exception = []
        self.asked = 0
        us = party(ME)
        identity = Identity(
            us.did,
            "us",
            us.token_key,
            us.contract_key,
            us.log_key,
            us.log_origin,
            "https://us.example",
            "https://us.example/dsp",
            us.data(),
            laboratory=False,
            access_secret=b"s" * 32,
        )
        store: Any = self
        self.authenticator = Authenticator(
            identity,
            dids=self,
            network=self,
            store=store,
            clock=self.clock,
            anchors=TrustAnchors({MEMBERSHIP: {party(OFFICE).did}}),
            status_lists=StatusLists(
                network=self,
                documents=Documents(self),
                store=store,
                clock=self.clock,
                max_age=timedelta(days=1),
            ),
        )

    # DidDocuments
    async def resolve(self, did: str, *, fresh: bool = False) -> Any:
        if did not in self.documents:
            raise PeerUnreachable(f"{did} at 10.1.2.3 refused")
        return self.documents[did]

    # Network
    async def post(self, url: str, body: bytes, token: str) -> PeerAnswer:
        self.asked += 1
        if isinstance(self.shown, Exception):
            raise self.shown
        made = make_presentation(
            self.shown, key=party(PEER).token_key, holder=party(PEER).did, audience=party(ME).did, now=self.clock.now()
        )
        return PeerAnswer(200, json.dumps(write_response([made] if self.shown else [])).encode())

    async def get(self, url: str, token: str | None = None, **wanted: str | None) -> PeerAnswer:
        raise AssertionError(url)

    # Store
    async def use_token_once(self, issuer: str, jti: str, expires_at: datetime) -> bool:
        new = (issuer, jti) not in self.used
        self.used.add((issuer, jti))
        return new

    async def read(self, work: Any) -> Any:
        return work(self.unit)

    async def write(self, work: Any) -> Any:
        return work(self.unit)

    @property
    def unit(self) -> Any:
        place = self

        class Memberships:
            def get(self, digest: str) -> Any:
                return next((m for m in place.memberships if m.digest == digest), None)

            def add(self, record: MembershipRecord) -> None:
                place.memberships.append(record)

            def find(self, *, did: str, limit: int) -> list[MembershipRecord]:
                return [m for m in place.memberships if m.did == did][:limit]

        class Unit:
            memberships = Memberships()

        return Unit()

    def header(self, sender: Party | None = None) -> str:
        sender = sender or party(PEER)
        token = mint_id_token(
            sender.token_key, did=sender.did, audience=party(ME).did, now=self.clock.now(), access_token="open"
        )
        return f"Bearer {token}"


@pytest.fixture
def place() -> Place:
    return Place()


@pytest.fixture
def excepting(place: Place) -> Place:
    place.authenticator.except_(party(PEER).did, ())
    return place


async def test_an_excepted_peer_that_has_a_membership_is_known_by_it(excepting: Place) -> None:
    excepting.shown = [party(PEER).membership(party(OFFICE))]
    for _ in range(2):
        found = await excepting.authenticator.authenticate(excepting.header())
        assert found.membership is not None
        assert found.membership.did == party(PEER).did
    assert excepting.asked == 1
    assert len(excepting.memberships) == 1


@pytest.mark.parametrize("shown", ["none", "foreign", "expired", "silent", "no service"])
async def test_an_excepted_peer_without_membership_comes_in_without(excepting: Place, shown: str) -> None:
    old = timedelta(days=1)
    answers: dict[str, list[str] | Exception] = {
        "foreign": [party(PEER).membership(party("else"))],
        "expired": [party(PEER).membership(party(OFFICE), valid_from=NOW - 2 * old, valid_until=NOW - old)],
        "silent": PeerUnreachable("no answer"),
    }
    excepting.shown = answers.get(shown, [])
    if shown == "no service":
        excepting.documents[party(PEER).did] = {**party(PEER).data(), "service": []}
    found = await excepting.authenticator.authenticate(excepting.header())
    assert (found.did, found.membership) == (party(PEER).did, None)


async def test_the_token_of_an_excepted_peer_is_used_once_all_the_same(excepting: Place) -> None:
    header = excepting.header()
    await excepting.authenticator.authenticate(header)
    with pytest.raises(Unauthenticated, match="replay"):
        await excepting.authenticator.authenticate(header)


async def test_an_exception_is_for_who_proves_to_be_that_peer(excepting: Place) -> None:
    thief = party("thief")
    forged = mint_id_token(thief.token_key, did=party(PEER).did, audience=party(ME).did, now=NOW, access_token="x")
    with pytest.raises(Unauthenticated, match="identity"):
        await excepting.authenticator.authenticate(f"Bearer {forged}")
    assert excepting.asked == 0


async def test_that_we_are_busy_makes_no_peer_one_without_membership(excepting: Place) -> None:
    excepting.shown = NoRoom("too many")
    with pytest.raises(Busy):
        await excepting.authenticator.authenticate(excepting.header())


async def test_an_excepted_peer_whose_membership_we_have_seen_is_waited_for(excepting: Place) -> None:
    excepting.shown = [party(PEER).membership(party(OFFICE))]
    await excepting.authenticator.authenticate(excepting.header())
    excepting.authenticator.forget(party(PEER).did)
    excepting.shown = PeerUnreachable("down")
    with pytest.raises(Busy):
        await excepting.authenticator.authenticate(excepting.header())


async def test_a_silent_service_of_an_excepted_peer_is_not_waited_for_each_time(excepting: Place) -> None:
    excepting.shown = PeerUnreachable("no answer")
    for _ in range(3):
        await excepting.authenticator.authenticate(excepting.header())
    assert excepting.asked == 1
    excepting.clock.at += timedelta(seconds=31)
    await excepting.authenticator.authenticate(excepting.header())
    assert excepting.asked == 2


async def test_without_an_exception_a_membership_is_needed(place: Place) -> None:
    with pytest.raises(Unauthenticated, match="presented no"):
        await place.authenticator.authenticate(place.header())


async def test_a_stranger_is_not_told_what_we_saw_on_our_network(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    place.shown = PeerUnreachable("10.1.2.3 port 5432 speaks no HTTP")
    for header in (place.header(), place.header(party("nobody"))):
        with pytest.raises(Busy) as caught:
            await place.authenticator.authenticate(header)
        told = str(caught.value)
        assert told.startswith("the caller's identity cannot be checked now; try again (trace ")
        assert "10.1" not in told
        assert "nobody" not in told
    assert "10.1.2.3 port 5432" in caplog.text
    assert "10.1.2.3 refused" in caplog.text


async def test_one_issuer_cannot_fill_the_table_of_used_tokens(place: Place) -> None:
    assert place.authenticator._live._limits[False] == 20_000
    place.authenticator._live = LiveTokens(stranger=5)
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            await place.authenticator.authenticate(place.header())
    with pytest.raises(Busy):
        await place.authenticator.authenticate(place.header())
    held = len(place.used)
    assert held == 5
    with pytest.raises(Unauthenticated):  # others are not hindered
        await place.authenticator.authenticate(place.header(party(OFFICE)))
    place.clock.at += timedelta(minutes=10)
    with pytest.raises(Unauthenticated):  # nor he himself, once his tokens have gone
        await place.authenticator.authenticate(place.header())


def test_a_member_may_have_more_tokens_alive() -> None:
    tokens, now = LiveTokens(stranger=3, member=5), NOW
    for limit in (3, 5):
        while tokens.has_room("a", now):
            tokens.add("a", now + timedelta(minutes=5), now)
        assert tokens._issuers["a"].total == limit
        tokens.is_member("a")
    assert tokens.has_room("a", now + timedelta(minutes=7))


def test_no_issuer_is_counted_for_ever() -> None:
    tokens = LiveTokens()
    for n in range(5 * live_tokens._SWEEP):
        now = NOW + timedelta(seconds=n)
        tokens.add(f"issuer {n}", now + timedelta(minutes=5), now)
        assert len(tokens._issuers) <= live_tokens._SWEEP


async def test_a_token_with_a_long_id_is_refused(place: Place) -> None:
    sender = party(PEER)
    times = {"iat": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 60}
    claims = {"iss": sender.did, "sub": sender.did, "aud": party(ME).did, "jti": "j" * 257, **times}
    with pytest.raises(Unauthenticated, match="longer than 256"):
        await place.authenticator.authenticate(f"Bearer {sign_jws(claims, sender.token_key)}")
    assert place.used == set()


async def test_few_documents_are_kept_read(place: Place) -> None:
    documents = Documents(place)
    for n in range(KEPT + 20):
        did = f"did:web:a{n}.example"
        place.documents[did] = {"id": did}
        await documents.resolve(did)
        await documents.resolve("did:web:a0.example")
    assert len(documents._parsed) == KEPT
    assert "did:web:a0.example" in documents._parsed  # the least recently used go first


async def test_a_document_that_was_fetched_anew_is_read_anew(place: Place) -> None:
    first = await place.authenticator.resolve(party(PEER).did)
    assert await place.authenticator.resolve(party(PEER).did) is first
    place.documents[party(PEER).did] = party(PEER).data()
    assert await place.authenticator.resolve(party(PEER).did) is not first
