"""One Alembic history for the whole database; run by its owner, not by a service."""
