"""Settings of the triage service."""

from shared.settings import Base


class Settings(Base):
    """What a triage process may be told."""
