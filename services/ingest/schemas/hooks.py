"""Addresses and secrets of hooks as they are answered."""

from pydantic import BaseModel, ConfigDict


class HookAnswer(BaseModel):
    """Where a network or system delivers posts of a source; whoever knows it may."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"path": "/api/v1/ingest/hooks/vk/AaIA…"}]}
    )

    path: str


class SecretAnswer(BaseModel):
    """A new secret of a signed webhook, shown only now."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"secret": "whsec_…"}]})

    secret: str
