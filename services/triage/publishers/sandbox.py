"""Publishing to the sandbox's pages (infra/sandbox), for demonstration and tests."""

import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final, Self, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from services.triage.domain.answering import (
    EVER,
    Address,
    Capabilities,
    Failure,
    Published,
    Standing,
    Target,
    TargetState,
    is_same_text,
)
from services.triage.publishers.base import PublishError
from services.triage.settings import Settings

NETWORK: Final = "sandbox"
TIMEOUT: Final = 10.0
"""Seconds; a page that answers slower has most likely lost the call."""

_MEANING: Final[dict[int, Failure]] = {
    HTTPStatus.UNAUTHORIZED: Failure.REAUTH,
    HTTPStatus.FORBIDDEN: Failure.HUMAN,
    HTTPStatus.NOT_FOUND: Failure.GONE,
    HTTPStatus.GONE: Failure.GONE,
    HTTPStatus.REQUEST_TIMEOUT: Failure.RETRY,
    HTTPStatus.TOO_EARLY: Failure.RETRY,
    HTTPStatus.TOO_MANY_REQUESTS: Failure.RETRY,
}
Shape = TypeVar("Shape", bound=BaseModel)


class _Answer(BaseModel):
    id: str
    link: str


class _OldAnswer(_Answer):
    text: str
    published_at: datetime


class _Thread(BaseModel):
    edited_at: datetime | None
    replies: tuple[_OldAnswer, ...]


class SandboxPublisher:
    """Answers under posts of the sandbox; the caller owns the HTTP client."""

    network = NETWORK
    capabilities = Capabilities(remembers=EVER, finds=True)

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

    def serves(self, address: Address) -> bool:
        """Tell whether the post stands on a sandbox page."""
        url = address.url
        return bool(url and self._ours and self._ours.fullmatch(url))

    def is_at_home(self, address: Address, native_id: str) -> bool:  # noqa: ARG002 -- there is one page
        """Tell nothing: one page speaks on all pages of the sandbox."""
        return False

    async def look(self, target: Target) -> TargetState:
        """Read the post and the official answers under it."""
        response = await self._call("GET", target, lost=Failure.RETRY)
        if response.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            return TargetState(standing=Standing.DELETED)
        thread = _read(response, _Thread, unreadable=Failure.RETRY)
        return TargetState(
            edited_at=thread.edited_at,
            answers=tuple(
                Published(
                    link=one.link,
                    native_id=one.id,
                    text=one.text,
                    published_at=one.published_at,
                    raw=one.model_dump(mode="json"),
                )
                for one in thread.replies
            ),
        )

    async def send(self, text: str, target: Target, key: str) -> Published:
        """Publish; the sandbox itself keeps one answer per key."""
        body = {"text": text, "guid": key}
        response = await self._call("POST", target, lost=Failure.LOST, body=body)
        answer = _read(response, _Answer, unreadable=Failure.LOST)
        return Published(
            link=answer.link,
            native_id=answer.id,
            text=text,
            raw=answer.model_dump(mode="json"),
        )

    async def find(
        self, target: Target, text: str, since: datetime
    ) -> Published | None:
        """Look for our answer among those under the post."""
        state = await self.look(target)
        found = (
            one
            for one in state.answers
            if is_same_text(one.text, text)
            and (one.published_at is None or one.published_at >= since)
        )
        return next(found, None)

    async def _call(
        self,
        method: str,
        target: Target,
        *,
        lost: Failure,
        body: dict[str, str] | None = None,
    ) -> httpx.Response:
        if not self.serves(target.address):
            raise PublishError("This post is not on a sandbox page.", Failure.BUG)
        try:
            return await self._http.request(
                method,
                f"{target.address.url}/replies",
                json=body,
                headers={"Authorization": f"Bearer {self._token}"},
                timeout=TIMEOUT,
            )
        except httpx.HTTPError as error:
            # Without a connection nothing was asked, so nothing can have happened.
            unasked = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
            reason = f"The page did not answer ({type(error).__name__})."
            raise PublishError(reason, Failure.RETRY if unasked else lost) from error


def _read(
    response: httpx.Response, shape: type[Shape], *, unreadable: Failure
) -> Shape:
    if not response.is_success:
        raise _refusal(response)
    try:
        return shape.model_validate_json(response.content)
    except ValidationError as error:
        raise PublishError("The page's answer cannot be read.", unreadable) from error


def _refusal(response: httpx.Response) -> PublishError:
    """A refusal of the 4xx kind means "never", but for those that say "later"."""
    status = response.status_code
    usual = Failure.RETRY if response.is_server_error else Failure.BUG
    failure = _MEANING.get(status, usual)
    wait = response.headers.get("retry-after", "")
    until = None
    if failure is Failure.RETRY and wait.isdecimal():
        failure = Failure.WAIT
        until = datetime.now(UTC) + timedelta(seconds=int(wait))
    return PublishError(f"The page answered {status}.", failure, until=until)
