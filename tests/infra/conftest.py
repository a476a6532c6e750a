"""What tests of commands and migrations share."""

from collections.abc import AsyncIterator

import pytest

from shared.db import Database


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[Database]:
    """The database as its owner sees it."""
    database = Database(database_url)
    yield database
    await database.close()
