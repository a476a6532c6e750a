"""The few things an installation may say about its pages."""

import secrets

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.settings import SecretFiles


def _own_secret() -> SecretStr:
    return SecretStr(secrets.token_urlsafe(32))


class Settings(SecretFiles):
    """Read once by the composition root and passed down."""

    model_config = SettingsConfigDict(env_prefix="OTKLIK_WEB_", frozen=True)

    # Signs the form guards. Several web processes must share one value; a single
    # process may make its own, at the price of stale forms after a restart.
    secret: SecretStr = Field(default_factory=_own_secret)
    # True behind HTTPS: cookies are then sent over HTTPS only, and HSTS is set.
    secure: bool = False
    # How often the queue asks for arrivals, in seconds.
    poll_seconds: int = Field(default=15, ge=2, le=600)
    # Rows of a list page.
    page_size: int = Field(default=50, ge=1, le=100)
    # Where links to networks lead in a demonstration: the sandbox shows them.
    stand_in: str | None = None
    # The largest file the import page takes, in bytes.
    upload_limit: int = Field(default=50 * 1024 * 1024, ge=1024)
