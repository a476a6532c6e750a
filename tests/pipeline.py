"""Answers the rings of a fake queue with the real jobs, until all is quiet.

A service is given as its jobs by name, each with its tools in hand, as the services'
`jobs.duties` names them:

    await drain(queue, {"ingest": ingest_jobs.duties(tools).by_name, "triage": …})
"""

from collections.abc import Mapping
from typing import Any

from shared.delivery import DELIVER, MAX_TRIES, Job
from tests.fakes import FakeQueue

Jobs = Mapping[str, Job]

MOST_RINGS = 10_000
"""More than that are jobs that ring each other for ever."""


async def drain(queue: FakeQueue, services: Mapping[str, Jobs]) -> list[str]:
    """Answer rings in order until none is left for these services.

    Returns what was answered as `service.job`; rings of other services stay.
    """
    answered: list[str] = []
    while (ring := _next(queue, services)) is not None:
        service, job, args = ring
        await _answer(services[service][job], job, args)
        answered.append(f"{service}.{job}")
        assert len(answered) < MOST_RINGS, answered[-10:]
    return answered


def _next(
    queue: FakeQueue, services: Mapping[str, Jobs]
) -> tuple[str, str, Any] | None:
    for place, (service, _, _) in enumerate(queue.rings):
        if service in services:
            queue.forget_names()
            return queue.rings.pop(place)
    return None


async def _answer(job: Job, name: str, args: Any) -> None:  # noqa: ANN401 -- as rung
    if name != DELIVER:
        await job(*args)
        return
    for tries in range(1, MAX_TRIES + 1):
        if await job(*args, tries=tries):
            return
