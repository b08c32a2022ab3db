"""What a negotiation costs does not grow with the agreements that there are: nothing of them is read or judged again."""

from collections import Counter
from typing import Any

import pytest

from connector.store.mapping import SqlRecords
from policies.parse import _Reader
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def test_many_agreements_on_one_data_set(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    done: Counter[str] = Counter()
    read, parse = SqlRecords._read, _Reader.policy

    def counted_read(self: SqlRecords[Any], row: Any) -> Any:
        # Of the checkpoints of the other's log the newest few are looked at: a bounded number.
        done["rows read"] += self._table.name != "seen_checkpoint"
        return read(self, row)

    def counted_parse(self: _Reader, data: Any, where: str) -> Any:
        done["policies parsed"] += 1
        return parse(self, data, where)

    monkeypatch.setattr(SqlRecords, "_read", counted_read)
    monkeypatch.setattr(_Reader, "policy", counted_parse)
    dataset = await world.provider.publish()

    async def cost() -> Counter[str]:
        done.clear()
        await world.consumer.begin_unchecked(world.provider, dataset)
        await world.quiet()
        return Counter(done)

    costs = [await cost() for _ in range(15)]
    assert len(await world.provider.get("/contracts")) == 15
    for what in ("rows read", "policies parsed"):
        # The first ones learn what is kept in memory afterwards.
        assert costs[-1][what] <= costs[2][what], [c[what] for c in costs]
