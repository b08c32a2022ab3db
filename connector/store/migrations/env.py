"""Run by alembic; the connection, and its transaction, are handed in by `migrate.upgrade`."""

from alembic import context
from sqlmodel import SQLModel

import connector.store.tables  # noqa: F401 - importing it fills the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    transactional_ddl=False,
)
context.run_migrations()
