"""The lists that an authority signs: renewed, ever later, and telling nothing of who joined when."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from connector.clock import parse_time
from connector.ports.records import IssuedRecord, StatusListRecord
from connector.services import issued_status
from connector.services.errors import Conflict, NotFound
from connector.services.identity import Identity
from connector.services.issued_status import VALID, IssuedStatus, plain
from connector.trust.status import BITS, verify_status_list
from connector.trust.status_entries import SUSPENSION
from connector.trust.vc import PROFILES
from tests.connector.trust.parties import NOW, party

pytestmark = pytest.mark.anyio

OFFICE = party("office")


class Rows(dict[Any, Any]):
    """Records by their key."""

    def __init__(self, key: str) -> None:
        self._key = key

    def put(self, record: Any) -> None:
        self[getattr(record, self._key)] = record

    def find(self) -> list[Any]:
        return list(self.values())

    def count(self) -> int:
        return len(self)


class Place:
    """The store and the clock of an authority."""

    def __init__(self) -> None:
        self.at = NOW
        self.issued, self.status_lists = Rows("status_index"), Rows("key")

    def now(self) -> datetime:
        return self.at

    async def read(self, work: Any) -> Any:
        return work(self)

    async def write(self, work: Any) -> Any:
        return work(self)

    def after_commit(self, action: Any) -> None:
        action()

    def lists(self) -> IssuedStatus:
        store: Any = self
        return IssuedStatus(identity(), store=store, clock=self)

    def issue(self, index: int, *, revoked: bool = False) -> None:
        at = "2026-11-23T00:00:00.000Z"
        self.issued.put(
            IssuedRecord(
                status_index=index,
                did="did:web:m",
                credentials={},
                issued_at=at,
                valid_until=at,
                revoked_at=at if revoked else None,
            )
        )


def identity() -> Identity:
    return Identity(
        did=OFFICE.did,
        name="office",
        token_key=OFFICE.token_key,
        contract_key=OFFICE.contract_key,
        log_key=OFFICE.log_key,
        log_origin=OFFICE.log_origin,
        public_url="https://office.example",
        protocol_url="https://office.example/dsp",
        did_document=OFFICE.data(),
        laboratory=False,
        access_secret=b"s" * 32,
    )


@pytest.fixture
def place() -> Place:
    return Place()


@pytest.mark.parametrize("profile", PROFILES)
async def test_what_is_published_is_believed(place: Place, profile: Any) -> None:
    lists, unit = place.lists(), as_unit(place)
    place.issue(3)
    place.issue(5, revoked=True)
    assert lists.publish(unit, NOW) != lists.publish(unit, NOW, SUSPENSION)
    record = await lists.list(profile)
    key = OFFICE.token_key.key.public
    found = verify_status_list(record.document, key, url=lists.url(profile), issuer=OFFICE.did, now=NOW)
    assert [index for index in range(BITS) if found.is_set(index)] == [5]
    assert found.valid_until == NOW + VALID
    assert await lists.own(lists.url(profile)) == record.document
    entry, resting = lists.entries(profile, 5)
    assert (entry.list_url, entry.index) == (found.url, 5)
    assert (resting.purpose, resting.list_url) == (SUSPENSION, lists.url(profile, SUSPENSION))
    assert resting.list_url != entry.list_url
    shown = plain(record)
    assert shown["id"] == found.url
    assert not {"vc", "iss", "sub", "exp"} & shown.keys()


def as_unit(place: Place) -> Any:
    return place


async def test_each_list_is_later_than_the_one_before(place: Place) -> None:
    lists, times = place.lists(), []
    for _ in range(3):  # in one moment, as far as the clock can tell
        lists.publish(as_unit(place), NOW)
        times.append(parse_time((await lists.list(PROFILES[0])).valid_from))
    lists = place.lists()  # after a restart, with a clock that was set back
    lists.publish(as_unit(place), NOW - timedelta(hours=1))
    times.append(parse_time((await lists.list(PROFILES[0])).valid_from))
    assert times == sorted(set(times))


async def test_a_list_is_signed_anew_before_it_ends(place: Place) -> None:
    lists = place.lists()
    lists.publish(as_unit(place), NOW)
    first: StatusListRecord = await lists.list(PROFILES[1])
    place.at += timedelta(hours=11, minutes=59)
    assert await lists.list(PROFILES[1]) is first
    assert (await place.lists().list(PROFILES[1])).document == first.document  # also after a restart
    place.at += timedelta(minutes=1)
    assert parse_time((await lists.list(PROFILES[1])).valid_from) == place.at


async def test_places_are_drawn_by_lot(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([7, 7, 9])
    monkeypatch.setattr("secrets.randbelow", lambda below: next(drawn) if below == BITS else -1)
    lists = place.lists()
    place.issue(lists.free_index(as_unit(place)))
    assert lists.free_index(as_unit(place)) == 9  # 7 is taken


async def test_a_full_list(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issued_status, "_FULL", 1)
    place.issue(0)
    with pytest.raises(Conflict, match="full"):
        place.lists().free_index(as_unit(place))


async def test_who_has_issued_nothing_has_no_list(place: Place) -> None:
    lists = place.lists()
    for name in ("statuslist2021", "bitstring", "other"):
        with pytest.raises(NotFound):
            await lists.named(name)
    assert await lists.own("https://office.example/other") is None
