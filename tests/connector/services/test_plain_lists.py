"""Plain status lists: the newest that was seen counts, and none is believed where the operator did not say so."""

from datetime import timedelta
from typing import Any

import pytest

from connector.services.plain_lists import KEPT, PlainLists
from connector.trust.errors import StatusInvalid
from connector.trust.status import make_bits, write_status_list
from connector.trust.vc11 import VC11
from connector.wire.codec import dump
from tests.support.clock import HandClock

ISSUER = "did:web:office.example"
URL = "https://office.example/list/{}"


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def document(clock: HandClock, *revoked: int, number: int = 1, age: int = 0) -> str:
    begin = clock.now().replace(microsecond=0) - timedelta(minutes=age)
    made: dict[str, Any] = write_status_list(
        VC11,
        url=URL.format(number),
        issuer=ISSUER,
        bits=make_bits(revoked),
        valid_from=begin,
        valid_until=begin + timedelta(days=1),
    )
    return dump(made).decode()


def test_a_newer_one_takes_the_place_of_an_older_one_and_not_the_other_way_round(clock: HandClock) -> None:
    lists, url = PlainLists(clock, laboratory=False), URL.format(1)
    assert not lists.read(document(clock, age=10), url=url, issuer=ISSUER).is_set(7)
    newest = document(clock, 7)
    for _ in range(2):
        assert lists.read(newest, url=url, issuer=ISSUER).is_set(7)
    with pytest.raises(StatusInvalid, match="older than one that was seen"):
        lists.read(document(clock, age=10), url=url, issuer=ISSUER)
    with pytest.raises(StatusInvalid, match="contradicts"):
        lists.read(document(clock), url=url, issuer=ISSUER)


def test_another_list_is_another_matter(clock: HandClock) -> None:
    lists = PlainLists(clock, laboratory=False)
    lists.read(document(clock), url=URL.format(1), issuer=ISSUER)
    lists.read(document(clock, number=2, age=10), url=URL.format(2), issuer=ISSUER)


def test_not_more_is_remembered_than_fits(clock: HandClock) -> None:
    lists = PlainLists(clock, laboratory=False)
    for number in range(KEPT + 1):
        lists.read(document(clock, number=number), url=URL.format(number), issuer=ISSUER)
    assert len(lists._seen) == KEPT
