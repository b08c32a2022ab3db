from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.store.unit_of_work import SqlStore
from tests.ports.places import KINDS, FolderPlace, Place, place_of


@pytest.fixture(params=list(KINDS))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Every implementation of the store port, one after the other."""
    with place_of(request.param, tmp_path) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[FolderPlace]:
    """The implementation that lasts."""
    with place_of("sqlite", tmp_path) as found:
        yield found


@pytest.fixture
def store(place: Place) -> SqlStore:
    return place.open()
