"""Settings of the reports service."""

from shared.settings import Base


class Settings(Base):
    """What a reports process may be told."""
