"""Hashtags: thirty different ones in seven days, finds of a day, no authors."""

import re
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any, Final

from infra.sandbox.graph.call import Call
from infra.sandbox.graph.errors import GraphError, gone
from infra.sandbox.graph.fields import select
from infra.sandbox.graph.paging import newest_first, places_of
from infra.sandbox.networks.instagram.ids import account_id, find_account, hashtag_id
from infra.sandbox.networks.instagram.objects import USUAL_MEDIA, media_node
from infra.sandbox.stage import StagePage

MOST: Final = 30
_WINDOW: Final = timedelta(days=7)
_RECENT: Final = timedelta(hours=24)
_TAG: Final = re.compile(r"\w{2,100}")
_UNKNOWN_TO_FINDS: Final = frozenset({"username", "media_url"})


class Hashtags:
    """Who asked for which hashtag when, by the second."""

    def __init__(self) -> None:
        self._asked: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
        self._names: dict[str, str] = {}

    def search(self, call: Call) -> dict[str, Any]:
        """Give the number of a hashtag; the 31st of a week is error 18."""
        page = self._account(call)
        tag = call.params.get("q", "").lower()
        if not _TAG.fullmatch(tag):
            raise GraphError(24)
        self._count(call, page, tag)
        number = hashtag_id(tag)
        self._names[number] = tag
        return {"data": [{"id": number}]}

    def recently_searched(self, call: Call, page: StagePage) -> dict[str, Any]:
        tags = self._within(page, call.server.network.clock())
        return {"data": [{"id": hashtag_id(tag)} for tag in tags]}

    def knows(self, number: str) -> bool:
        return number in self._names

    def recent_media(self, call: Call, number: str) -> dict[str, Any]:
        """List what was published with a hashtag within a day, newest first."""
        page = self._account(call)
        tag = self._names[number]
        self._count(call, page, tag)
        now = call.server.network.clock()
        if any(each.name in _UNKNOWN_TO_FINDS for each in call.fields):
            raise GraphError(100, "(#100) finds of a hashtag have no such field")
        places = places_of(
            item
            for item in call.stage.items()
            if item.root is None
            and item.created_at > now - _RECENT
            and tag in re.findall(r"#(\w+)", item.text.lower())
        )
        part = newest_first(places, call.after, min(call.limit, 50))
        found = [call.stage.item(code, number) for _, code, number in part.places]
        return call.shown(
            part,
            [
                select(
                    media_node(call, each, has_author=False), call.fields, USUAL_MEDIA
                )
                for each in found
                if call.server.is_visible(each)
            ],
        )

    def _account(self, call: Call) -> StagePage:
        """Give the account that asks; only the token's own may."""
        page = find_account(call.stage, call.params.get("user_id", ""))
        if page is None or not call.speaks_for(page):
            raise gone(call.params.get("user_id", ""))
        return page

    def _count(self, call: Call, page: StagePage, tag: str) -> None:
        now = call.server.network.clock()
        tags = self._within(page, now)
        if tag in tags:
            return
        if len(tags) >= MOST:
            call.server.network.meter.over_limit(call.token.value)
            raise GraphError(18)
        self._asked[account_id(page)][tag] = now

    def _within(self, page: StagePage, now: datetime) -> list[str]:
        asked = self._asked[account_id(page)]
        for tag in [tag for tag, at in asked.items() if at <= now - _WINDOW]:
            del asked[tag]
        return list(asked)
