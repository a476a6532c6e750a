"""Figures of a group: members for all to see, statistics for its administrators."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Figure
from services.ingest.sources.ok.parse import listed, number_in, object_in
from shared.networks.ok import Ok
from shared.networks.ok.times import MOSCOW, milliseconds, moment_of

MEMBERS: Final = "group.getCounters"
TRENDS: Final = "group.getStatTrends"

# What OK calls it, and our name.
_OF_A_DAY: Final[Mapping[str, str]] = {
    "reach": "day_reach",
    "renderings": "day_views",
    "page_visits": "day_visitors",
    "engagement": "day_engagement",
    "feedback": "day_feedback",
    "likes": "day_likes",
    "comments": "day_comments",
    "reshares": "day_reposts",
    "new_members": "day_subscribed",
    "left_members": "day_unsubscribed",
    "negatives": "day_negatives",
    "complaints": "day_complaints",
}


async def members_of(ok: Ok, group: str) -> int | None:
    """Ask how many members a group has; None when OK does not tell."""
    answer = await ok.call(MEMBERS, group_id=group, counterTypes="MEMBERS")
    return number_in(object_in(answer, "counters"), "members")


async def figures_of(ok: Ok, group: str, *, now: datetime) -> tuple[Figure, ...]:
    """Members now, and the statistics of the last whole day as far as we may see them.

    What OK does not tell us has no figure: without an administrator's token there are
    members alone. A token that is refused is raised: somebody has to replace it.
    """
    members = await members_of(ok, group)
    counted = () if members is None else (Figure("followers", members, now, MEMBERS),)
    return (*counted, *await statistics_of(ok, group, now=now))


async def statistics_of(ok: Ok, group: str, *, now: datetime) -> tuple[Figure, ...]:
    """Statistics of yesterday in Moscow; none without the right to see them."""
    if not ok.can(TRENDS):
        return ()
    today = now.astimezone(MOSCOW).replace(hour=0, minute=0, second=0, microsecond=0)
    start, end = today - timedelta(days=1), today - timedelta(milliseconds=1)
    try:
        answer = await ok.call(
            TRENDS,
            gid=group,
            start_time=milliseconds(start),
            end_time=milliseconds(end),
            fields=list(_OF_A_DAY),
        )
    except SourceError as error:
        if error.kind is not ErrorKind.DISABLE:
            raise
        return ()
    return tuple(_of_a_day(answer, milliseconds(today)))


def _of_a_day(answer: Any, until: int) -> Iterator[Figure]:  # noqa: ANN401 -- JSON
    """Give the latest value of each metric; today's is not whole yet."""
    for theirs, ours in _OF_A_DAY.items():
        values = {
            time: value
            for each in listed(answer, theirs)
            if (time := number_in(each, "time")) is not None
            and (value := number_in(each, "value")) is not None
            and time < until
        }
        if values:
            time = max(values)
            yield Figure(ours, values[time], moment_of(time), TRENDS)
