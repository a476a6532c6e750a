"""Settings every process shares; read once at the edge and passed down."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from pydantic import SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

SECRETS_DIR = "OTKLIK_SECRETS_DIR"
"""Names the folder of secret files: one a secret, called like the variable in lower
case, e.g. `otklik_database_password`. A variable of the environment wins."""


class SecretFiles(BaseSettings):
    """Settings that may also come from files: `docker inspect` shows no secret then."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments, the environment and the secret files, in this order."""
        folder = os.environ.get(SECRETS_DIR)
        if not folder:
            return init_settings, env_settings
        if not Path(folder).is_dir():
            raise ValueError(f"{SECRETS_DIR} names no folder: {folder}")
        files = SecretsSettingsSource(settings_cls, secrets_dir=folder)
        return init_settings, env_settings, files


class Base(SecretFiles):
    """What any process of Otklik may be told from outside (`OTKLIK_…`).

    A password that is given apart from its address is put into it, so that the
    address can stand in a file everybody may read.
    """

    model_config = SettingsConfigDict(env_prefix="OTKLIK_", frozen=True, extra="ignore")

    data: Path = Path(".data")
    database_url: SecretStr | None = None
    database_password: SecretStr | None = None
    valkey_url: SecretStr | None = None
    valkey_password: SecretStr | None = None
    meili_url: str | None = None
    meili_key: SecretStr | None = None
    secret_key: SecretStr | None = None
    log_level: str = "info"
    feed_allow: str = ""
    sandbox_url: str | None = None
    sandbox_token: SecretStr | None = None
    pool_size: int = 5

    @model_validator(mode="before")
    @classmethod
    def _put_passwords_into_addresses(cls, values: dict[str, Any]) -> dict[str, Any]:
        for part in ("database", "valkey"):
            url, password = (
                _plain(values.get(f"{part}_{name}")) for name in ("url", "password")
            )
            if url and password:
                values[f"{part}_url"] = with_password(url, password)
        return values


def _plain(value: SecretStr | str | None) -> str | None:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def with_password(url: str, password: str) -> str:
    """Put a password into a URL that has a host and no password yet."""
    parts = urlsplit(url)
    if parts.password is not None or not parts.hostname:
        return url
    user, _, host = parts.netloc.rpartition("@")
    secret = quote(password, safe="")
    return parts._replace(netloc=f"{user}:{secret}@{host}").geturl()


def comma_list(value: str) -> tuple[str, ...]:
    """Split `a, b` into its non-empty parts."""
    return tuple(part.strip() for part in value.split(",") if part.strip())
