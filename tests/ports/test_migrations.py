"""The schema: what the migrations make is what the tables say, and what is too new is left alone."""

import dataclasses
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

from connector.ports.records import PeerRecord
from connector.store import tables
from connector.store.migrate import SchemaTooNew, upgrade
from connector.store.sqlite import open_in_memory, open_sqlite, sqlite_engine
from connector.store.statements import table_of
from tests.ports.places import Place
from tests.ports.samples import KINDS, sample

TABLES: dict[str, type[SQLModel]] = {
    "negotiations": tables.NegotiationTable,
    "transfers": tables.TransferTable,
    "answered": tables.AnsweredTable,
    "timers": tables.TimerTable,
    "last_applied": tables.LastAppliedTable,
    "outbox": tables.OutboxTable,
    "messages": tables.MessageTable,
    "contracts": tables.ContractTable,
    "notices": tables.NoticeTable,
    "duties": tables.DutyTable,
    "people_lists": tables.PeopleTable,
    "deliveries": tables.DeliveryTable,
    "datasets": tables.DatasetTable,
    "offers": tables.OfferTable,
    "consents": tables.ConsentTable,
    "decisions": tables.DecisionTable,
    "uploads": tables.UploadTable,
    "peers": tables.PeerTable,
    "checkpoints": tables.SeenCheckpointTable,
    "memberships": tables.MembershipTable,
    "presented": tables.PresentedTable,
    "members": tables.MemberTable,
    "issued": tables.IssuedTable,
    "asked": tables.AskedTable,
    "credentials": tables.CredentialTable,
    "credential_requests": tables.CredentialRequestTable,
    "status_lists": tables.StatusListTable,
    "anchor_lists": tables.AnchorListTable,
    "named_lists": tables.NamedListTable,
    "attached": tables.AttachedTable,
    "shown_texts": tables.ShownTextTable,
    "witnessed": tables.WitnessedLogTable,
    "cosigned": tables.CosignedCheckpointTable,
    "lost_keys": tables.LostKeyTable,
    "waiting": tables.WaitingTable,
    "approvals": tables.ApprovalTable,
    "rules": tables.RuleTable,
    "acts": tables.ActTable,
    "free_space": tables.FreeSpaceTable,
    "epochs": tables.LogEpochTable,
}


def sql(file: Path, *statements: str) -> list[Any]:
    connection = sqlite3.connect(file)
    try:
        rows = [connection.execute(statement).fetchall() for statement in statements]
        connection.commit()
    finally:
        connection.close()
    return rows[-1]


def test_the_migrated_schema_is_that_of_the_tables() -> None:
    engine = sqlite_engine(None)
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    engine.dispose()


def test_every_record_has_a_table_with_its_names() -> None:
    assert TABLES.keys() == KINDS.keys()
    for name, (record, key) in KINDS.items():
        table = table_of(TABLES[name])
        assert {column.name for column in table.c} == {field.name for field in dataclasses.fields(record)}
        assert [column.name for column in table.primary_key] == [key]


def test_numbers_of_messages_that_are_due_are_never_given_again(tmp_path: Path) -> None:
    """The comparison above does not see it."""
    upgrade_file(tmp_path / "a.sqlite")
    [[made]] = sql(tmp_path / "a.sqlite", "SELECT sql FROM sqlite_master WHERE name = 'outbox'")
    assert "AUTOINCREMENT" in made


def upgrade_file(file: Path) -> str:
    engine = sqlite_engine(file)
    try:
        return upgrade(engine)
    finally:
        engine.dispose()


def test_once_more_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite"
    reached = upgrade_file(file)
    before = file.read_bytes()
    assert upgrade_file(file) == reached
    assert file.read_bytes() == before


@pytest.mark.anyio
async def test_a_new_store_is_ready(tmp_path: Path) -> None:
    place = Place()
    for store in (open_in_memory(place.signer, place.clock), open_sqlite(tmp_path / "a", place.signer, place.clock)):
        await store.write(lambda unit: unit.peers.add(sample(PeerRecord, 1)))
        assert await store.read(lambda unit: unit.peers.find()) == [sample(PeerRecord, 1)]
        store.close()


def test_a_path_may_have_anything_in_it(tmp_path: Path) -> None:
    file = tmp_path / "100% 건조 #1?.sqlite"
    place = Place()
    open_sqlite(file, place.signer, place.clock).close()
    assert sql(file, "SELECT count(*) FROM alembic_version") == [(1,)]


def test_what_is_too_new_is_left_alone(tmp_path: Path) -> None:
    file, place = tmp_path / "a.sqlite", Place()
    upgrade_file(file)
    sql(file, "UPDATE alembic_version SET version_num = '9999'")
    before = file.read_bytes()
    with pytest.raises(SchemaTooNew, match="schema 9999, which this version does not know; update the program"):
        open_sqlite(file, place.signer, place.clock)
    assert file.read_bytes() == before
    if sys.platform == "linux":
        handles = {entry.resolve() for entry in Path("/proc/self/fd").iterdir()}
        assert file not in handles


def test_a_migration_that_fails_leaves_everything_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite"
    sql(file, "CREATE TABLE peer (mine TEXT)", "INSERT INTO peer VALUES ('kept')")
    with pytest.raises(OperationalError, match="already exists"):
        upgrade_file(file)
    assert sql(file, "SELECT name FROM sqlite_master") == [("peer",)]
    assert sql(file, "SELECT mine FROM peer") == [("kept",)]
