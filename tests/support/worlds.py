"""Fixtures of worlds; a `conftest.py` takes them over."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from connector.services import checkpoints
from tests.support.world import World, found, open_world


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folders of a data space, made once."""
    folder = tmp_path_factory.mktemp("space") / "template"
    found(folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
async def world(
    template: Path, tmp_path: Path, anyio_backend: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    """An authority, a provider and a consumer, running."""
    # Logs are looked at without a pause in between: a test waits for it.
    monkeypatch.setattr(checkpoints, "_BETWEEN", 0.0)
    async with open_world(template, tmp_path / "world") as opened:
        yield opened
