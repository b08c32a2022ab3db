"""Bringing a database to the newest schema, step by step (alembic, configured in code)."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine

_MIGRATIONS: Final = Path(__file__).parent / "migrations"


class SchemaTooNew(Exception):
    """The database was written by a newer version of this program."""


def upgrade(engine: Engine) -> str:
    """Apply what is missing; returns the revision reached.

    Raises:
        SchemaTooNew: its revision is unknown here.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    newest = scripts.get_current_head() or ""
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
        if present == newest:
            return newest
        if present is not None and present not in {script.revision for script in scripts.walk_revisions()}:
            raise SchemaTooNew(
                f"the database has the schema {present}, which this version does not know; update the program"
            )
        config.attributes["connection"] = connection
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            command.upgrade(config, "head")
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")
    return newest
