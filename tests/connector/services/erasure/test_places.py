"""No kind of record is forgotten when a person is looked for."""

import dataclasses
from typing import Any, get_type_hints

import pytest

from connector.ports.records import ContractRecord, DeliveryRecord
from connector.ports.store import Records, UnitOfWork
from connector.services.erasure.places import PLACES, Stays
from connector.texts import LANGUAGES, texts
from tests.ports.places import Place
from tests.ports.samples import KINDS, sample


def test_every_kind_of_record_is_looked_through() -> None:
    kept = {name for name, hint in get_type_hints(UnitOfWork).items() if getattr(hint, "__origin__", None) is Records}
    assert PLACES.keys() == kept == KINDS.keys()
    for name, (_, key) in KINDS.items():
        assert PLACES[name].key == key


@pytest.mark.parametrize("why", Stays)
def test_every_reason_is_told(why: Stays) -> None:
    for lang in LANGUAGES:
        assert texts(lang)[f"erasure.stays.{why}"]


@pytest.mark.parametrize(("ended", "why"), [(None, Stays.OPEN), ("2026-11-01T00:00:00.000Z", None)])
@pytest.mark.anyio
async def test_a_delivery_that_was_broken_off_keeps_its_person_while_it_can_go_on(
    ended: str | None, why: Stays | None
) -> None:
    """Its receipt would else commit to the mark instead of the person, and the other side's to somebody else."""
    store = Place().open()
    over: dict[str, Any] = {"withdrawn_at": ended, "terminated_at": None, "ended_at": None, "agreement": {"@id": "c"}}
    broken = sample(DeliveryRecord, 1, id="d", contract="c", state="broken", role="provider")
    await store.write(lambda unit: unit.contracts.add(sample(ContractRecord, 1, id="c", **over)))
    assert await store.read(lambda unit: PLACES["deliveries"].why(unit, broken, "person")) is why


def test_properties_that_are_named_exist() -> None:
    """A rule that excepts a property which there is not would keep, or erase, the wrong one."""
    for name, columns in {
        "contracts": ("withdrawn_reason", "problem", "ending", "suspensions"),
        "duties": ("statement",),
        "rules": ("added_by",),
        "deliveries": ("person",),
        "consents": ("receipt", "producer"),
        "credential_requests": ("proof", "message"),
    }.items():
        assert set(columns) <= {field.name for field in dataclasses.fields(KINDS[name][0])}
