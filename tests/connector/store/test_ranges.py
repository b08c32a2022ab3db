"""Pages run along an index to their end: nothing is sorted, however many records share one moment."""

from collections.abc import Iterator
from typing import Any

import pytest

from connector.ports.records import ContractRecord
from connector.ports.store import UnitOfWork
from connector.store.log import LogSigner
from connector.store.sqlite import open_in_memory
from connector.store.unit_of_work import SqlStore
from connector.trust.keys import generate_ed25519
from tests.ports.samples import sample
from tests.support.clock import HandClock

pytestmark = pytest.mark.anyio


@pytest.fixture
def store() -> Iterator[SqlStore]:
    key = generate_ed25519()
    opened = open_in_memory(LogSigner("x/log", key.sign, key.public.raw()), HandClock())
    yield opened
    opened.close()


@pytest.mark.parametrize("partner", [None, "did:web:a"])
async def test_contracts_are_paged_without_sorting(store: SqlStore, partner: str | None) -> None:
    asked: list[str] = []
    connection = store._connection.connection.driver_connection  # the statements as they reach the database
    assert connection is not None
    equal: dict[str, Any] = {} if partner is None else {"counterparty": partner}

    def pages(unit: UnitOfWork) -> None:
        unit.contracts.page(limit=2, **equal)
        unit.contracts.page(limit=2, after=sample(ContractRecord, 1), **equal)

    connection.set_trace_callback(asked.append)
    await store.read(pages)
    connection.set_trace_callback(None)
    selects = [statement for statement in asked if statement.startswith("SELECT")]
    assert len(selects) == 2
    for statement in selects:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert any("USING INDEX ix_contract" in step for step in plan), plan
        assert not any("TEMP B-TREE" in step for step in plan), plan
