"""The job queue: a doorbell, never the place where work is kept.

Only this module and `shared/worker.py` import arq (maintenance-only upstream).
Messages are msgpack: a queue that unpickles would run whatever is put into it.
"""

import asyncio
from datetime import timedelta
from typing import Any, Final, Protocol
from uuid import uuid4

import msgpack
from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.constants import health_check_key_suffix
from redis.exceptions import RedisError

from shared.logs import log

EXPIRES = timedelta(minutes=10)
"""A doorbell nobody answered for so long is rung again by a sweeper anyway."""

GATHERED = timedelta(seconds=5)
"""A gathered ring nobody answered for so long no longer stands for later ones."""

_GATHER_PREFIX: Final = "otklik:gathered:"
_OWN: Final = "#"
"""In the id of a gathered job: the name of its flag stands before it."""

Argument = Any
"""What msgpack carries: None, bool, int, float, str, bytes, lists and dicts of them."""


class Queue(Protocol):
    """Rings the bell of a service; losing a ring loses no work."""

    async def ring(
        self,
        service: str,
        job: str,
        *args: Argument,
        once: str | None = None,
        gather: float | None = None,
    ) -> None:
        """Ask `service` to run `job`; `once` names a ring that must not pile up.

        With `gather` the job begins that many seconds later, and equal rings until it
        begins are one: for jobs that do all there is to do, however often they are
        rung for. A ring after its beginning is a new one, so nothing is overlooked.
        """
        ...

    async def close(self) -> None:
        """Let go of the connection."""
        ...


def serialize(job: dict[str, Any]) -> bytes:
    """Encode an arq job; anything but plain data is a programming error.

    arq puts the exception of a failed job in here: its text is enough.
    """
    packed: bytes = msgpack.packb(job, default=_describe)
    return packed


def deserialize(data: bytes) -> dict[str, Any]:
    """Decode an arq job; runs no code whatever the bytes hold."""
    job: dict[str, Any] = msgpack.unpackb(data, strict_map_key=False)
    return job


def _describe(value: object) -> str:
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    raise TypeError(f"a job cannot carry {type(value).__name__}")


def _flag_of(service: str, job: str, args: tuple[Argument, ...]) -> str:
    """Name the flag that stands while a gathered ring waits for its answer."""
    return ":".join([_GATHER_PREFIX + service, job, *map(str, args)])


def gathered_flag(job_id: str) -> str | None:
    """Name the flag to take down before a job looks for its work; None: it has none."""
    is_gathered = job_id.startswith(_GATHER_PREFIX)
    return job_id.rpartition(_OWN)[0] if is_gathered else None


def queue_name(service: str) -> str:
    """Name the arq queue of a service: one each, so none starves another."""
    return f"otklik:{service}"


def redis_settings(url: str) -> RedisSettings:
    """Read `redis://…` or `unix:///path` as arq's connection settings."""
    settings = RedisSettings.from_dsn(url)
    settings.conn_retries = 30
    return settings


class ArqQueue:
    """The real doorbell, on Valkey."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: ArqRedis | None = None
        self._connecting = asyncio.Lock()

    async def ring(
        self,
        service: str,
        job: str,
        *args: Argument,
        once: str | None = None,
        gather: float | None = None,
    ) -> None:
        """Ring; a queue that is down is logged, the sweeper rings again later."""
        try:
            pool = await self._connected()
            if gather is not None:
                flag = _flag_of(service, job, args)
                if not await pool.set(flag, "", nx=True, px=GATHERED):
                    return
                once = f"{flag}{_OWN}{uuid4().hex}"
            elif once is not None:
                # A job's name is taken in all queues at once.
                once = f"{service}:{once}"
            await pool.enqueue_job(
                job,
                *args,
                _job_id=once,
                _queue_name=queue_name(service),
                _defer_by=gather,
                _expires=EXPIRES,
            )
        except (RedisError, OSError) as error:
            log.warning("queue.unreachable", job=job, error=type(error).__name__)

    async def ping(self) -> None:
        """Raise when the queue does not answer."""
        await (await self._connected()).ping()

    async def waiting(self, service: str) -> int:
        """Count the rings nobody has answered yet."""
        pool = await self._connected()
        return int(await pool.zcard(queue_name(service)))

    async def heartbeat(self, service: str) -> str | None:
        """Return a worker's last sign of life; None when it has gone quiet."""
        pool = await self._connected()
        beat = await pool.get(queue_name(service) + health_check_key_suffix)
        return beat.decode() if beat else None

    async def version(self) -> str:
        """Name the server's version."""
        found = await (await self._connected()).info("server")
        return str(found.get("valkey_version") or found["redis_version"])

    async def close(self) -> None:
        """Let go of the connection."""
        if self._pool is not None:
            await self._pool.aclose()
            self._pool = None

    async def _connected(self) -> ArqRedis:
        # Two rings at once must not both connect: one pool would never be closed.
        async with self._connecting:
            if self._pool is None:
                settings = redis_settings(self._url)
                settings.conn_retries = 0
                self._pool = await create_pool(
                    settings, job_serializer=serialize, job_deserializer=deserialize
                )
            return self._pool


JOB_TIMEOUT = 30
"""Seconds; a killed worker's job comes back JOB_TIMEOUT + 10 s later at most."""


def worker_options(url: str, service: str) -> dict[str, Any]:
    """Return the arq settings every worker shares.

    arq's defaults (10 jobs, a poll each 0.5 s, pickle, results kept for an hour)
    run 20 short jobs a second and block a repeated job id. Most jobs at a time are
    polls that wait for their networks: they must not keep matching from beginning.
    """
    return {
        "redis_settings": redis_settings(url),
        "queue_name": queue_name(service),
        "job_serializer": serialize,
        "job_deserializer": deserialize,
        "max_jobs": 200,
        "poll_delay": 0.05,
        "job_timeout": JOB_TIMEOUT,
        "keep_result": 0,
        "max_tries": 5,
        "health_check_interval": 10,
        "log_results": False,
    }
