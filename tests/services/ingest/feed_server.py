"""A small web server on the loopback that answers as rudely as it is told to."""

import asyncio
import gzip
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypeAlias

Write: TypeAlias = Callable[[asyncio.StreamWriter], Awaitable[None]]
Answer: TypeAlias = bytes | Write


def answer(
    body: bytes | str = b"",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Whole answer with the length it really has."""
    content = body if isinstance(body, bytes) else body.encode()
    told = {"Content-Length": str(len(content)), "Connection": "close"}
    lines = [f"{name}: {value}" for name, value in (told | dict(headers or {})).items()]
    head = "\r\n".join([f"HTTP/1.1 {status} Told", *lines, "", ""])
    return head.encode() + content


def gzipped(body: bytes | str, headers: Mapping[str, str] | None = None) -> bytes:
    content = body if isinstance(body, bytes) else body.encode()
    packed = {"Content-Encoding": "gzip", **(headers or {})}
    return answer(gzip.compress(content), headers=packed)


@dataclass
class Request:
    """What a client asked for, with the names of its headers in small letters."""

    path: str
    headers: dict[str, str]


@dataclass
class FeedServer:
    """Answers each path with its answers in turn, and the last one for ever."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    port: int = 0
    tls: ssl.SSLContext | None = None

    def on(self, path: str, *answers: Answer) -> str:
        """Set the answers of a path; returns its address."""
        self.answers[path] = list(answers)
        return self.url(path)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, ssl=self.tls
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        pairs = (line.split(": ", 1) for line in lines)
        headers = {name.lower(): value for name, value in pairs}
        path = first.split(" ")[1]
        self.requests.append(Request(path, headers))
        told = self.answers.get(path, [answer(b"nothing here", 404)])
        said = told.pop(0) if len(told) > 1 else told[0]
        if isinstance(said, bytes):
            writer.write(said)
            await writer.drain()
        else:
            await said(writer)
