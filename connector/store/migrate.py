"""Bringing a database to the newest schema, step by step (alembic, configured in code)."""

from pathlib import Path
from typing import Final

from sqlalchemy import Column, MetaData, String, Table, inspect, select
from sqlalchemy.engine import Connection, Engine

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_REVISION: Final = Table("alembic_version", MetaData(), Column("version_num", String))


class SchemaTooNew(Exception):
    """The database was written by a newer version of this program."""


def upgrade(engine: Engine) -> str:
    """Apply what is missing; returns the revision reached.

    Raises:
        SchemaTooNew: its revision is unknown here.
    """
    known = known_revisions()
    newest = known[-1]
    with engine.connect() as connection:
        present = _present(connection)
        if present == newest:
            return newest
        if present is not None and present not in known:
            raise SchemaTooNew(
                f"the database has the schema {present}, which this version does not know; update the program"
            )
        _migrate(connection)
    return newest


def known_revisions() -> tuple[str, ...]:
    """The revisions that this version knows, oldest first: they are what the migrations' file names begin with."""
    return tuple(sorted(file.name.partition("_")[0] for file in (_MIGRATIONS / "versions").glob("[0-9]*_*.py")))


def _present(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_REVISION.name):
        return None
    revision: str | None = connection.execute(select(_REVISION.c.version_num)).scalar()
    return revision


def _migrate(connection: Connection) -> None:
    # Imported late: at nearly every start there is nothing to do, and alembic takes a fifth of a second and 12 MB.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        command.upgrade(config, "head")
    except BaseException:
        connection.exec_driver_sql("ROLLBACK")
        raise
    connection.exec_driver_sql("COMMIT")
