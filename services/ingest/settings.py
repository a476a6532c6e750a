"""Settings of the ingest service."""

from pydantic import Field

from shared.networks.settings import NetworkSettings


class Settings(NetworkSettings):
    """What an ingest process may be told."""

    most_waiting_batches: int = Field(default=500, ge=1)
    hook_calls_a_minute: int = Field(default=1200, ge=1)
    raw_kept_days: int = Field(default=30, ge=1, le=3650)
