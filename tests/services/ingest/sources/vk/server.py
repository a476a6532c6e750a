"""A small VK of our own: walls with comment trees, and the faults a test asks for.

It answers as the official schema says; everything in it is invented.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from urllib.parse import parse_qs

import httpx

from services.ingest.sources.connector import Access, Token
from shared.networks.budget import LocalBudget
from tests.factories import NOW

OWNER = -900000001
RESIDENT = 700000012

Json: TypeAlias = dict[str, Any]
Method: TypeAlias = Callable[[dict[str, str]], Any]


class VkRefusal(Exception):
    def __init__(self, code: int, message: str = "refused") -> None:
        self.code = code
        self.message = message


@dataclass
class Written:
    """A post, or a comment under `post`; `above` is the comment it answers."""

    id: int
    at: int
    text: str
    post: int = 0
    above: int = 0
    edited: int | None = None
    state: str = "stands"  # or "flagged", "absent"
    by_page: bool = False
    extra: Json = field(default_factory=dict)


@dataclass
class VkServer:
    """State, clock and counters; `calls` lists method, token and time of each call."""

    now: datetime = NOW
    items: dict[int, Written] = field(default_factory=dict)
    calls: list[tuple[str, str, datetime]] = field(default_factory=list)
    params: list[dict[str, str]] = field(default_factory=list)
    faults: list[tuple[str, Any]] = field(default_factory=list)
    before: list[Callable[[], None]] = field(default_factory=list)
    refused_tokens: set[str] = field(default_factory=set)
    found: list[Json] = field(default_factory=list)
    next_id: int = 4000
    threads: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    events: list[Json] = field(default_factory=list)
    first_ts: int = 1
    poll_key: str = "key-1"
    guids: dict[str, int] = field(default_factory=dict)
    in_execute: list[Json] = field(default_factory=list)
    closed: set[int] = field(default_factory=set)
    user_token: str = "user-1"
    skew: timedelta = timedelta()

    # What happens in this VK

    def publish(self, text: str, *, at: datetime | None = None, **extra: Any) -> int:  # noqa: ANN401 -- JSON
        self.next_id += 1
        moment = int((at or self.now).timestamp())
        self.items[self.next_id] = Written(self.next_id, moment, text, extra=extra)
        return self.next_id

    def comment(self, post: int, text: str, *, above: int = 0, **extra: Any) -> int:  # noqa: ANN401 -- JSON
        number = self.publish(text, **extra)
        self.items[number].post, self.items[number].above = post, above
        self.threads[post].append(number)
        return number

    def edit(self, number: int, text: str) -> None:
        item = self.items[number]
        item.text = text
        item.edited = None if item.post else int(self.now.timestamp())

    def vanish(self, number: int, *, flagged: bool = False) -> None:
        self.items[number].state = "flagged" if flagged else "absent"

    def restore(self, number: int) -> None:
        self.items[number].state = "stands"

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)

    def standing(self) -> dict[str, str]:
        """Give the texts a perfect archive would hold."""
        return {
            f"{'wallreply' if one.post else 'wall'}:{OWNER}_{one.id}": one.text
            for one in self.items.values()
            if one.state == "stands"
            and (not one.post or self.items[one.post].state == "stands")
        }

    # How it is reached

    def access(self, *tokens: Token, **options: Any) -> Access:  # noqa: ANN401 -- JSON
        async def sleep(seconds: float) -> None:
            self.now += timedelta(seconds=seconds)

        return Access(
            http=httpx.AsyncClient(transport=httpx.MockTransport(self.handle)),
            budget=LocalBudget(lambda: self.now, sleep),
            clock=lambda: self.now,
            tokens=tokens or (Token("t1", "service", {"token": "service-1"}),),
            options=options,
        )

    def handle(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/oauth2/auth":
            return self._renewed(request)
        if path == "/poll":
            return self._polled(request)
        method = path.rpartition("/")[2]
        form = {k: v[0] for k, v in parse_qs(request.content.decode()).items()}
        token = request.headers["Authorization"].removeprefix("Bearer ")
        self.calls.append((method, token, self.now))
        self.params.append(form)
        headers = {"Date": f"{self.now + self.skew:%a, %d %b %Y %H:%M:%S GMT}"}
        if self.faults and self.faults[0][0] in {method, "*"}:
            return self._fault(self.faults.pop(0)[1], headers)
        if self.before and method in {"wall.get", "wall.getComments"}:
            self.before.pop(0)()
        if token in self.refused_tokens:
            return _error(5, "User authorization failed", headers)
        try:
            answer = {"response": self._answer(method, form)}
        except VkRefusal as refusal:
            return _error(refusal.code, refusal.message, headers)
        if method == "execute":
            answer["execute_errors"] = self.in_execute
        return httpx.Response(200, json=answer, headers=headers)

    def _answer(self, method: str, form: dict[str, str]) -> Any:  # noqa: ANN401 -- JSON
        return getattr(self, f"_{method.replace('.', '_').lower()}")(form)

    def _fault(self, fault: Any, headers: dict[str, str]) -> httpx.Response:  # noqa: ANN401 -- a fault
        if isinstance(fault, httpx.Response):
            return fault
        if isinstance(fault, Exception):
            raise fault
        return _error(fault, "asked for", headers)

    def _renewed(self, request: httpx.Request) -> httpx.Response:
        form = {k: v[0] for k, v in parse_qs(request.content.decode()).items()}
        self.calls.append(("oauth2/auth", form["refresh_token"], self.now))
        if form["refresh_token"] != f"refresh-of-{self.user_token}":
            return httpx.Response(400, json={"error": "invalid_grant"})
        self.refused_tokens.add(self.user_token)
        self.user_token = f"user-{int(self.user_token[5:]) + 1}"
        renewed = {"access_token": self.user_token, "expires_in": 3600}
        renewed["refresh_token"] = f"refresh-of-{self.user_token}"
        return httpx.Response(200, json=renewed)

    def _polled(self, request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        self.calls.append(("a_check", asked["key"], self.now))
        if self.faults and self.faults[0][0] == "a_check":
            return httpx.Response(200, json=self.faults.pop(0)[1])
        if asked["key"] != self.poll_key:
            return httpx.Response(200, json={"failed": 2})
        start = int(asked["ts"]) - self.first_ts
        ts = str(self.first_ts + len(self.events))
        return httpx.Response(200, json={"ts": ts, "updates": self.events[start:]})

    def most_in_a_second(self) -> int:
        """Give the most calls of one token in any second."""
        counts = Counter((token, int(at.timestamp())) for _, token, at in self.calls)
        return max(counts.values(), default=0)

    # Its methods

    def _wall_get(self, form: dict[str, str]) -> Json:
        _check(int(form["owner_id"]) == OWNER, 15)
        posts = self._posts()
        pinned = [one for one in posts if one.extra.get("is_pinned")]
        rest = [one for one in posts if not one.extra.get("is_pinned")]
        start, count = int(form.get("offset", 0)), int(form.get("count", 20))
        page = (pinned + rest)[start : start + min(count, 100)]
        return {"count": len(posts), "items": [self._shown(one) for one in page]}

    def _wall_getbyid(self, form: dict[str, str]) -> Json:
        numbers = [int(each.rpartition("_")[2]) for each in form["posts"].split(",")]
        asked = [self.items[each] for each in numbers if each in self.items]
        shown = [self._shown(one) for one in asked if one.state == "stands"]
        shown += [
            {"inner_type": "wall_wallpost", "id": one.id, "owner_id": OWNER}
            | {"is_deleted": True}
            for one in asked
            if one.state == "flagged"
        ]
        return {"items": shown}

    def _wall_getcomments(self, form: dict[str, str]) -> Json:
        post = int(form["post_id"])
        _check(post in self.items and self.items[post].state == "stands", 212)
        root, start = (
            int(form.get("comment_id", 0)),
            int(form.get("start_comment_id", 0)),
        )
        level = [one for one in self._level(post, root) if one.id >= start]
        most = min(int(form.get("count", 10)), 100)
        return {
            "count": len(self._under(post)),
            "current_level_count": len(self._level(post, root)),
            "items": [self._shown_comment(one, form) for one in level[:most]],
            "can_post": False,
            "groups_can_post": post not in self.closed,
        }

    def _utils_resolvescreenname(self, form: dict[str, str]) -> Any:  # noqa: ANN401 -- JSON
        known = {"test_roads": ("group", -OWNER), "ivan_test": ("user", RESIDENT)}
        if form["screen_name"] not in known:
            return []
        kind, number = known[form["screen_name"]]
        return {"type": kind, "object_id": number}

    def _groups_getbyid(self, _form: dict[str, str]) -> Json:
        group = {"id": -OWNER, "name": "Тестовый район: дороги", "members_count": 5210}
        return {"groups": [group]}

    def _groups_getlongpollserver(self, _form: dict[str, str]) -> Json:
        ts = str(self.first_ts + len(self.events))
        return {"server": "https://lp.example/poll", "key": self.poll_key, "ts": ts}

    def _groups_getcallbackconfirmationcode(self, _form: dict[str, str]) -> Json:
        return {"code": "c0de"}

    def _newsfeed_search(self, form: dict[str, str]) -> Json:
        now = int(self.now.timestamp())
        start, end = int(form.get("start_time", 0)), int(form.get("end_time", now))
        found: list[Any] = [one for one in self._posts() if start <= one.at <= end]
        if self.found:
            found = [one for one in self.found if start <= one["date"] <= end]
            found.sort(key=lambda one: -one["date"])
        skip = int(form.get("start_from", 0))
        page = found[:1000][skip : skip + min(int(form.get("count", 30)), 200)]
        shown = page if self.found else [self._shown(one) for one in page]
        answer: Json = {"items": shown, "count": min(1000, len(found))}
        answer["total_count"] = len(found)
        if page and skip + len(page) < min(1000, len(found)):
            answer["next_from"] = str(skip + len(page))
        return answer

    def _wall_createcomment(self, form: dict[str, str]) -> Json:
        post = int(form["post_id"])
        _check(post in self.items and self.items[post].state == "stands", 212)
        above = int(form.get("reply_to_comment", 0))
        number = self.guids.get(form["guid"])
        if number is None:
            number = self.comment(post, form["message"], above=above)
            self.items[number].by_page = True
            self.guids[form["guid"]] = number
        return {"comment_id": number, "parents_stack": [above] if above else []}

    def _execute(self, form: dict[str, str]) -> Any:  # noqa: ANN401 -- JSON
        self.in_execute.clear()
        results = []
        for part in form["code"].removeprefix("return [").split("API.")[1:]:
            method, _, params = part.partition("(")
            try:
                given = json.JSONDecoder().raw_decode(params)[0]
                results.append(self._answer(method, given))
            except VkRefusal as refusal:
                told = {"error_code": refusal.code, "error_msg": refusal.message}
                self.in_execute.append({"method": method, **told})
                results.append(False)
        return results

    def _stats_get(self, _form: dict[str, str]) -> Any:  # noqa: ANN401 -- JSON
        until = int(NOW.timestamp()) - 1000
        return [
            {
                "period_from": until - 86400,
                "period_to": until,
                "activity": {"comments": 14, "likes": 120, "subscribed": 9},
                "reach": {"reach": 5400, "reach_subscribers": 3100},
                "visitors": {"views": 810, "visitors": 502},
            }
        ]

    def _stats_getpostreach(self, form: dict[str, str]) -> Any:  # noqa: ANN401 -- JSON
        numbers = form["post_ids"].split(",")
        _check(len(numbers) <= 30, 100)
        return [{"post_id": int(each), "reach_total": 1490} for each in numbers]

    def _posts(self) -> list[Written]:
        posts = [
            one for one in self.items.values() if not one.post and one.state == "stands"
        ]
        return sorted(posts, key=lambda one: (one.at, one.id), reverse=True)

    def _under(self, post: int) -> list[Written]:
        comments = (self.items[number] for number in self.threads[post])
        return [one for one in comments if one.state == "stands"]

    def _level(self, post: int, root: int) -> list[Written]:
        """Comments of a level; VK flattens everything below a first comment."""
        shown = [
            one
            for one in (self.items[number] for number in self.threads[post])
            if one.state != "absent" and self._root(one) == root
        ]
        return sorted(shown, key=lambda one: one.id)

    def _root(self, one: Written) -> int:
        while one.above and self.items[one.above].above:
            one = self.items[one.above]
        return one.above

    def _shown(self, one: Written) -> Json:
        return {
            "inner_type": "wall_wallpost",
            "id": one.id,
            "owner_id": OWNER,
            "from_id": OWNER if one.by_page else RESIDENT,
            "date": one.at,
            "post_type": "post",
            "text": one.text,
            "comments": {"count": len(self._under(one.id)), "can_post": 1},
            "likes": {"count": 2, "user_likes": 0, "can_like": 1, "can_publish": 1},
            "reposts": {"count": 0},
            **({"edited": one.edited} if one.edited else {}),
            **one.extra,
        }

    def _shown_comment(self, one: Written, form: dict[str, str]) -> Json:
        is_gone = one.state == "flagged"
        most = int(form.get("thread_items_count", 0))
        replies = [] if self._root(one) else self._level(one.post, one.id)
        return {
            "id": one.id,
            "from_id": 0 if is_gone else OWNER if one.by_page else RESIDENT,
            "date": one.at,
            "text": "" if is_gone else one.text,
            "post_id": one.post,
            "owner_id": OWNER,
            "parents_stack": list(self._stack(one)),
            **({"reply_to_comment": one.above} if one.above else {}),
            **({"deleted": True} if is_gone else {}),
            "thread": {
                "count": len(replies),
                "items": [self._shown_comment(each, form) for each in replies[:most]],
            },
            **one.extra,
        }

    def _stack(self, one: Written) -> Iterator[int]:
        if one.above:
            yield from self._stack(self.items[one.above])
            yield one.above


def _check(holds: bool, code: int) -> None:  # noqa: FBT001 -- an assertion
    if not holds:
        raise VkRefusal(code)


def _error(code: int, message: str, headers: dict[str, str]) -> httpx.Response:
    error = {"inner_type": "base_error", "error_code": code, "error_msg": message}
    body = json.dumps({"error": {**error, "request_params": []}})
    return httpx.Response(200, content=body, headers=headers)
