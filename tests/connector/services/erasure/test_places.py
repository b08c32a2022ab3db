"""No kind of record is forgotten when a person is looked for."""

import dataclasses
from typing import get_type_hints

import pytest

from connector.ports.store import Records, UnitOfWork
from connector.services.erasure.places import PLACES, Stays
from connector.texts import LANGUAGES, texts
from tests.ports.samples import KINDS


def test_every_kind_of_record_is_looked_through() -> None:
    kept = {name for name, hint in get_type_hints(UnitOfWork).items() if getattr(hint, "__origin__", None) is Records}
    assert PLACES.keys() == kept == KINDS.keys()
    for name, (_, key) in KINDS.items():
        assert PLACES[name].key == key


@pytest.mark.parametrize("why", Stays)
def test_every_reason_is_told(why: Stays) -> None:
    for lang in LANGUAGES:
        assert texts(lang)[f"erasure.stays.{why}"]


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
