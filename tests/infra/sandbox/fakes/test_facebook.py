"""The fake Facebook: pages, posts, comment trees, allowances, answers."""

import hmac
import json
from datetime import timedelta

import pytest
from fastapi import APIRouter

from infra.sandbox.graph.call import APP_SECRET, Server
from infra.sandbox.graph.errors import MESSAGES
from infra.sandbox.graph.hooks import Hooks
from infra.sandbox.graph.usage import HEADER, Usage
from infra.sandbox.networks.context import FakeNetwork, NetworkContext, ResponseLost
from infra.sandbox.networks.facebook import FAKE
from infra.sandbox.networks.facebook.api import issue_tokens, router_of
from infra.sandbox.networks.facebook.events import events_of
from infra.sandbox.networks.facebook.ids import comment_id, page_id, post_id
from infra.sandbox.stage import Item, StagePage
from tests.infra.sandbox.fakes.meta import RESIDENT, Caller, Receiver, calling

PAGE = "fb-oblast"
OTHER = "fb-vetlogorsk"
NUMBER = "61550000000002"
TOKEN = f"fb-page-{NUMBER}"
READER = "fb-reader"
OBLAST = StagePage(PAGE, 900_000_002, "fb_oblast", "Область", True, None, members=900)
VETLOGORSK = StagePage(OTHER, 900_000_001, "fb_vetlogorsk", "Город", False, None)


def facebook(receiver: Receiver | None = None) -> Caller:
    return calling(FAKE, [OBLAST, VETLOGORSK], TOKEN, receiver)


@pytest.fixture
def fb() -> Caller:
    return facebook()


def name(fb: Caller, item: Item) -> str:
    page = fb.stage.page(item.page)
    return post_id(page, item.id) if item.root is None else comment_id(page, item)


async def test_page_goes_by_its_number_its_name_and_its_token(fb: Caller) -> None:
    fields = "name,username,followers_count,fan_count"
    told = [await fb.ask(path, fields=fields) for path in (NUMBER, "fb_oblast", "me")]

    assert told[0] == told[1] == told[2]
    assert told[0]["username"] == "fb_oblast"
    assert told[0]["fan_count"] < told[0]["followers_count"]


async def test_posts_come_newest_first_by_cursor(fb: Caller) -> None:
    posts = [fb.post(f"Яма {number}") for number in range(5)]

    page = await fb.ask(f"{NUMBER}/feed", limit=2, fields="message")
    later = fb.post("Тем временем")
    after = page["paging"]["cursors"]["after"]
    following = await fb.ask(f"{NUMBER}/feed", limit=2, fields="message", after=after)

    texts = [each["message"] for each in (*page["data"], *following["data"])]
    assert texts == ["Яма 4", "Яма 3", "Яма 2", "Яма 1"]
    assert "access_token=" in page["paging"]["next"]
    assert page["data"][0]["id"] == name(fb, posts[-1])
    assert later.text not in texts


async def test_last_page_has_cursors_and_no_next(fb: Caller) -> None:
    fb.post()

    page = await fb.ask(f"{NUMBER}/feed")

    assert page["paging"].keys() == {"cursors"}


async def test_page_of_deleted_posts_is_empty_and_has_a_next(fb: Caller) -> None:
    fb.post("Старая")
    for number in range(3):
        gone = fb.post(f"Снятая {number}")
        fb.stage.delete(PAGE, gone.id, at=fb.network.clock())

    page = await fb.ask(f"{NUMBER}/feed", limit=3)

    assert page["data"] == []
    assert "next" in page["paging"]


async def test_time_has_no_colon_in_its_zone(fb: Caller) -> None:
    post = fb.post()

    told = await fb.ask(name(fb, post), fields="created_time")

    assert told["created_time"].endswith("+0000")


async def test_shares_are_left_out_when_there_are_none(fb: Caller) -> None:
    told = await fb.ask(name(fb, fb.post()), fields="shares,message")

    assert told.keys() == {"id", "message"}


async def test_author_is_missing_without_the_right_to_see_people(fb: Caller) -> None:
    post = fb.post()
    comment = fb.post("Нет света", parent=post.id)
    own = fb.post("Ответ", parent=post.id, writer=None)
    told = [
        await fb.ask(name(fb, each), token=token, fields="from")
        for each in (post, comment, own)
        for token in (TOKEN, READER)
    ]

    assert ["from" in each for each in told] == [True, False, True, False, True, True]
    assert told[0]["from"]["name"] == RESIDENT.name


async def test_visitor_posts_and_tagged_are_for_the_page_alone(fb: Caller) -> None:
    fb.post("Наше", writer=None)
    fb.post("Гость")
    fb.post("@fb_oblast, почините", page=OTHER)
    fields = "message"
    visitors = await fb.ask(f"{NUMBER}/visitor_posts", fields=fields)
    tagged = await fb.ask(f"{NUMBER}/tagged", fields=fields)
    codes = [await fb.error(f"{NUMBER}/{lane}", token=READER) for lane in ("tagged",)]

    texts = [each["message"] for each in visitors["data"]]
    assert "Гость" in texts
    assert "Наше" not in texts
    assert [each["message"] for each in tagged["data"]] == ["@fb_oblast, почините"]
    assert codes == [(10, None)]


async def test_stream_has_all_comments_and_toplevel_the_first_level(
    fb: Caller,
) -> None:
    post = fb.post()
    first = fb.post("Раз", parent=post.id)
    second = fb.post("Два", parent=first.id)
    path, fields = f"{name(fb, post)}/comments", "message,parent{id}"

    stream = await fb.ask(path, filter="stream", fields=fields)
    newest = await fb.ask(
        path, filter="stream", order="reverse_chronological", fields="message"
    )
    top = await fb.ask(path, fields="message,comment_count")
    below = await fb.ask(f"{name(fb, first)}/comments", fields="message")
    since = await fb.ask(
        path, filter="stream", since=int(second.created_at.timestamp()), fields="id"
    )

    assert [each["message"] for each in stream["data"]] == ["Раз", "Два"]
    assert stream["data"][1]["parent"] == {"id": name(fb, first)}
    assert [each["message"] for each in newest["data"]] == ["Два", "Раз"]
    assert [(each["message"], each["comment_count"]) for each in top["data"]] == [
        ("Раз", 1)
    ]
    assert [each["message"] for each in below["data"]] == ["Два"]
    assert [each["id"] for each in since["data"]] == [name(fb, second)]


async def test_comments_are_counted_by_filter(fb: Caller) -> None:
    post = fb.post()
    first = fb.post("Раз", parent=post.id)
    fb.post("Два", parent=first.id)
    counts = [
        (await fb.ask(name(fb, post), fields=f"comments{how}.limit(0).summary(true)"))
        for how in ("", ".filter(stream)")
    ]

    told = [each["comments"]["summary"]["total_count"] for each in counts]
    assert told == [1, 2]


async def test_deleted_things_and_all_below_them_are_gone(fb: Caller) -> None:
    post = fb.post()
    first = fb.post("Раз", parent=post.id)
    second = fb.post("Два", parent=first.id)
    fb.stage.delete(PAGE, first.id, at=fb.network.clock())
    codes = [await fb.error(name(fb, each)) for each in (first, second)]
    left = await fb.ask(f"{name(fb, post)}/comments", filter="stream")
    fb.stage.delete(PAGE, post.id, at=fb.network.clock())
    codes.append(await fb.error(name(fb, post)))
    codes.append(await fb.error(f"{name(fb, post)}/comments"))

    assert (codes, left) == ([(100, 33)] * 4, {"data": []})


@pytest.mark.parametrize(
    "path", ["5", "1_2", "nobody", "61550000000099/feed", f"{NUMBER}_5"]
)
async def test_what_never_was_is_gone_as_well(fb: Caller, path: str) -> None:
    assert await fb.error(path) == (100, 33)


async def test_hidden_comment_is_shown_to_the_page_alone(fb: Caller) -> None:
    post = fb.post()
    fb.post("Брань", parent=post.id, extra={"is_hidden": True})
    path = f"{name(fb, post)}/comments"

    ours = await fb.ask(path, fields="is_hidden")
    others = await fb.ask(path, token=READER, fields="id")

    assert [each["is_hidden"] for each in ours["data"]] == [True]
    assert others == {"data": []}


async def test_invalid_metric_spoils_the_whole_call(fb: Caller) -> None:
    fb.post()
    path = f"{NUMBER}/insights"

    good = await fb.ask(path, metric="page_media_view,page_follows", period="day")
    one = await fb.ask(f"{path}/page_media_view")
    codes = [
        await fb.error(path, metric="page_media_view,page_fans"),
        await fb.error(path, metric="page_follows", period="week"),
        await fb.error(path, metric="page_follows", token=READER),
    ]

    assert [each["name"] for each in good["data"]] == [
        "page_media_view",
        "page_follows",
    ]
    assert one["data"] == good["data"][:1]
    assert all(len(each["values"]) == 2 for each in good["data"])
    assert codes == [(100, None), (100, None), (10, None)]


def with_few_calls(network: NetworkContext) -> APIRouter:
    issue_tokens(network)
    hooks = Hooks(network, "page", page_id, events_of(network.stage))
    return router_of(Server(network, Usage("pages", engaged=4 / 4800)), hooks)


async def test_allowance_climbs_in_the_header_then_80001() -> None:
    few = FakeNetwork("facebook", ("/facebook",), with_few_calls)
    fb = calling(few, [OBLAST, VETLOGORSK], TOKEN, None)
    made = [await fb.raw("me") for _ in range(5)]
    told = [json.loads(each.headers[HEADER])[PAGE][0] for each in made]
    counted = fb.counters["over_limit"]
    fb.wall.pass_by(hours=24)
    later = await fb.raw("me")

    assert [each["call_count"] for each in told] == [25, 50, 75, 100, 100]
    assert [each["estimated_time_to_regain_access"] for each in told] == [
        0,
        0,
        0,
        1440,
        1440,
    ]
    assert made[-1].json()["error"]["code"] == 80_001
    assert (counted, later.status_code) == (1, 200)


async def test_limit_comes_on_demand_with_the_time_to_wait(fb: Caller) -> None:
    fb.fault(route="*/feed", retry_after=700)

    answer = await fb.raw(f"{NUMBER}/feed")
    other = await fb.raw("me")

    (entry,) = next(iter(json.loads(answer.headers[HEADER]).values()))
    assert answer.json()["error"]["code"] == 80_001
    assert entry["estimated_time_to_regain_access"] == 12
    assert other.status_code == 200


@pytest.mark.parametrize("code", sorted(MESSAGES))
async def test_every_error_comes_on_demand(fb: Caller, code: int) -> None:
    fb.fault(code=code)

    told = await fb.error("me")

    subcodes = {100: 33, 190: 463}
    assert told == (code, subcodes.get(code))


async def test_expired_token_is_190_463_and_calls_after_it_are_counted(
    fb: Caller,
) -> None:
    book, now = fb.network.tokens, fb.network.clock()
    made = book.issue("page", owner=PAGE, now=now, lifetime=timedelta(minutes=1)).value
    before = await fb.ask("me", token=made)
    fb.wall.pass_by(seconds=61)
    book.revoke(READER)

    codes = [await fb.error("me", token=each) for each in (made, READER, "x")]
    counted = fb.counters["after_fatal"]
    await fb.error("me", token=READER)

    assert before["id"] == NUMBER
    assert codes == [(190, 463), (190, 460), (190, None)]
    assert (counted, fb.counters["after_fatal"]) == (0, 1)


async def test_proof_of_the_app_must_be_right(fb: Caller) -> None:
    proof = hmac.new(APP_SECRET.encode(), TOKEN.encode(), "sha256").hexdigest()

    assert (await fb.ask("me", appsecret_proof=proof))["id"] == NUMBER
    assert await fb.error("me", appsecret_proof="0" * 64) == (100, None)


async def test_old_versions_are_not_served(fb: Caller) -> None:
    answer = await fb.http.get(
        "/facebook/v3.1/me", headers={"Authorization": f"Bearer {TOKEN}"}
    )

    assert answer.json()["error"]["code"] == 2635


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        (f"{NUMBER}/feed", {"limit": "many"}, 100),
        (f"{NUMBER}/feed", {"after": "???"}, 100),
        (f"{NUMBER}/feed", {"fields": "id,caption"}, 100),
        (f"{NUMBER}/feed", {"fields": "id{"}, 2500),
        (f"{NUMBER}/albums", {}, 100),
    ],
)
async def test_wrong_requests_are_refused(
    fb: Caller, path: str, params: dict[str, str], code: int
) -> None:
    fb.post()

    assert await fb.error(path, **params) == (code, None)


async def test_wrong_requests_about_a_post_are_refused(fb: Caller) -> None:
    post = name(fb, fb.post())
    codes = [
        await fb.error(f"{post}/likes"),
        await fb.error(f"{post}/comments", order="random"),
    ]

    assert codes == [(100, None), (100, None)]


async def test_blocked_page_is_gone(fb: Caller) -> None:
    post = fb.post()
    fb.stage.ban(PAGE, at=fb.network.clock())

    codes = [await fb.error(each) for each in (NUMBER, name(fb, post))]

    assert codes == [(100, 33)] * 2


async def test_page_answers_once_and_the_same_text_is_506(fb: Caller) -> None:
    post = fb.post()
    fb.network.ledger.approve("Готово")
    path = f"{name(fb, post)}/comments"

    made = await fb.ask(path, method="POST", message="Готово")
    again = await fb.error(path, method="POST", message="Готово")

    (answer,) = fb.stage.comments(PAGE, post.id)
    assert made == {"id": name(fb, answer)}
    assert again == (506, None)
    assert [each.outcome for each in fb.network.ledger.all] == ["success"]
    assert fb.counters["unapproved_writes"] == 0


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("rejected", (368, None)),
        ("limited", (80_001, None)),
        ("deleted-target", (100, 33)),
    ],
)
async def test_answers_fail_as_planned(
    fb: Caller, mode: str, told: tuple[int, int | None]
) -> None:
    post = fb.post()
    fb.write(mode)

    error = await fb.error(
        f"{name(fb, post)}/comments", method="POST", message="Готово"
    )

    assert (error, fb.stage.comments(PAGE, post.id)) == (told, [])


async def test_answer_whose_response_is_lost_stands(fb: Caller) -> None:
    post = fb.post()
    fb.write("lost")

    with pytest.raises(ResponseLost):
        await fb.raw(f"{name(fb, post)}/comments", method="POST", message="Готово")

    assert [each.text for each in fb.stage.comments(PAGE, post.id)] == ["Готово"]


async def test_answers_that_may_not_be_are_refused(fb: Caller) -> None:
    post = fb.post()
    path = f"{name(fb, post)}/comments"
    codes = [
        await fb.error(path, method="POST", message=""),
        await fb.error(path, method="POST", message="Да", token=READER),
    ]
    fb.stage.close_comments(PAGE, post.id, at=fb.network.clock())
    codes.append(await fb.error(path, method="POST", message="Да"))

    assert codes == [(100, None), (10, None), (200, None)]
