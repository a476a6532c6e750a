"""What the sandbox process may be told from outside."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Values come from `OTKLIK_SANDBOX_…` or from the command line.

    `target` is the address of Otklik itself and `key` an API key with the scope
    `ingest:write`; without them nothing is pushed, the pages and feeds still live.
    `pushed` names the pages whose posts are pushed, with commas; all that may be if
    empty. `open` lets everybody on this machine change the world without a token.
    """

    model_config = SettingsConfigDict(
        env_prefix="OTKLIK_SANDBOX_", frozen=True, extra="ignore"
    )

    port: int = Field(default=8090, ge=0, le=65535)
    seed: int = Field(default=1, ge=0)
    data: Path = Path(".data/sandbox")
    token: SecretStr | None = None
    open: bool = False
    target: str | None = None
    key: SecretStr | None = None
    pushed: str = ""
    days: int = Field(default=2, ge=1, le=400)
    per_day: int = Field(default=400, ge=1, le=100_000)
    interval: float = Field(default=5.0, ge=0.05, le=3600)
    log_level: str = "info"
