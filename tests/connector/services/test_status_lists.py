"""Fetching status lists: once for all who want one, rarely from who failed, bounded, and not for ever."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from connector.ports.network import NoRoom, PeerAnswer, PeerUnreachable
from connector.ports.records import StatusListRecord
from connector.services import held_lists, status_lists
from connector.services.documents import Documents
from connector.services.status_lists import StatusLists
from connector.trust.errors import StatusInvalid
from connector.trust.status import StatusList, make_bits, write_status_list
from connector.trust.vc20 import VC20
from connector.trust.vc_jwt import sign_credential
from tests.connector.trust.parties import NOW, party

pytestmark = pytest.mark.anyio

OFFICE = party("office")
URL = "https://office.example/list"


class Place:
    """The network, the store and the clock around the lists of one issuer."""

    def __init__(self) -> None:
        self.at = NOW
        self.answer: PeerAnswer | Exception = self.of(1)
        self.asked: list[str | None] = []
        self.rows: dict[str, StatusListRecord] = {}
        self.documents = {OFFICE.did: OFFICE.data()}
        self.taken: list[StatusList] = []
        self.hold: asyncio.Event | None = None

    def now(self) -> datetime:
        return self.at

    def of(self, *revoked: int, url: str = URL, etag: str | None = '"1"') -> PeerAnswer:
        vc = write_status_list(
            VC20,
            url=url,
            issuer=OFFICE.did,
            bits=make_bits(revoked),
            valid_from=self.at,
            valid_until=self.at + timedelta(days=2),
        )
        return PeerAnswer(200, sign_credential(vc, OFFICE.token_key, VC20).encode(), etag=etag)

    def lists(self) -> StatusLists:
        store: Any = self
        made = StatusLists(
            network=self, documents=Documents(self), store=store, clock=self, max_age=timedelta(hours=24)
        )
        made.taken = self.took
        return made

    async def took(self, found: StatusList) -> None:
        self.taken.append(found)

    async def resolve(self, did: str, *, fresh: bool = False) -> Any:
        if did not in self.documents:
            raise PeerUnreachable(did)
        return self.documents[did]

    async def get(
        self, url: str, token: str | None = None, *, accept: str | None = None, etag: str | None = None
    ) -> PeerAnswer:
        assert accept == status_lists.ACCEPT
        self.asked.append(etag)
        if self.hold is not None:
            await self.hold.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def post(self, url: str, body: bytes, token: str) -> PeerAnswer:
        raise AssertionError(url)

    async def read(self, work: Any) -> Any:
        return work(self)

    async def write(self, work: Any) -> Any:
        return work(self)

    write_soon = write

    @property
    def status_lists(self) -> Any:
        place = self

        class Rows:
            def get(self, key: str) -> Any:
                return place.rows.get(key)

            def put(self, record: StatusListRecord) -> None:
                place.rows[record.key] = record

            def find(self, **_: Any) -> Any:
                return list(place.rows.values())

        return Rows()


@pytest.fixture
def place() -> Place:
    return Place()


async def test_one_request_for_all_who_want_it(place: Place) -> None:
    lists, place.hold = place.lists(), asyncio.Event()
    wanting = [asyncio.ensure_future(lists.get(URL, OFFICE.did)) for _ in range(5)]
    await asyncio.sleep(0)
    wanting[0].cancel()  # whoever waits may go; the others still wait
    place.hold.set()
    found = await asyncio.gather(*wanting[1:])
    assert len({id(one) for one in found}) == 1
    assert len(place.asked) == 1
    assert (found[0].is_set(1), found[0].is_set(0)) == (True, False)
    assert place.taken == [found[0]]


async def test_fresh_then_conditional(place: Place) -> None:
    lists = place.lists()
    first = await lists.get(URL, OFFICE.did)
    place.at += timedelta(minutes=4, seconds=59)
    assert await lists.get(URL, OFFICE.did) is first
    place.at += timedelta(seconds=1)
    place.answer = PeerAnswer(304, b"")
    assert await lists.get(URL, OFFICE.did) is first
    assert place.asked == [None, '"1"']
    assert await lists.get(URL, OFFICE.did) is first  # fresh again
    assert len(place.asked) == 2
    assert place.taken == [first]


@pytest.mark.parametrize(
    "answer",
    [
        PeerUnreachable("down"),
        PeerAnswer(404, b""),
        PeerAnswer(302, b""),
        PeerAnswer(200, b"{}"),
        PeerAnswer(200, b"x" * 300_000),
        PeerAnswer(200, b"\xff\xfe"),
        PeerAnswer(304, b""),
    ],
    ids=["down", "gone", "redirect", "plain", "huge", "no-text", "unchanged"],
)
async def test_who_failed_is_not_asked_again_at_once(place: Place, answer: Any) -> None:
    lists, place.answer = place.lists(), answer
    for _ in range(3):
        with pytest.raises((PeerUnreachable, StatusInvalid)):
            await lists.get(URL, OFFICE.did)
    assert len(place.asked) == 1
    place.at += timedelta(seconds=30)
    place.answer = place.of(2)
    assert (await lists.get(URL, OFFICE.did)).is_set(2)


async def test_what_was_checked_goes_on_for_a_day(place: Place) -> None:
    lists = place.lists()
    first = await lists.get(URL, OFFICE.did)
    place.answer = PeerUnreachable("down")
    place.at += timedelta(hours=23)
    assert await lists.get(URL, OFFICE.did) is first
    place.at += timedelta(hours=1, seconds=1)
    with pytest.raises(PeerUnreachable, match="down"):
        await lists.get(URL, OFFICE.did)


async def test_never_beyond_its_own_end(place: Place) -> None:
    lists = place.lists()
    first = await lists.get(URL, OFFICE.did)
    for _ in range(2):  # confirmed as the newest, as often as asked
        place.at += timedelta(hours=23)
        place.answer = PeerAnswer(304, b"")
        assert await lists.get(URL, OFFICE.did) is first
    place.at += timedelta(hours=2, seconds=31)
    place.answer = PeerUnreachable("down")
    with pytest.raises(PeerUnreachable, match="down"):
        await lists.get(URL, OFFICE.did)


async def test_no_room_says_nothing_about_the_issuer(place: Place) -> None:
    lists, place.answer = place.lists(), NoRoom("full")
    with pytest.raises(NoRoom):
        await lists.get(URL, OFFICE.did)
    place.answer = place.of(4)
    assert (await lists.get(URL, OFFICE.did)).is_set(4)
    assert len(place.asked) == 2


async def test_a_restart_forgets_nothing(place: Place) -> None:
    old = place.of()
    place.at += timedelta(seconds=1)
    place.answer = place.of(1)
    await place.lists().get(URL, OFFICE.did)
    lists, place.answer = place.lists(), old
    assert (await lists.get(URL, OFFICE.did)).is_set(1)
    place.at += timedelta(minutes=5)
    assert (await lists.get(URL, OFFICE.did)).is_set(1)  # the older one was refused
    place.at += timedelta(hours=24)
    with pytest.raises(StatusInvalid, match="older than one that was seen"):
        await lists.get(URL, OFFICE.did)


async def test_a_hint_asks_for_what_is_known_and_nothing_else(place: Place) -> None:
    lists = place.lists()
    await lists.hint(OFFICE.did)
    assert place.asked == []
    await lists.get(URL, OFFICE.did)
    place.at += timedelta(seconds=1)
    place.answer = place.of(7)
    await lists.hint("did:web:other.example")
    assert len(place.asked) == 1
    await lists.hint(OFFICE.did)
    assert (await lists.get(URL, OFFICE.did)).is_set(7)
    assert len(place.asked) == 2
    place.answer = PeerUnreachable("down")
    await lists.hint(OFFICE.did)  # fails without a word to who hinted
    assert (await lists.get(URL, OFFICE.did)).is_set(7)


async def test_looking_without_being_asked(place: Place) -> None:
    lists = place.lists()
    await lists.get(URL, OFFICE.did)
    await lists.look()
    assert len(place.asked) == 1
    place.at += timedelta(minutes=5)
    place.answer = place.of(9)
    await lists.look()
    assert [found.is_set(9) for found in place.taken] == [False, True]


async def test_stopping_lets_who_waits_know(place: Place) -> None:
    lists, place.hold = place.lists(), asyncio.Event()
    wanting = asyncio.ensure_future(lists.get(URL, OFFICE.did))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await lists.stop()
    with pytest.raises(PeerUnreachable, match="stopped"):
        await wanting


async def test_few_lists_are_kept(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_lists, "KEPT", 3)
    monkeypatch.setattr(held_lists, "KEPT", 3)
    lists = place.lists()
    for n in range(6):
        url = f"{URL}/{n}"
        place.answer = place.of(url=url)
        await lists.get(url, OFFICE.did)
        place.answer = PeerUnreachable("down")
        with pytest.raises(PeerUnreachable):
            await lists.get(f"{URL}/x{n}", OFFICE.did)
    assert (len(lists._held.all()), len(lists._failed)) == (3, 3)


async def test_an_issuer_without_a_document(place: Place) -> None:
    place.documents.clear()
    with pytest.raises(PeerUnreachable):
        await place.lists().get(URL, OFFICE.did)


async def test_our_own_list_is_not_asked_for_over_the_line(place: Place) -> None:
    lists = place.lists()
    document = place.of(3).body.decode()

    async def own(url: str) -> str | None:
        return document if url == URL else None

    lists.own = own
    assert (await lists.get(URL, OFFICE.did)).is_set(3)
    assert place.asked == []
