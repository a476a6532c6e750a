"""Figures of a community: members for all to see, statistics for its administrators."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from services.ingest.sources.base import NO_PAGE, ErrorKind, SourceError
from services.ingest.sources.connector import Figure
from shared.networks.vk import Vk

# Our name, and where stats.get has it.
_OF_A_DAY: Final = (
    ("day_reach", "reach", "reach"),
    ("day_reach_subscribers", "reach", "reach_subscribers"),
    ("day_views", "visitors", "views"),
    ("day_visitors", "visitors", "visitors"),
    ("day_likes", "activity", "likes"),
    ("day_comments", "activity", "comments"),
    ("day_reposts", "activity", "copies"),
    ("day_subscribed", "activity", "subscribed"),
    ("day_unsubscribed", "activity", "unsubscribed"),
)


async def group_of(vk: Vk, group: int) -> Mapping[str, Any]:
    """Ask for a community's card; raises `SourceError` when there is none."""
    answer = await vk.call("groups.getById", group_id=group, fields="members_count")
    groups = answer.get("groups") if isinstance(answer, dict) else answer
    if isinstance(groups, list) and groups and isinstance(groups[0], dict):
        card: Mapping[str, Any] = groups[0]
        return card
    raise SourceError(f"VK knows no community {group}", ErrorKind.DISABLE, code=NO_PAGE)


async def figures_of(vk: Vk, group: int, *, now: datetime) -> tuple[Figure, ...]:
    """Members now, and the statistics of yesterday as far as we may see them.

    What VK does not tell us has no figure: without an administrator's token there are
    members alone. A token that is refused is raised: somebody has to replace it.
    """
    card = await group_of(vk, group)
    members = card.get("members_count")
    counted = (
        [Figure("followers", members, now, "groups.getById")]
        if isinstance(members, int)
        else []
    )
    return (*counted, *await _statistics(vk, group, now))


async def _statistics(vk: Vk, group: int, now: datetime) -> Sequence[Figure]:
    if not vk.can("stats.get"):
        return ()
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        periods = await vk.call(
            "stats.get",
            group_id=group,
            interval="day",
            timestamp_from=int((today - timedelta(days=1)).timestamp()),
            timestamp_to=int(today.timestamp()) - 1,
        )
    except SourceError as error:
        if error.kind is not ErrorKind.DISABLE:
            raise
        return ()
    if not isinstance(periods, list) or not periods:
        return ()
    return list(_of_a_day(periods[0], today))


def _of_a_day(period: object, until: datetime) -> Iterator[Figure]:
    if not isinstance(period, dict):
        return
    told = period.get("period_to")
    as_of = datetime.fromtimestamp(told, UTC) if isinstance(told, int) else until
    for name, group, field in _OF_A_DAY:
        values = period.get(group)
        value = values.get(field) if isinstance(values, dict) else None
        if isinstance(value, int):
            yield Figure(name, value, as_of, "stats.get")
