"""Fetches one document politely: conditional, capped in size and time, redirects kept.

Nothing here trusts the server: sizes are counted after unpacking, each redirect is a
new request that the client checks, and the whole takes no longer than the deadline.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.safe_http import UnsafeAddress

LARGEST_BODY: Final = 5_000_000
DEADLINE: Final = timedelta(seconds=30)
ADDRESS: Final = "feed:address"
"""Code of an address that is not to be read."""
_MOST_REDIRECTS: Final = 5
_SHORTEST_WAIT: Final = timedelta(seconds=30)
_LONGEST_WAIT: Final = timedelta(hours=24)
_USUAL_WAIT: Final = timedelta(minutes=15)

_OK: Final = 200
_NOT_MODIFIED: Final = 304
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_MOVED_FOR_GOOD: Final = frozenset({301, 308})
_GONE: Final = 410
_BUSY: Final = frozenset({429, 503})
_FORBIDDEN: Final = frozenset({401, 402, 403, 407, 451})


@dataclass(frozen=True, slots=True)
class Download:
    """A document, or nothing (`body` is None) when it has not changed.

    `url` is where to ask next time: the old address unless every redirect on the way
    was for good.
    """

    url: str
    body: bytes | None
    etag: str | None
    modified: str | None
    content_type: str | None


async def download(
    client: httpx.AsyncClient,
    url: str,
    *,
    etag: str | None = None,
    modified: str | None = None,
    deadline: timedelta = DEADLINE,
) -> Download:
    """Fetch a document unless it is unchanged; raises `SourceError`."""
    headers = {"Accept-Encoding": "gzip"}
    if etag:
        headers["If-None-Match"] = etag
    if modified:
        headers["If-Modified-Since"] = modified
    try:
        async with asyncio.timeout(deadline.total_seconds()):
            return await _follow(client, url, headers)
    except TimeoutError:
        seconds = int(deadline.total_seconds())
        told = f"the server took longer than {seconds} s"
        raise SourceError(told, code="feed:slow") from None
    except UnsafeAddress as error:
        raise SourceError(str(error), ErrorKind.HUMAN, code=ADDRESS) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        told = f"bad address: {error}"
        raise SourceError(told, ErrorKind.HUMAN, code=ADDRESS) from error
    except httpx.HTTPError as error:
        reason = str(error) or type(error).__name__
        told = f"the server can not be read: {reason}"
        raise SourceError(told, code="feed:unreached") from error


async def _follow(
    client: httpx.AsyncClient, url: str, headers: Mapping[str, str]
) -> Download:
    lasting = url
    for _ in range(_MOST_REDIRECTS + 1):
        request = client.build_request("GET", url, headers=headers)
        response = await client.send(request, stream=True)
        try:
            if response.status_code not in _MOVED:
                return await _taken(response, lasting)
            target = _target(response)
        finally:
            await response.aclose()
        if response.status_code in _MOVED_FOR_GOOD and lasting == url:
            lasting = target
        url = target
    raise SourceError(f"more than {_MOST_REDIRECTS} redirects", code="feed:redirects")


def _target(response: httpx.Response) -> str:
    location = response.headers.get("Location")
    if not location:
        raise SourceError("a redirect without a target", code="feed:redirects")
    return str(response.request.url.join(location).copy_with(fragment=None))


async def _taken(response: httpx.Response, lasting: str) -> Download:
    status = response.status_code
    if status not in {_OK, _NOT_MODIFIED}:
        raise _failure(response)
    body = None if status == _NOT_MODIFIED else await _body(response)
    return Download(
        url=lasting,
        body=body,
        etag=response.headers.get("ETag"),
        modified=response.headers.get("Last-Modified"),
        content_type=response.headers.get("Content-Type"),
    )


def _failure(response: httpx.Response) -> SourceError:
    status = response.status_code
    told, code = f"the server answered {status}", f"feed:{status}"
    if status == _GONE:
        return SourceError(f"{told}: gone for good", ErrorKind.DISABLE, code=code)
    if status in _BUSY:
        wait = retry_after(response.headers.get("Retry-After"), now=datetime.now(UTC))
        return SourceError(told, ErrorKind.WAIT, retry_after=wait, code=code)
    if status in _FORBIDDEN:
        return SourceError(f"{told}: no right to read", ErrorKind.HUMAN, code=code)
    return SourceError(told, code=code)


def retry_after(value: str | None, *, now: datetime) -> timedelta:
    """Length of the wait a server asks for, in seconds or as a date; within a day."""
    try:
        wait = _asked(value or "", now)
    except (ValueError, OverflowError):
        wait = _USUAL_WAIT
    return min(max(wait, _SHORTEST_WAIT), _LONGEST_WAIT)


def _asked(value: str, now: datetime) -> timedelta:
    if value.strip().isdecimal():
        return timedelta(seconds=int(value))
    moment = parsedate_to_datetime(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now


async def _body(response: httpx.Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in _unpacked(response):
        size += len(part)
        if size > LARGEST_BODY:
            raise SourceError(f"the document is larger than {LARGEST_BODY:,} bytes")
        parts.append(part)
    return b"".join(parts)


async def _unpacked(response: httpx.Response) -> AsyncIterator[bytes]:
    """Unpack in small bites: a bomb is noticed before it fills the memory."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in {"identity", ""}:
        async for raw in response.aiter_raw():
            yield raw
        return
    if encoding not in {"gzip", "x-gzip"}:
        raise SourceError(f"the document is packed in an unknown way: {encoding[:20]}")
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        async for raw in response.aiter_raw():
            rest = raw
            while rest and not inflater.eof:
                yield inflater.decompress(rest, LARGEST_BODY + 1)
                rest = inflater.unconsumed_tail
    except zlib.error as error:
        raise SourceError(f"the packed document is damaged: {error}") from error
    if not inflater.eof:
        raise SourceError("the packed document is cut off")
