"""Publishing to the sandbox's pages (infra/sandbox), for demonstration and tests."""

import re
from http import HTTPStatus
from typing import Self

import httpx
from pydantic import BaseModel, ValidationError

from services.triage.publishers.base import PublishError
from services.triage.settings import Settings

TIMEOUT = 10.0
"""Seconds; a page that answers slower has most likely lost the call."""

BUSY = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
}
"""Refusals of the 4xx kind that mean "later", not "never"."""


class _Published(BaseModel):
    link: str


class SandboxPublisher:
    """Answers under posts of the sandbox; the caller owns the HTTP client."""

    def __init__(self, http: httpx.AsyncClient, url: str | None, token: str) -> None:
        self._http = http
        self._token = token
        # A post's address comes from outside: only the documented form is called.
        self._ours = (
            re.compile(re.escape(url.rstrip("/")) + r"/pages/[\w-]+/posts/[\w-]+")
            if url
            else None
        )

    @classmethod
    def from_settings(cls, http: httpx.AsyncClient, settings: Settings) -> Self:
        """Serve the sandbox the settings name, or no page at all."""
        token = settings.sandbox_token
        secret = token.get_secret_value() if token else ""
        return cls(http, settings.sandbox_url, secret)

    def can_answer(self, url: str | None) -> bool:
        """Tell whether the post stands on a sandbox page."""
        return bool(url and self._ours and self._ours.fullmatch(url))

    async def publish(self, text: str, target: str, guid: str) -> str:
        """Publish; the sandbox itself keeps one answer per guid."""
        if not self.can_answer(target):
            raise PublishError("This post is not on a sandbox page.", permanent=True)
        try:
            response = await self._http.post(
                f"{target}/replies",
                json={"text": text, "guid": guid},
                headers={"Authorization": f"Bearer {self._token}"},
                timeout=TIMEOUT,
            )
        except httpx.HTTPError as error:
            reason = f"The page did not answer ({type(error).__name__})."
            raise PublishError(reason, permanent=False) from error
        return _link(response)


def _link(response: httpx.Response) -> str:
    if not response.is_success:
        is_refused = response.is_client_error and response.status_code not in BUSY
        reason = f"The page answered {response.status_code}."
        raise PublishError(reason, permanent=is_refused)
    try:
        return _Published.model_validate_json(response.content).link
    except ValidationError as error:
        reason = "The page's answer cannot be read."
        raise PublishError(reason, permanent=False) from error
