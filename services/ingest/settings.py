"""Settings of the ingest service."""

from shared.settings import Base


class Settings(Base):
    """What an ingest process may be told."""
