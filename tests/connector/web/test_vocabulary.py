"""The vocabulary and its context on the public port: open to everybody, and kept by whoever has them."""

import json

import pytest

from connector.web.vocabulary import CONTEXT, VOCABULARY
from policies.vocabulary import MMD
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def test_anybody_reads_both_documents_and_may_keep_them(world: World) -> None:
    for path in (VOCABULARY, CONTEXT, f"{VOCABULARY}/maxRows", f"{VOCABULARY}/purpose/research"):
        url = world.provider.url + path
        answer = await world.wire.send("outsider", "GET", url, b"", {})
        assert answer.status == 200, path
        assert answer.headers["content-type"].startswith("application/ld+json")
        assert answer.headers["cache-control"] == "public, max-age=86400"
        assert answer.headers["access-control-allow-origin"] == "*"
        again = await world.wire.send("outsider", "GET", url, b"", {"If-None-Match": answer.headers["etag"]})
        assert (again.status, again.body) == (304, b"")
    document = json.loads((await world.wire.send("outsider", "GET", world.provider.url + VOCABULARY, b"", {})).body)
    assert document["@id"] == MMD
    assert {"mmd:maxRows", "mmd:trainModel", "mmd:purpose/research"} <= {term["@id"] for term in document["@included"]}


async def test_every_connector_publishes_the_same(world: World) -> None:
    bodies = {
        (await world.wire.send("outsider", "GET", member.url + path, b"", {})).body
        for path in (VOCABULARY,)
        for member in (world.provider, world.consumer, world.authority)
    }
    assert len(bodies) == 1
    assert (await world.wire.send("outsider", "POST", world.provider.url + VOCABULARY, b"", {})).status in {404, 405}
