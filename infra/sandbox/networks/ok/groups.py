"""Groups: their cards, their figures, and what an address leads to."""

from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from infra.sandbox.networks.ok.call import Call, Method
from infra.sandbox.networks.ok.ids import find_group, group_id
from infra.sandbox.networks.ok.times import MOSCOW, unix_ms
from infra.sandbox.stage import Item, StagePage

_MEMBERS_FROM_POSTS: Final = 3
_TRENDS: Final = (
    "members_count",
    "new_members",
    "left_members",
    "reach",
    "renderings",
    "page_visits",
    "engagement",
    "feedback",
    "likes",
    "comments",
    "reshares",
    "negatives",
    "complaints",
)


def get_info(call: Call) -> list[dict[str, Any]]:
    """Give the cards of groups; unknown ones are left out."""
    pages = [find_group(call.stage, one) for one in call.text("uids").split(",")]
    return [
        {"uid": group_id(page), "name": page.name, "shortname": page.screen_name}
        for page in pages
        if page is not None
    ]


def get_counters(call: Call) -> dict[str, Any]:
    """Count members and topics, for everybody."""
    page = call.group("group_id")
    wanted = {each.upper() for each in call.text("counterTypes").split(",")}
    counters = {"members": page.members}
    if "THEMES" in wanted:
        counters["themes"] = len(call.stage.posts(page.code))
    shown = {name: each for name, each in counters.items() if name.upper() in wanted}
    return {"counters": shown}


def get_info_of_url(call: Call) -> dict[str, Any]:
    """Say what an address leads to."""
    path = urlsplit(call.text("url")).path.strip("/")
    if path.startswith("profile/"):
        return _object("PROFILE", path.removeprefix("profile/"))
    page = find_group(call.stage, path.removeprefix("group/"))
    page = page or call.stage.find_page(path)
    return {"type": "UNKNOWN"} if page is None else _object("GROUP", group_id(page))


def get_stat_trends(call: Call) -> dict[str, Any]:
    """Give an administrator's figures by day, as far as the day is over or runs."""
    page = call.group()
    call.check_admin(page)
    wanted = [each for each in call.text("fields").split(",") if each in _TRENDS]
    now = call.server.network.now()
    end = min(call.number("end_time", unix_ms(now)), unix_ms(now))
    start = call.number("start_time", end - 7 * 86_400_000)
    days = _days(now, start, end)
    return {
        name: [
            {"time": unix_ms(day, skewed=False), "value": _value(call, page, name, day)}
            for day in days
        ]
        for name in wanted or _TRENDS
    }


def _days(now: datetime, start: int, end: int) -> list[datetime]:
    midnight = now.astimezone(MOSCOW).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight - timedelta(days=back) for back in range(31)]
    return [day for day in reversed(days) if start <= unix_ms(day) <= end]


def _value(call: Call, page: StagePage, name: str, day: datetime) -> int:
    """Count a day's figure from what stands on the stage."""
    if name == "members_count":
        return page.members
    items = [
        item
        for item in call.stage.items(page.code)
        if day <= item.created_at < day + timedelta(days=1)
    ]
    return _counted(name, items)


def _counted(name: str, items: list[Item]) -> int:
    posts = [item for item in items if item.root is None]
    views = sum(item.counters.views or 0 for item in posts)
    figures = {
        "comments": len(items) - len(posts),
        "likes": sum(item.counters.likes or 0 for item in items),
        "reshares": sum(item.counters.reposts or 0 for item in posts),
        "renderings": views,
        "reach": views * 7 // 10,
        "page_visits": views // 10,
        "new_members": len(posts) * _MEMBERS_FROM_POSTS,
    }
    return figures.get(name, 0)


def _object(kind: str, number: str) -> dict[str, Any]:
    told = int(number) if number.isdecimal() else 0
    return {"type": kind, "objectId": told, "objectIdStr": number}


METHODS: Final[dict[str, Method]] = {
    "group.getInfo": get_info,
    "group.getCounters": get_counters,
    "group.getStatTrends": get_stat_trends,
    "url.getInfo": get_info_of_url,
}
