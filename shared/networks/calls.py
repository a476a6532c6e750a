"""One call of a network's API: bounded in size and time, its failures classed."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx

from shared.networks.failures import NetworkError

LARGEST_ANSWER: Final = 20_000_000
PATIENCE: Final = timedelta(seconds=20)
SKEW_NOTICED: Final = timedelta(seconds=30)

_SERVER_ERROR: Final = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """A network's answer: any JSON value, with its status and headers.

    `skew` is how far the network's clock is ahead of ours; None when it told no time.
    """

    status: int
    headers: Mapping[str, str]
    data: Any
    skew: timedelta | None = None


async def call(
    http: httpx.AsyncClient,
    request: httpx.Request,
    *,
    now: datetime,
    patience: timedelta = PATIENCE,
) -> Answer:
    """Send a request and read the JSON of its answer, whatever its status below 500.

    Raises `NetworkError` (RETRY) for what no network means to say: lost connections,
    server errors, cut or foreign bodies, answers that are too large or too slow.
    """
    try:
        async with asyncio.timeout(patience.total_seconds()):
            response = await http.send(request, stream=True)
            try:
                body = await _body(response)
            finally:
                await response.aclose()
    except TimeoutError:
        seconds = int(patience.total_seconds())
        raise NetworkError(f"the network took longer than {seconds} s") from None
    except httpx.HTTPError as error:
        reason = str(error) or type(error).__name__
        raise NetworkError(f"the network can not be reached: {reason}") from error
    if response.status_code >= _SERVER_ERROR:
        raise NetworkError(
            f"the network answered {response.status_code}",
            retry_after=_retry_after(response.headers.get("Retry-After")),
        )
    return Answer(
        response.status_code,
        response.headers,
        _json(body),
        skew_of(response.headers.get("Date"), now),
    )


async def _body(response: httpx.Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_bytes(65_536):
        size += len(part)
        if size > LARGEST_ANSWER:
            raise NetworkError(f"the answer is larger than {LARGEST_ANSWER:,} bytes")
        parts.append(part)
    return b"".join(parts)


def _json(body: bytes) -> Any:  # noqa: ANN401 -- any JSON value
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NetworkError("the network's answer is no JSON, or was cut off") from error


def _retry_after(value: str | None) -> timedelta | None:
    if value is None or not value.strip().isdecimal():
        return None
    return timedelta(seconds=min(int(value), 3600))


def skew_of(told: str | None, now: datetime) -> timedelta | None:
    """How far a `Date` header is ahead of a moment; None when it tells no time."""
    if told is None:
        return None
    try:
        theirs = parsedate_to_datetime(told)
    except (ValueError, TypeError):
        return None
    return (theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)) - now


def is_skewed(skew: timedelta | None) -> bool:
    """Say whether the two clocks differ by more than what the way explains."""
    return skew is not None and abs(skew) > SKEW_NOTICED
