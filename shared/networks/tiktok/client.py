"""Calls of TikTok's Research API: below its quota, failures classed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeAlias

from shared.networks.access import Access, Token
from shared.networks.allowance import Allowance, Taken, day_of, give_back, take
from shared.networks.budget import Rate
from shared.networks.calls import call
from shared.networks.failures import NO_TOKEN, ErrorKind, NetworkError
from shared.networks.tiktok.errors import (
    QUOTA,
    RATE,
    TOKEN_INVALID,
    code_of,
    refusal,
)
from shared.networks.tiktok.tokens import AccessTokens

BASE: Final = "https://open.tiktokapis.com"
CLIENT: Final = "client"
MOST: Final = 100
REQUESTS_A_DAY: Final = 1_000
RECORDS_A_DAY: Final = 100_000
CALLS_A_MINUTE: Final = 60

VIDEOS: Final = "/v2/research/video/query/"
COMMENTS: Final = "/v2/research/video/comment/list/"
USER: Final = "/v2/research/user/info/"

# Who published a video is not asked for: of an account we know it, of others we must
# not.
_VIDEO_FIELDS: Final = (
    "id,video_description,create_time,region_code,share_count,view_count,like_count,"
    "comment_count,hashtag_names,voice_to_text"
)
_COMMENT_FIELDS: Final = (
    "id,video_id,text,like_count,reply_count,parent_comment_id,create_time"
)
_USER_FIELDS: Final = (
    "display_name,follower_count,following_count,is_verified,likes_count,video_count"
)

Json: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for in days (YYYYMMDD, UTC, both included), from a page on."""

    conditions: Sequence[Json]
    start: str
    end: str
    cursor: int = 0
    search_id: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Records of an answer; a page may be short, or empty, and still have a next one.

    `onward` asks for the next one, None after the last.
    """

    records: tuple[Json, ...]
    onward: int | None
    search_id: str = ""


class TikTok:
    """TikTok's API as one place needs it; make one for each poll.

    `skew` is how far TikTok's clock was ahead of ours at the last call, None before
    the first.
    """

    def __init__(self, access: Access, tokens: AccessTokens) -> None:
        self._access = access
        self._tokens = tokens
        self.skew: timedelta | None = None

    @property
    def access(self) -> Access:
        return self._access

    async def videos(self, asked: Search) -> Page:
        """Read a page of a search; raises `NetworkError`.

        `tiktok:invalid_search_id` says that the search must begin anew.
        """
        body: dict[str, Any] = {
            "query": {"and": list(asked.conditions)},
            "start_date": asked.start,
            "end_date": asked.end,
            "max_count": MOST,
        }
        if asked.search_id:
            body |= {"cursor": asked.cursor, "search_id": asked.search_id}
        return await self._page(VIDEOS, _VIDEO_FIELDS, body, "videos")

    async def comments(self, *, video: int, comment: int = 0, cursor: int = 0) -> Page:
        """Read a page of the comments under a video, or of the replies to a comment."""
        under = {"comment_id": comment} if comment else {"video_id": video}
        body = {**under, "max_count": MOST, "cursor": cursor}
        return await self._page(COMMENTS, _COMMENT_FIELDS, body, "comments")

    async def user(self, name: str) -> Json:
        """Read an account's card; raises `NetworkError`."""
        return await self._call(USER, _USER_FIELDS, {"username": name}, MOST)

    async def _page(self, path: str, fields: str, body: Json, name: str) -> Page:
        data = await self._call(path, fields, body, MOST, name)
        listed, cursor = data.get(name), data.get("cursor")
        records = listed if isinstance(listed, list) else []
        goes_on = data.get("has_more") is True
        search_id = data.get("search_id")
        return Page(
            tuple(each for each in records if isinstance(each, Mapping)),
            cursor if goes_on and isinstance(cursor, int) else None,
            str(search_id) if isinstance(search_id, str | int) else "",
        )

    async def _call(
        self, path: str, fields: str, body: Json, most: int, name: str = ""
    ) -> Json:
        """Call once, or twice when the access token had run out; give `data`."""
        token = self._access.token(CLIENT)
        if token is None:
            raise NetworkError(
                "TikTok needs a client token", ErrorKind.DISABLE, code=NO_TOKEN
            )
        try:
            return await self._once(path, fields, body, (token, most, name))
        except NetworkError as error:
            if code_of(error) != TOKEN_INVALID:
                raise
            self._tokens.drop(token)
        try:
            return await self._once(path, fields, body, (token, most, name))
        except NetworkError as error:
            if error.kind is ErrorKind.REAUTH:
                await self._access.budget.stop(token.id)
            raise

    async def _once(
        self, path: str, fields: str, body: Json, paying: tuple[Token, int, str]
    ) -> Json:
        token, most, name = paying
        await self._turn(path, token)
        base = (self._access.base or BASE).rstrip("/")
        value = await self._tokens.value(token, self._access, base)
        records = Taken(self._records(token), most)
        now = self._access.clock()
        await take(
            self._access.budget, Taken(self._requests(token), 1), records, now=now
        )
        came = 0
        try:
            request = self._access.http.build_request(
                "POST",
                f"{base}{path}",
                params={"fields": fields},
                json=dict(body),
                headers={"Authorization": f"Bearer {value}"},
            )
            answer = await call(self._access.http, request, now=now)
            self.skew = answer.skew if answer.skew is not None else self.skew
            error = refusal(path, answer.data)
            if error is not None:
                raise await self._heeded(error, token, path)
            data = answer.data.get("data") if isinstance(answer.data, dict) else None
            if not isinstance(data, Mapping):
                raise NetworkError(f"TikTok's answer to {path} has no data")
            listed = data.get(name)
            came = min(most, len(listed)) if isinstance(listed, list) else 0
        finally:
            await give_back(self._access.budget, Taken(records.of, most - came))
        return data

    async def _turn(self, path: str, token: Token) -> None:
        """Wait for a turn of the token, of which the method may be parked by itself."""
        told = self._access.options.get("calls_a_minute", CALLS_A_MINUTE)
        rate = Rate(max(1, int(told)), timedelta(minutes=1))
        method = path.removeprefix("/")
        await self._access.budget.take(token.id, rate, method=method)

    async def _heeded(
        self, error: NetworkError, token: Token, path: str
    ) -> NetworkError:
        """Keep everybody else with this token from the same refusal."""
        error.token = token.id
        now = self._access.clock()
        if code_of(error) == QUOTA:
            _, until = day_of(now)
            error.retry_after = max(until - now, timedelta(seconds=1))
            await self._access.budget.park(token.id, until)
        if code_of(error) == RATE and error.retry_after is not None:
            name = f"{token.id}{path}"
            await self._access.budget.park(name, now + error.retry_after)
        return error

    def _requests(self, token: Token) -> Allowance:
        return self._allowance(token, "requests", REQUESTS_A_DAY)

    def _records(self, token: Token) -> Allowance:
        return self._allowance(token, "records", RECORDS_A_DAY)

    def _allowance(self, token: Token, name: str, usual: int) -> Allowance:
        window, until = day_of(self._access.clock())
        limit = max(0, int(self._access.options.get(f"{name}_a_day", usual)))
        return Allowance(
            name=f"{token.id}/{name}",
            limit=limit,
            window=window,
            until=until,
            code=f"tiktok:{QUOTA}",
            words=f"TikTok's {limit} {name} a day",
        )
