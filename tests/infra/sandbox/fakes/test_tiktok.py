"""The fake TikTok: what the network is known to do."""

import json

import httpx

from infra.sandbox.networks.tiktok.errors import ERRORS
from infra.sandbox.networks.tiktok.server import CLIENT_KEY
from tests.infra.sandbox.fakes.tiktok import (
    COMMENT_FIELDS,
    NAME,
    PAGE,
    RESIDENT,
    VIDEO_FIELDS,
    condition,
    running_tiktok,
)


def code_of(answer: httpx.Response) -> tuple[int, str]:
    body = answer.json()
    assert body["data"] == {}
    assert body["error"].keys() == {"code", "message", "log_id"}
    return answer.status_code, body["error"]["code"]


async def test_videos_have_long_ids_as_numbers_and_only_what_was_asked_for() -> None:
    async with running_tiktok() as tiktok:
        tiktok.post("Лужа у дома #лужи #Двор")
        answer = await tiktok.query(condition("keyword", "лужа"))
    (video,) = json.loads(answer.text)["data"]["videos"]

    assert video.keys() == set(VIDEO_FIELDS.split(","))
    assert isinstance(video["id"], int)
    assert video["id"] > 2**53
    assert video["id"] >> 32 == video["create_time"]
    assert video["hashtag_names"] == ["лужи", "двор"]
    assert RESIDENT.name not in answer.text


async def test_pages_follow_by_cursor_and_search_id_and_do_not_shift() -> None:
    async with running_tiktok() as tiktok:
        for number in range(45):
            tiktok.post(f"Лужа {number}")
        words = condition("keyword", "лужа")
        first = await tiktok.videos(words)
        tiktok.post("Лужа новая")
        following = {"search_id": first["search_id"], "cursor": first["cursor"]}
        second = await tiktok.videos(words, **following)
        last = await tiktok.videos(words, **{**following, "cursor": second["cursor"]})

    pages = (first, second, last)
    told = [each["video_description"] for page in pages for each in page["videos"]]
    assert told == [f"Лужа {number}" for number in range(44, -1, -1)]
    assert [(page["cursor"], page["has_more"]) for page in pages] == [
        (20, True),
        (40, True),
        (45, False),
    ]
    assert {page["search_id"] for page in pages} == {first["search_id"]}


async def test_deleted_videos_leave_pages_short_and_even_empty() -> None:
    async with running_tiktok() as tiktok:
        items = [tiktok.post(f"Лужа {number}") for number in range(30)]
        words = condition("keyword", "лужа")
        first = await tiktok.videos(words, max_count=10)
        for item in items[5:20]:
            tiktok.delete(item)
        following = {"search_id": first["search_id"], "max_count": 10}
        empty = await tiktok.videos(words, cursor=10, **following)
        short = await tiktok.videos(words, cursor=20, **following)

    assert (len(empty["videos"]), empty["cursor"], empty["has_more"]) == (0, 20, True)
    assert (len(short["videos"]), short["has_more"]) == (5, False)


async def test_page_two_needs_a_search_id_that_is_known() -> None:
    async with running_tiktok() as tiktok:
        without = await tiktok.query(cursor=20)
        strange = await tiktok.query(cursor=20, search_id="5")

    assert [code_of(each) for each in (without, strange)] == [
        (400, "invalid_params"),
        (400, "invalid_params"),
    ]
    messages = [each.json()["error"]["message"] for each in (without, strange)]
    assert messages == ["search_id is required to turn pages", "Invalid search_id"]


async def test_a_deep_page_is_answered_with_500() -> None:
    async with running_tiktok() as tiktok:
        deep = await tiktok.query(cursor=5_000, search_id="5")

    assert code_of(deep) == (500, "internal_error")


async def test_wrong_requests_are_refused() -> None:
    wrong = [
        {"start_date": "20251101", "end_date": "20251202"},
        {"start_date": "20251102", "end_date": "20251101"},
        {"start_date": "вчера"},
        {"max_count": 101},
        {"max_count": 0},
        {"cursor": "20"},
        {"cursor": True},
        {"query": None},
        {"query": {"and": [condition("near", "дом")]}},
        {"query": {"and": [condition("username", "a", "b")]}},
        {"query": {"and": [condition("username", "a", operation="LIKE")]}},
    ]
    async with running_tiktok() as tiktok:
        told = [code_of(await tiktok.query(**body)) for body in wrong]
        no_fields = await tiktok.call("video/query", {}, "")
        odd_field = await tiktok.call("video/query", {}, "id,hologram")
        no_object = await tiktok.call("video/query", [], VIDEO_FIELDS)
        no_path = await tiktok.call("video/dance", {}, "id")
        no_json = await tiktok.http.post(
            "/tiktok/v2/research/video/query/?fields=id",
            content=b"{",
            headers={"Authorization": f"bearer {tiktok.token}"},
        )

    others = [no_fields, odd_field, no_object, no_path, no_json]
    told += [code_of(each) for each in others]
    assert told == [(400, "invalid_params")] * len(told)


async def test_thirty_days_apart_is_allowed() -> None:
    async with running_tiktok() as tiktok:
        answer = await tiktok.query(start_date="20251101", end_date="20251201")

    assert answer.status_code == 200


async def test_conditions_are_joined_as_told() -> None:
    async with running_tiktok() as tiktok:
        one = tiktok.post("Лужа и яма #двор")
        tiktok.post("Лужа")
        tiktok.post("Свет")
        number = str(tiktok.server.id_of(one))
        words = {
            "both": {
                "and": [condition("keyword", "лужа"), condition("keyword", "яма")]
            },
            "either": {
                "or": [
                    condition("keyword", "свет"),
                    condition("hashtag_name", "двор", "парк", operation="IN"),
                ]
            },
            "none": {
                "and": [condition("username", NAME), condition("region_code", "RU")],
                "not": [condition("keyword", "лужа")],
            },
            "number": {"and": [condition("video_id", number)]},
        }
        found = {}
        for name, query in words.items():
            data = await tiktok.videos(query=query)
            texts = {each["video_description"] for each in data["videos"]}
            found[name] = texts & {"Лужа и яма #двор", "Лужа", "Свет"}

    assert found == {
        "both": {"Лужа и яма #двор"},
        "either": {"Лужа и яма #двор", "Свет"},
        "none": {"Свет"},
        "number": {"Лужа и яма #двор"},
    }


async def test_comments_have_no_author_and_replies_are_asked_for_apart() -> None:
    async with running_tiktok() as tiktok:
        video = tiktok.post("Лужа")
        first = tiktok.post("У нас так же", parent=video.id)
        below = tiktok.post("И у нас", parent=first.id)
        tiktok.post("Тоже", parent=below.id)
        gone = tiktok.post("Лишнее", parent=video.id)
        tiktok.delete(gone)
        number, top = tiktok.server.id_of(video), tiktok.server.id_of(first)
        level = await tiktok.comments(video_id=number)
        replies = await tiktok.comments(comment_id=top, max_count=1)

    (comment,) = level["comments"]
    assert comment == {
        "id": top,
        "video_id": number,
        "text": "У нас так же",
        "reply_count": 2,
        "parent_comment_id": number,
        "create_time": top >> 32,
    }
    assert (level["cursor"], level["has_more"]) == (2, False)
    assert [each["parent_comment_id"] for each in replies["comments"]] == [top]
    assert (replies["cursor"], replies["has_more"]) == (1, True)


async def test_comments_of_what_is_not_there() -> None:
    async with running_tiktok() as tiktok:
        video = tiktok.post("Лужа")
        comment = tiktok.post("Да", parent=video.id)
        number, top = tiktok.server.id_of(video), tiktok.server.id_of(comment)
        wrong = [
            {},
            {"video_id": number, "comment_id": top},
            {"video_id": 5},
            {"video_id": top},
            {"comment_id": number},
        ]
        told = [
            code_of(await tiktok.call("video/comment/list", body, COMMENT_FIELDS))
            for body in wrong
        ]
        tiktok.delete(video)
        gone = await tiktok.comments(video_id=number)

    assert told == [(400, "invalid_params")] * len(wrong)
    assert gone == {"comments": [], "cursor": 1, "has_more": False}


async def test_accounts_have_cards() -> None:
    async with running_tiktok() as tiktok:
        tiktok.post("Лужа")
        fields = "display_name,follower_count,is_verified,video_count"
        card = await tiktok.call("user/info", {"username": "tt_oblast"}, fields)
        nobody = await tiktok.call("user/info", {"username": "nobody"}, fields)
        await tiktok.order("tiktok/ban-page", page=PAGE)
        banned = await tiktok.call("user/info", {"username": NAME}, fields)
        hidden = await tiktok.videos()

    data = card.json()["data"]
    assert data.keys() == set(fields.split(","))
    assert (data["is_verified"], data["follower_count"] > 0) == (True, True)
    assert code_of(nobody) == code_of(banned) == (400, "invalid_params")
    assert hidden["videos"] == []


async def test_access_tokens_live_two_hours() -> None:
    async with running_tiktok() as tiktok:
        told = (await tiktok.grant()).json()
        before = await tiktok.query()
        tiktok.wall.pass_by(hours=2)
        after = await tiktok.query()
        fresh = (await tiktok.grant()).json()["access_token"]
        tiktok.token = fresh
        renewed = await tiktok.query()

    assert told.keys() == {"access_token", "expires_in", "token_type"}
    assert (told["expires_in"], before.status_code) == (7200, 200)
    assert (code_of(after), renewed.status_code) == ((401, "access_token_invalid"), 200)


async def test_clients_are_checked_and_their_tokens_die_with_them() -> None:
    async with running_tiktok() as tiktok:
        answers = [
            await tiktok.grant(client_secret="guess"),
            await tiktok.grant(client_key="guess"),
            await tiktok.grant(grant_type="password"),
        ]
        unknown = await tiktok.call("video/query", {}, "id", token="")
        before = (await tiktok.counters())["after_fatal"]
        await tiktok.order("tiktok/tokens/revoke", token=CLIENT_KEY)
        dead = await tiktok.query()
        await tiktok.query()
        after = (await tiktok.counters())["after_fatal"]

    assert [(each.status_code, each.json()["error"]) for each in answers] == [
        (401, "invalid_client"),
        (401, "invalid_client"),
        (400, "invalid_request"),
    ]
    assert code_of(unknown) == code_of(dead) == (401, "access_token_invalid")
    assert after - before == 1


async def test_the_quota_of_requests_ends_at_midnight() -> None:
    async with running_tiktok() as tiktok:
        tiktok.server.requests_a_day = 2
        answers = [await tiktok.query() for _ in range(3)]
        over = (await tiktok.counters())["over_limit"]
        tiktok.wall.pass_by(days=1)
        tiktok.token = (await tiktok.grant()).json()["access_token"]
        later = await tiktok.query()

    assert [each.status_code for each in (*answers, later)] == [200, 200, 429, 200]
    assert code_of(answers[2]) == (429, "daily_quota_limit_exceeded")
    assert over == 1


async def test_each_client_has_a_quota_and_a_life_of_its_own() -> None:
    async with running_tiktok() as tiktok:
        tiktok.server.requests_a_day = 1
        first = tiktok.token
        tiktok.network.tokens.issue("client", value="aw-other")
        granted = await tiktok.grant(client_key="aw-other")
        answers = [await tiktok.query(), await tiktok.query()]
        tiktok.network.tokens.revoke(CLIENT_KEY)
        tiktok.token = granted.json()["access_token"]
        other = await tiktok.query()
        tiktok.token = first
        dead = await tiktok.query()

    assert [each.status_code for each in (*answers, other, dead)] == [
        200,
        429,
        200,
        401,
    ]


async def test_records_and_calls_a_minute_are_counted_too() -> None:
    async with running_tiktok() as tiktok:
        tiktok.post("Лужа")
        tiktok.post("Лужа ещё")
        words = condition("keyword", "лужа")
        tiktok.server.records_a_day = 3
        first, second = await tiktok.query(words), await tiktok.query(words)
        tiktok.server.calls_a_minute = 2
        third = await tiktok.query(words)

    assert first.status_code == 200
    assert code_of(second) == (429, "daily_quota_limit_exceeded")
    assert code_of(third) == (429, "rate_limit_exceeded")


async def test_every_error_comes_on_demand() -> None:
    told = {}
    async with running_tiktok() as tiktok:
        for code in ERRORS:
            route = "v2/research/video/*"
            await tiktok.order("tiktok/faults", mode="limit", route=route, code=code)
            told[code] = code_of(await tiktok.query())
        await tiktok.order("tiktok/faults", mode="limit")
        usual = code_of(await tiktok.query())
        after = await tiktok.query()

    assert told == {code: (each[0], each[1]) for code, each in ERRORS.items()}
    assert (usual, after.status_code) == ((429, "rate_limit_exceeded"), 200)


async def test_a_skewed_clock_shows_in_times() -> None:
    async with running_tiktok() as tiktok:
        tiktok.post("Лужа")
        words = condition("keyword", "лужа")
        plain = await tiktok.videos(words)
        await tiktok.order("tiktok/faults", mode="skew", seconds=3600)
        skewed = await tiktok.videos(words)

    times = [each["videos"][0]["create_time"] for each in (plain, skewed)]
    assert times[1] - times[0] == 3600
