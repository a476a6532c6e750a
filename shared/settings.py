"""Settings every process shares; read once at the edge and passed down."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Base(BaseSettings):
    """What any process of Otklik may be told from outside.

    Values come from the environment (`OTKLIK_…`) or, for secrets, from files in
    `OTKLIK_SECRETS_DIR` named like the variable in lower case.
    """

    model_config = SettingsConfigDict(
        env_prefix="OTKLIK_", frozen=True, extra="ignore", secrets_dir=None
    )

    data: Path = Path(".data")
    database_url: SecretStr | None = None
    valkey_url: SecretStr | None = None
    meili_url: str | None = None
    meili_key: SecretStr | None = None
    secret_key: SecretStr | None = None
    log_level: str = "info"
    feed_allow: str = ""
    sandbox_url: str | None = None
    sandbox_token: SecretStr | None = None
    pool_size: int = 5


def comma_list(value: str) -> tuple[str, ...]:
    """Split `a, b` into its non-empty parts."""
    return tuple(part.strip() for part in value.split(",") if part.strip())
