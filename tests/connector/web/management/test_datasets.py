"""What we publish, to our own people."""

import pytest

from tests.support.catalogs import fill, published
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def test_our_data_sets_come_by_page(world: World) -> None:
    """Oldest first; the client follows the links to the end."""
    provider = world.provider
    await fill(provider.connector.store, (published(n, provider.did) for n in range(5)))
    answer = await provider.api.get("/datasets", params={"limit": 2})
    found = [view["id"] for view in answer.json()]
    while "next" in answer.links:
        answer = await provider.api.get(answer.links["next"]["url"].removeprefix("/management/v1"))
        found += [view["id"] for view in answer.json()]
    assert found == [f"urn:uuid:00000000-0000-4000-8000-{n:012}" for n in range(5)]
    assert (await provider.api.get("/datasets", params={"after": "urn:nobody"})).status_code == 404
    assert (await provider.api.get("/datasets", params={"limit": 0})).status_code == 400
