"""Refusals are kept once a day with rule and facts, people only as salted digests."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import pytest

from connector.clock import format_time
from connector.ports.records import DecisionRecord
from connector.services.judged import Judged, judge
from connector.services.refusals import keep_refusal
from connector.store.unit_of_work import SqlStore
from policies.context import Party, TransferContext
from policies.parse import parse_policy
from tests.ports.places import Place
from tests.support.members import NOW

pytestmark = pytest.mark.anyio
MMD: Final = "https://w3id.org/my-manufacturing-data/v1/"
LIST: Final = "sha256:" + "ab" * 32


@pytest.fixture
def store() -> Iterator[SqlStore]:
    place = Place()
    yield place.open()
    place.close()


def judged(operand: str, value: str, **known: Any) -> Judged:
    constraint = {"leftOperand": operand, "operator": known.pop("operator", "lteq"), "rightOperand": value}
    terms = {"@id": "urn:x", "@type": "Offer", "permission": [{"action": "use", "constraint": [constraint]}]}
    made = {"party": Party("did:web:a"), "now": NOW, "agreed_at": NOW, "uses": 3, "purpose": "research", **known}
    return judge(parse_policy(terms), TransferContext(**made), terms=terms, dataset="urn:data", contract="urn:c")


async def kept(store: SqlStore, *refusals: tuple[Judged, str, timedelta]) -> list[DecisionRecord]:
    for refusal, about, later in refusals:
        now = NOW + later
        await store.write(lambda unit, r=refusal, a=about, n=now: keep_refusal(unit, r, about=a, now=n))  # type: ignore[misc]
    return list(await store.read(lambda unit: unit.decisions.find()))


async def test_the_same_once_a_day(store: SqlStore) -> None:
    refusal, hour = judged("odrl:count", "3"), timedelta(hours=1)
    (one,) = await kept(store, (refusal, "urn:1", timedelta()), (refusal, "urn:2", hour))
    assert (one.times, one.about, one.at, one.last_at) == (2, "urn:2", format_time(NOW), format_time(NOW + hour))
    assert (one.reasons[0]["code"], one.facts["uses"], one.outcome) == ("used-up", 3, "denied")
    head = await store.read(lambda unit: unit.log.head())
    assert head is not None
    assert head.size == 1  # logged once
    assert len(await kept(store, (refusal, "urn:3", timedelta(days=1)))) == 2
    assert len(await kept(store, (judged(MMD + "maxBytes", "10", size=11), "urn:4", timedelta()))) == 3


async def test_what_is_permitted_is_not_kept(store: SqlStore) -> None:
    assert await kept(store, (judged("odrl:count", "4"), "urn:1", timedelta())) == []


async def test_people_are_not_named(store: SqlStore) -> None:
    refusal = judged(
        MMD + "namedRecipients", LIST, operator="eq", person="kim@plant.example", named={LIST: frozenset({"lee"})}
    )
    assert refusal.decision.reasons[0].facts["person"] == "kim@plant.example"
    (one,) = await kept(store, (refusal, "urn:1", timedelta()))
    text = json.dumps([one.facts, one.reasons])
    assert "kim" not in text
    assert one.reasons[0]["facts"]["person"].startswith("sha256:")
    assert one.facts["person"] == one.reasons[0]["facts"]["person"]
