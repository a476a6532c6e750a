"""Credentials as people give them and see them: secrets go in and never come out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr

from services.ingest.domain.posts import Network
from services.ingest.handlers.credentials import Given

Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Secrets = Annotated[
    dict[Word, SecretStr],
    Field(
        min_length=1,
        max_length=20,
        description="Named values, such as `token`; write-only.",
    ),
]


class NewCredential(BaseModel):
    """A token of a network; which names its secrets have is said in the docs."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "network": "vk",
                    "kind": "service",
                    "label": "Сервисный ключ",
                    "secrets": {"token": "…"},
                }
            ]
        },
    )

    network: Network
    kind: Word
    label: Annotated[str, Field(min_length=1, max_length=100)]
    secrets: Secrets
    expires_at: AwareDatetime | None = None

    def given(self) -> Given:
        """Hand it to the handler."""
        return Given(
            self.network.value,
            self.kind,
            self.label,
            plain(self.secrets),
            self.expires_at,
        )


class Replacement(BaseModel):
    """Other secrets in the place of those there are."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"secrets": {"token": "…"}}]}
    )

    secrets: Secrets
    expires_at: AwareDatetime | None = None


def plain(secrets: dict[str, SecretStr]) -> dict[str, str]:
    """Open what pydantic keeps out of logs."""
    return {name: value.get_secret_value() for name, value in secrets.items()}


class CredentialAnswer(BaseModel):
    """A credential without what it holds."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "01a2001e-5068-719e-8b9f-3d97deb2ca05",
                    "network": "vk",
                    "kind": "service",
                    "label": "Сервисный ключ",
                    "state": "ok",
                    "last_error": None,
                    "error_code": None,
                    "expires_at": None,
                    "last_used_at": "2026-03-11T09:00:00Z",
                    "created_at": "2026-03-01T09:00:00Z",
                    "changed_at": "2026-03-01T09:00:00Z",
                }
            ]
        },
    )

    id: UUID
    network: str
    kind: str
    label: str
    state: str
    last_error: str | None
    error_code: str | None
    expires_at: datetime | None
    last_used_at: datetime | None
    created_at: datetime
    changed_at: datetime


class NetworkAnswer(BaseModel):
    """A network that can be watched, and what it takes."""

    network: str
    token_kinds: list[str]
    off_by_default: bool
    pushes: bool


class CredentialList(BaseModel):
    """The region's credentials, and the networks there are."""

    items: list[CredentialAnswer]
    networks: list[NetworkAnswer]
