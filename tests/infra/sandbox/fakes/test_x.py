"""The fake X: what the network is known to do."""

from datetime import timedelta

import httpx

from infra.sandbox.networks.x.problems import PROBLEMS
from tests.infra.sandbox.fakes.x import BEARER, NAME, PAGE, RESIDENT, XCaller, running_x

RECENT = "tweets/search/recent"


def ids_of(body: dict[str, object]) -> list[int]:
    data = body.get("data", [])
    assert isinstance(data, list)
    return [int(each["id"]) for each in data]


async def problem(x: XCaller, path: str = RECENT, **params: object) -> str:
    """Give the last word of the type a request is refused with."""
    given = {"query": "яма"} if path == RECENT else {}
    answer = await x.get(path, **{**given, **params})
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["title"]
    assert body["detail"]
    told: str = body["type"]
    return told.rpartition("/")[2]


async def test_posts_are_found_newest_first_with_what_was_asked_for() -> None:
    async with running_x() as x:
        first, second = x.post("Яма"), x.post("Люк")
        x.stage.count(PAGE, first.id, first.counters)
        body = await x.search()

    newest = body["data"][0]
    assert [each["text"] for each in body["data"][:2]] == [
        f"@{NAME} {second.text}",
        f"@{NAME} {first.text}",
    ]
    assert newest["edit_history_tweet_ids"] == [newest["id"]]
    assert newest["conversation_id"] == newest["id"]
    assert newest["public_metrics"]["retweet_count"] == 0
    assert newest["created_at"].endswith("Z")
    assert "author_id" not in newest
    assert body["meta"]["newest_id"] == newest["id"]


async def test_an_empty_result_has_no_data() -> None:
    async with running_x() as x:
        assert await x.search("такого_нет") == {"meta": {"result_count": 0}}


async def test_pages_follow_by_a_token_and_do_not_shift() -> None:
    async with running_x() as x:
        items = [x.post(f"Лужа {number}") for number in range(35)]
        seen, params = [], {"max_results": 10}
        for _ in range(10):
            body = await x.search("лужа", **params)
            seen += [each["text"].split()[-1] for each in body["data"]]
            if "next_token" not in body["meta"]:
                break
            params = {"max_results": 10, "next_token": body["meta"]["next_token"]}
            x.post("Лужа новая")
            x.stage.delete(PAGE, items[-1].id, at=x.network.clock())
            items.pop()

        strange = await problem(x, query="другое", next_token=params["next_token"])

    assert seen == [str(number) for number in range(34, -1, -1)]
    assert strange == "invalid-request"


async def test_since_and_until_leave_their_own_ids_out() -> None:
    async with running_x() as x:
        for number in range(5):
            x.post(f"Лужа {number}")
        all_ids = ids_of(await x.search("лужа"))
        middle = ids_of(
            await x.search("лужа", since_id=all_ids[4], until_id=all_ids[0])
        )

    assert middle == all_ids[1:4]


WRONG = [
    {"max_results": 9},
    {"max_results": 101},
    {"max_results": "many"},
    {"query": ""},
    {"query": "я" * 513},
    {"query": "near:дом"},
    {"query": "is:hologram"},
    {"query": '"не кончается'},
    {"since_id": "1"},
    {"since_id": "сто"},
    {"since_id": 10**18, "start_time": "2025-11-11T00:00:00Z"},
    {"until_id": 10**18, "end_time": "2025-11-11T00:00:00Z"},
    {"start_time": "вчера"},
    {"next_token": "guess"},
    {"tweet__fields": "hologram"},
    {"post__fields": "author_id"},
]


async def test_wrong_requests_are_invalid() -> None:
    async with running_x() as x:
        told = [await problem(x, **params) for params in WRONG]

    assert told == ["invalid-request"] * len(WRONG)


QUERIES: dict[str, set[str]] = {
    "яма": {"Яма и люк", "Яма"},
    "яма -люк": {"Яма"},
    '"и люк"': {"Яма и люк"},
    "(люк OR свет)": {"Яма и люк", "Свет"},
    f"from:{NAME}": {"Свет"},
    f"@{NAME} -from:{NAME}": {"Яма и люк", "Яма", "Ответ"},
    f"to:{NAME} is:reply": {"Ответ"},
    "is:retweet": set(),
    "is:quote": set(),
    "url:gov.example": set(),
    "lang:en": set(),
}


async def test_the_search_knows_some_operators() -> None:
    async with running_x() as x:
        one = x.post("Яма и люк")
        x.post("Яма")
        x.post("Свет", writer=None)
        x.post("Ответ", parent=one.id)
        ours = {"Яма и люк", "Яма", "Свет", "Ответ"}
        found = {}
        for query in QUERIES:
            body = await x.search(query)
            texts = {each["text"] for each in body.get("data", [])}
            found[query] = {each.removeprefix(f"@{NAME} ") for each in texts} & ours

    assert found == QUERIES


async def test_a_conversation_is_named_by_its_first_post() -> None:
    async with running_x() as x:
        root = x.post("Яма")
        x.edit(root, "Яма и люк")
        reply = x.post("И у нас", parent=root.id)
        below = x.post("И тут", parent=reply.id)
        (shown,) = (await x.search('"яма и люк"'))["data"]
        first = shown["edit_history_tweet_ids"][0]
        body = await x.search(f"conversation_id:{first}")

    told = {each["text"].split(" ", 1)[1]: each for each in body["data"]}
    assert told.keys() == {"Яма и люк", "И у нас", below.text}
    assert told["И у нас"]["referenced_tweets"] == [
        {"type": "replied_to", "id": shown["id"]}
    ]


async def test_an_edit_has_a_new_id_and_the_old_one_still_shows_the_old_text() -> None:
    async with running_x() as x:
        item = x.post("Лужа")
        (old,) = ids_of(await x.search("лужа"))
        x.edit(item, "Лужа высохла")
        (new,) = ids_of(await x.search("лужа"))
        body = await x.lookup(old, new)

    assert old < new
    assert [each["text"].split(" ", 1)[1] for each in body["data"]] == [
        "Лужа",
        "Лужа высохла",
    ]
    histories = [each["edit_history_tweet_ids"] for each in body["data"]]
    assert histories == [[str(old), str(new)]] * 2


async def test_deleting_deletes_every_version() -> None:
    async with running_x() as x:
        item, stays = x.post("Лужа"), x.post("Лужа вторая")
        x.edit(item, "Лужа высохла")
        newest, other = ids_of(await x.search("лужа"))
        x.stage.delete(PAGE, item.id, at=x.network.clock())
        body = await x.lookup(newest, other, 5)

    assert [each["text"] for each in body["data"]] == [f"@{NAME} {stays.text}"]
    told = {each["resource_id"]: each["type"] for each in body["errors"]}
    kinds = {each.rpartition("/")[2] for each in told.values()}
    assert (told.keys(), kinds) == ({str(newest), "5"}, {"resource-not-found"})


async def test_nothing_but_errors_has_no_data() -> None:
    async with running_x() as x:
        assert (await x.lookup(5)).keys() == {"errors"}


async def test_wrong_ids_are_invalid() -> None:
    wrong = ["", "пять", ",".join("1" * 101)]
    async with running_x() as x:
        told = [await problem(x, "tweets", ids=each) for each in wrong]

    assert told == ["invalid-request"] * 3


async def test_long_texts_are_cut_and_whole_in_the_note() -> None:
    async with running_x() as x:
        x.post("Лужа " + "очень " * 100)
        old = (await x.search("лужа"))["data"][0]
        new = (await x.search("лужа", post__fields="note_post"))["data"][0]

    assert (len(old["text"]), len(old["note_tweet"]["text"])) == (280, 619)
    assert old["note_tweet"]["text"] == new["note_post"]["text"]


async def test_the_new_names_tell_what_the_openapi_lists() -> None:
    async with running_x() as x:
        root = x.post("Лужа")
        x.post("Лужа и тут", parent=root.id)
        body = await x.search("лужа", post__fields="public_metrics,conversation_id")

    assert body["data"][0].keys() == {
        "id",
        "text",
        "edit_history_post_ids",
        "conversation_id",
        "public_metrics",
    }
    assert "repost_count" in body["data"][0]["public_metrics"]


async def test_tokens_are_checked() -> None:
    async with running_x() as x:
        answers = [
            await x.get(RECENT, token=each, query="яма") for each in (None, "guess")
        ]
        await x.order("x/tokens/revoke", token=BEARER)
        dead = await x.get(RECENT, query="яма")
        before = (await x.counters())["after_fatal"]
        await x.get(RECENT, query="яма")
        after = (await x.counters())["after_fatal"]

    assert [each.status_code for each in (*answers, dead)] == [401, 401, 401]
    assert dead.json() == {
        "title": "Unauthorized",
        "detail": "Unauthorized",
        "type": "about:blank",
        "status": 401,
    }
    assert (before, after) == (0, 1)


async def test_calls_are_counted_in_quarters_of_an_hour_with_headers() -> None:
    async with running_x() as x:
        user = next(t.value for t in x.network.tokens.all if t.kind == "user")
        first = await x.get(RECENT, token=user, query="нигде_нет")
        x.server.buckets[user, f"2/{RECENT}"].made = 299
        last = await x.get(RECENT, token=user, query="нигде_нет")
        over = await x.get(RECENT, token=user, query="нигде_нет")
        counted = (await x.counters())["over_limit"]
        other = await x.get(RECENT, query="нигде_нет")
        reset = int(over.headers["x-rate-limit-reset"]) - x.network.clock().timestamp()
        x.wall.pass_by(seconds=reset)
        later = await x.get(RECENT, token=user, query="нигде_нет")

    def left(answer: httpx.Response) -> tuple[int, str]:
        return answer.status_code, answer.headers["x-rate-limit-remaining"]

    assert [left(each) for each in (first, last, over, other, later)] == [
        (200, "299"),
        (200, "0"),
        (429, "0"),
        (200, "449"),
        (200, "299"),
    ]
    assert (over.json()["title"], counted) == ("Too Many Requests", 1)
    assert 0 < reset <= timedelta(minutes=15).total_seconds() + 1


async def test_posts_are_counted_once_a_day_until_the_cap() -> None:
    async with running_x() as x:
        for number in range(3):
            x.post(f"Лужа {number}")
        for _ in range(2):
            await x.search("лужа")
        once = [len(each) for each in x.server.paid.values()]
        x.wall.pass_by(hours=24)
        await x.search("лужа")
        twice = sorted(len(each) for each in x.server.paid.values())
        x.server.cap = 6
        capped = await problem(x, query="лужа")

    assert (once, twice, capped) == ([3], [3, 3], "usage-capped")


async def test_accounts_have_cards() -> None:
    async with running_x() as x:
        card = await x.get(
            "users/by/username/X_Oblast",
            user__fields="public_metrics,verified_type",
        )
        nobody = await x.get("users/by/username/nobody")

    data = card.json()["data"]
    assert (data["username"], data["verified_type"]) == ("x_oblast", "government")
    assert data["public_metrics"]["followers_count"] > 0
    assert [each["resource_type"] for each in nobody.json()["errors"]] == ["user"]


async def test_a_banned_account_and_a_locked_post_are_not_shown() -> None:
    async with running_x() as x:
        item = x.post("Лужа")
        (number,) = ids_of(await x.search("лужа"))
        x.server.locked.add((PAGE, item.id))
        hidden = await x.lookup(number)
        gone = await x.search("лужа")
        await x.order("x/ban-page", page=PAGE)
        card = await x.get(f"users/by/username/{NAME}")

    kind = hidden["errors"][0]["type"].rpartition("/")[2]
    assert (kind, gone["meta"]["result_count"]) == ("not-authorized-for-resource", 0)
    assert "data" not in card.json()


async def test_every_problem_comes_on_demand() -> None:
    told = {}
    async with running_x() as x:
        for code in PROBLEMS:
            await x.order("x/faults", mode="limit", route="2/tweets/*", code=code)
            refused = await x.get(RECENT, query="яма")
            body = refused.json()
            told[code] = (refused.status_code, body["type"], body["title"])
        after = await x.get(RECENT, query="яма")

    types = "https://api.x.com/2/problems/"
    assert told == {
        code: (status, f"{types}{kind}" if kind else "about:blank", title)
        for code, (status, kind, title) in PROBLEMS.items()
    }
    assert after.status_code == 200


async def test_a_limit_says_when_to_come_back() -> None:
    async with running_x() as x:
        await x.order("x/faults", mode="limit", retry_after=1_762_852_200)
        refused = await x.get(RECENT, query="яма")

    assert refused.status_code == 429
    assert refused.headers["x-rate-limit-reset"] == "1762852200"


async def test_bursts_of_503_have_a_page_of_html() -> None:
    times = 3
    async with running_x() as x:
        route = "2/users/by/username"
        await x.order("x/faults", mode="status", status=503, route=route, times=times)
        answers = [await x.get(f"users/by/username/{NAME}") for _ in range(times + 1)]

    assert [each.status_code for each in answers] == [503] * times + [200]
    assert answers[0].headers["Content-Type"].startswith("text/html")


async def test_a_skewed_clock_shows_in_dates_and_resets() -> None:
    async with running_x() as x:
        x.post("Лужа")
        plain = await x.get(RECENT, query="лужа", tweet__fields="created_at")
        await x.order("x/faults", mode="skew", seconds=3600)
        skewed = await x.get(RECENT, query="лужа", tweet__fields="created_at")

    def hour(answer: httpx.Response) -> int:
        return int(answer.json()["data"][0]["created_at"][11:13])

    resets = [int(e.headers["x-rate-limit-reset"]) for e in (plain, skewed)]
    assert (hour(skewed) - hour(plain)) % 24 == 1
    assert resets[1] - resets[0] == 3600


async def test_the_world_writes_on_x() -> None:
    async with running_x() as x:
        x.wall.pass_by(days=1)
        await x.order("x/bulk", page=PAGE, number=120)
        body = await x.search()

    assert body["meta"]["result_count"] == 100
    assert RESIDENT.name not in str(body)
