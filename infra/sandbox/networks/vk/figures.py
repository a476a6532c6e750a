"""Methods about names, time and statistics."""

from collections.abc import Sequence
from typing import Any, Final

from infra.sandbox.networks.vk.call import Call, Method, personal
from infra.sandbox.networks.vk.errors import VkError
from infra.sandbox.networks.vk.objects import unix
from infra.sandbox.stage import Item, StagePage
from infra.sandbox.world.dice import throw

_DAY: Final = 24 * 3600
_INTERVALS: Final = {"day": _DAY, "week": 7 * _DAY, "month": 30 * _DAY}
_MOST_PERIODS: Final = 100
_MOST_POSTS: Final = 30


def server_time(call: Call) -> int:
    return call.network.timestamp()


def resolve_screen_name(call: Call) -> dict[str, Any] | list[Any]:
    """Say whose name it is; nobody's is an empty list, not an object."""
    page = call.network.stage.find_page(call.text("screen_name") or "-")
    if page is None:
        return []
    return {"type": "group", "object_id": page.number, "group_id": page.number}


def get(call: Call) -> list[dict[str, Any]]:
    """Give figures of a community, newest period first."""
    page = call.group()
    length = _INTERVALS.get(call.text("interval", "day"))
    if length is None:
        raise VkError(100, "interval is not supported by the sandbox")
    end = call.number("timestamp_to", call.network.timestamp())
    begin = call.number("timestamp_from", end - length)
    asked = call.number("intervals_count", -(-(end - begin) // length))
    periods = max(0, min(asked, _MOST_PERIODS))
    return [
        _period(call, page, end - (back + 1) * length, end - back * length)
        for back in range(periods)
    ]


def get_post_reach(call: Call) -> list[dict[str, Any]]:
    """Give the reach of posts, thirty at most; unknown ones are left out."""
    page = call.wall()
    call.check_admin(page)
    given = [one for one in call.text("post_ids").split(",") if one.isdecimal()]
    if not given or len(given) > _MOST_POSTS:
        raise VkError(100, "post_ids: from 1 to 30 posts")
    found = [call.network.stage.find(page.code, int(number)) for number in given]
    return [_reach(item) for item in found if item and not item.is_deleted]


def _period(call: Call, page: StagePage, begin: int, end: int) -> dict[str, Any]:
    items = call.network.stage.items(page.code)
    within = [item for item in items if begin <= unix(item.created_at) < end]
    dice = throw("stats", page.code, begin // _DAY)
    reach = dice.randint(page.members // 20, page.members // 4)
    return {
        "period_from": begin,
        "period_to": end,
        "activity": {
            "comments": sum(item.root is not None for item in within),
            "likes": _sum_of_likes(within),
            "copies": sum(item.counters.reposts or 0 for item in within),
            "subscribed": dice.randint(0, 20),
            "unsubscribed": dice.randint(0, 9),
        },
        "reach": {
            "reach": reach,
            "reach_subscribers": reach * 6 // 10,
            "mobile_reach": reach * 8 // 10,
        },
        "visitors": {
            "views": reach // 6,
            "visitors": reach // 10,
            "mobile_views": reach // 8,
        },
    }


def _sum_of_likes(items: Sequence[Item]) -> int:
    return sum(item.counters.likes or 0 for item in items)


def _reach(item: Item) -> dict[str, int]:
    total = item.counters.views or 0
    dice = throw("reach", item.page, item.id)
    subscribers = total * dice.randint(40, 80) // 100
    return {
        "post_id": item.id,
        "reach_total": total,
        "reach_subscribers": subscribers,
        "reach_viral": total - subscribers,
        "reach_ads": 0,
        "links": dice.randint(0, 5),
        "to_group": dice.randint(0, 9),
        "join_group": dice.randint(0, 3),
        "report": 0,
        "hide": dice.randint(0, 2),
        "unsubscribe": dice.randint(0, 2),
    }


METHODS: Final[dict[str, Method]] = {
    "utils.getServerTime": Method(server_time),
    "utils.resolveScreenName": Method(resolve_screen_name),
    "stats.get": personal(get),
    "stats.getPostReach": personal(get_post_reach),
}
