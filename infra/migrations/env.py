"""Alembic's entry: runs the migrations on the connection it is given."""

from alembic import context
from sqlmodel import SQLModel

import shared.models  # noqa: F401 -- registers the tables

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    include_schemas=True,
    version_table_schema="public",
)
with context.begin_transaction():
    context.run_migrations()
