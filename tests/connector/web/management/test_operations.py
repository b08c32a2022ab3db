import gc
import weakref

import pytest

from tests.support.world import World

pytestmark = pytest.mark.anyio


async def test_health_and_figures(world: World) -> None:
    await world.provider.publish()
    async with world.provider.client(None) as stranger:
        assert (await stranger.get("http://management/health")).json() == {"status": "ok", "problem": None}
        assert (await stranger.get("http://management/metrics")).status_code == 401
    text = (await world.provider.api.get("http://management/metrics")).text
    assert "mmd_datasets 1.0" in text


async def test_a_connector_that_stopped_is_forgotten(world: World) -> None:
    """Nobody keeps it, with its database and its caches: neither a task, nor a framework that remembers callables."""
    stopped = weakref.ref(world.provider.connector.outbox)
    await world.provider.restart()
    gc.collect()
    assert stopped() is None
