"""The methods: searching, reading by id, an account's card."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import islice
from typing import Any, Final

from infra.sandbox.networks.x.objects import account, post
from infra.sandbox.networks.x.problems import XProblem, locked, missing
from infra.sandbox.networks.x.query import matcher
from infra.sandbox.networks.x.server import Server

_SHOWN: Final = timedelta(days=7)
_EPOCH_MS: Final = 1_288_834_974_657
_HIGHEST: Final = 2**63 - 1
_MOST_IDS: Final = 100

POST_FIELDS: Final = frozenset(
    {
        "article",
        "article_title",
        "attachments",
        "card_uri",
        "community_id",
        "context_annotations",
        "conversation_id",
        "created_at",
        "display_text_range",
        "edit_controls",
        "entities",
        "geo",
        "id",
        "lang",
        "note_post",
        "public_metrics",
        "reply_settings",
        "source",
        "text",
        "withheld",
    }
)
TWEET_FIELDS: Final = (POST_FIELDS - {"note_post"}) | {
    "author_id",
    "edit_history_tweet_ids",
    "in_reply_to_user_id",
    "note_tweet",
    "referenced_tweets",
}


def search(server: Server, params: Mapping[str, str]) -> dict[str, Any]:
    """Find posts of the last seven days, newest first."""
    query = params.get("query", "")
    fits = matcher(server, query)
    count = _count(params)
    fields, legacy = _fields(params)
    since, until = _bounds(server, params)
    mark = _mark(query, params.get("since_id", ""))
    if "next_token" in params:
        until = min(until, _position(params["next_token"], mark))
    found = (
        (number, item)
        for number, item in server.posts.between(since, until)
        if server.is_shown(item) and fits(item)
    )
    shown = list(islice(found, count))
    meta: dict[str, Any] = {"result_count": len(shown)}
    if not shown:
        return {"meta": meta}
    server.pay([number for number, _ in shown])
    meta |= {"newest_id": str(shown[0][0]), "oldest_id": str(shown[-1][0])}
    if next(found, None) is not None:
        meta["next_token"] = _token(mark, shown[-1][0])
    data = [post(server, item, each, fields, legacy=legacy) for each, item in shown]
    return {"data": data, "meta": meta}


def lookup(server: Server, params: Mapping[str, str]) -> dict[str, Any]:
    """Read posts by id, each version by its own; what is not there is an error."""
    ids = [each for each in params.get("ids", "").split(",") if each]
    if not 1 <= len(ids) <= _MOST_IDS or not all(each.isdecimal() for each in ids):
        raise XProblem(400, "ids: 1 to 100 numbers")
    fields, legacy = _fields(params)
    data, errors, paid = [], [], []
    for each in dict.fromkeys(ids):
        place = server.posts.place(int(each))
        item = None if place is None else server.posts.item(place)
        if item is None or item.is_deleted:
            errors.append(missing("tweet", "ids", each))
        elif not server.is_shown(item):
            errors.append(locked("tweet", "ids", each))
        else:
            paid.append(int(each))
            data.append(post(server, item, int(each), fields, legacy=legacy))
    server.pay(paid)
    return {
        **({"data": data} if data else {}),
        **({"errors": errors} if errors else {}),
    }


def by_name(server: Server, name: str, params: Mapping[str, str]) -> dict[str, Any]:
    """Show an account's card; one that is not there is an error under 200."""
    page = server.stage.find_page(name)
    if page is None or page.is_banned:
        return {"errors": [missing("user", "username", name)]}
    server.cards += 1
    fields = set(params.get("user.fields", "").split(",")) - {""}
    _, legacy = _fields(params)
    return {"data": account(page, fields, legacy=legacy)}


def _fields(params: Mapping[str, str]) -> tuple[set[str], bool]:
    """Read the wanted fields in either set of names; the older one is the default."""
    is_new = "post.fields" in params
    told = params.get("post.fields" if is_new else "tweet.fields", "")
    fields = set(told.split(",")) - {""}
    unknown = fields - (POST_FIELDS if is_new else TWEET_FIELDS)
    if unknown:
        raise XProblem(400, f"fields: {', '.join(sorted(unknown))}")
    return fields, not is_new


def _count(params: Mapping[str, str]) -> int:
    told = params.get("max_results", "10")
    if not told.isdecimal() or not 10 <= int(told) <= 100:  # noqa: PLR2004 -- X's own
        raise XProblem(400, "max_results: 10 to 100")
    return int(told)


def _bounds(server: Server, params: Mapping[str, str]) -> tuple[int, int]:
    """Read where a search begins and ends; the two ways to say it exclude another."""
    if {"since_id", "start_time"} <= params.keys():
        raise XProblem(400, "since_id: not together with start_time")
    if {"until_id", "end_time"} <= params.keys():
        raise XProblem(400, "until_id: not together with end_time")
    floor = _lowest(server.network.clock() - _SHOWN)
    since = _id(params, "since_id", floor)
    if "start_time" in params:
        since = _lowest(_moment(params["start_time"])) - 1
    if since < floor - 1:
        raise XProblem(400, "since_id: must be from the last seven days")
    return since, _id(params, "until_id", _HIGHEST)


def _id(params: Mapping[str, str], name: str, default: int) -> int:
    told = params.get(name)
    if told is None:
        return default
    if not told.isdecimal() or len(told) > len(str(_HIGHEST)):
        raise XProblem(400, f"{name}: is no id")
    return int(told)


def _moment(told: str) -> datetime:
    try:
        return datetime.fromisoformat(told)
    except ValueError:
        raise XProblem(400, "start_time: is no time") from None


def _lowest(moment: datetime) -> int:
    milliseconds = int(moment.astimezone(UTC).timestamp() * 1000)
    return max(0, milliseconds - _EPOCH_MS) << 22


def _mark(query: str, since: str) -> str:
    """Tie a page's token to its search."""
    return blake2b(f"{query}\0{since}".encode(), digest_size=4).hexdigest()


def _token(mark: str, number: int) -> str:
    return urlsafe_b64encode(f"{mark}:{number}".encode()).decode().rstrip("=")


def _position(token: str, mark: str) -> int:
    padded = token + "=" * (-len(token) % 4)
    try:
        told, _, number = urlsafe_b64decode(padded).decode().partition(":")
    except ValueError:
        told, number = "", ""
    if told != mark or not number.isdecimal():
        raise XProblem(400, "next_token: is not of this search")
    return int(number)
