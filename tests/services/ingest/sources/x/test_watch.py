"""Searching X: pages, edits, losses, names, and what it may cost."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from infra.sandbox.networks.x.problems import USAGE_CAPPED
from infra.sandbox.networks.x.server import LOOKUP, SEARCH
from services.ingest.domain.posts import Network, PostKind
from services.ingest.domain.versions import Effect
from services.ingest.sources.base import ErrorKind, Evidence, SourceError
from services.ingest.sources.connector import Place
from services.ingest.sources.x.watch import XSource
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.x.world import (
    ACCOUNT,
    APP,
    ENDLESS,
    OTHER,
    OURS,
    XServer,
)
from tests.services.ingest.sources.x.world import (
    SEARCH as WORDS,
)


def poller(
    x: XServer, place: Place = WORDS, *tokens: object, **options: object
) -> Poller:
    return Poller(XSource(place, x.access(*tokens, **{**ENDLESS, **options})))


async def read_all(x: XServer, one: Poller, **by: float) -> None:
    x.forward(**by)
    for _ in range(200):
        if not await one.poll(x.now):
            return
    raise AssertionError("it does not end")


async def refused(x: XServer, one: Poller) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await one.poll(x.now)
    return caught.value


# Searching


async def test_words_are_found_wherever_they_stand() -> None:
    x = XServer()
    x.publish("Яма на Лесной")
    x.publish("И у нас яма", page=OTHER)
    x.publish("Всё хорошо")
    one = poller(x)

    await read_all(x, one)

    assert sorted(one.archive.standing.values()) == ["И у нас яма", "Яма на Лесной"]
    (asked,) = x.called(SEARCH)
    assert (asked["query"], asked["max_results"]) == ("яма -is:retweet", "100")
    assert "author_id" not in asked["tweet.fields"]


async def test_alternatives_are_bracketed_before_something_is_added() -> None:
    x = XServer()
    x.publish("Люк открыт")
    one = poller(x, Place(Network.X, "search", "яма OR люк", ""))

    await read_all(x, one)

    assert x.called(SEARCH)[0]["query"] == "(яма OR люк) -is:retweet"
    assert list(one.archive.standing.values()) == ["Люк открыт"]


async def test_of_an_account_what_others_write_to_it_is_read() -> None:
    x = XServer()
    x.publish("Когда отопление?")
    x.publish("Мы всё починили", by_page=True)
    x.publish("Не вам", page=OTHER)
    one = poller(x, ACCOUNT)

    await read_all(x, one)

    assert list(one.archive.standing.values()) == ["Когда отопление?"]
    query = "@testoblast -from:testoblast -is:retweet"
    assert x.called(SEARCH)[0]["query"] == query


@pytest.mark.parametrize("of_an_answer", [False, True])
async def test_a_conversation_is_read_from_any_of_its_posts(
    of_an_answer: bool,  # noqa: FBT001 -- a parameter of pytest
) -> None:
    x = XServer()
    root = x.publish("Спрашивайте", by_page=True)
    reply = x.reply(root, "Почему нет света?")
    below = x.reply(reply, "И воды")
    x.publish("В другом месте")
    number = x.ids(reply if of_an_answer else root)[0]
    place = Place(Network.X, "conversation", str(number), "")
    one = poller(x, place, OURS)

    await read_all(x, one)
    await read_all(x, one, minutes=31)

    posts = one.archive.posts
    assert one.archive.standing == {
        x.key(root): "Спрашивайте",
        x.key(reply): "Почему нет света?",
        x.key(below): "И воды",
    }
    told = [
        (posts[x.key(each)].kind, posts[x.key(each)].parent_id)
        for each in (root, below)
    ]
    assert told == [(PostKind.POST, None), (PostKind.COMMENT, x.key(reply))]


async def test_a_conversation_that_is_not_there_disables_the_source() -> None:
    x = XServer()

    error = await refused(x, poller(x, Place(Network.X, "conversation", "5", "")))

    assert (error.kind, error.code) == (ErrorKind.DISABLE, "x:resource-not-found")


async def test_our_own_account_is_known_and_no_author_is_kept() -> None:
    x = XServer()
    root = x.publish("Про яму пишите здесь", by_page=True)
    x.reply(root, "яма у дома")
    source = XSource(WORDS, x.access(OURS, **ENDLESS))

    fetched = await source.fetch({}, now=x.now)

    told = {each.post.text: each.from_page for each in fetched.posts}
    assert told == {"яма у дома": False}
    assert "author_id" in x.called(SEARCH)[0]["tweet.fields"]
    assert OURS.secrets["account_id"] not in repr(fetched)


async def test_what_our_account_writes_is_no_complaint() -> None:
    x = XServer()
    root = x.publish("Почему яма?")
    answer = x.reply(root, "Засыплем завтра", by_page=True)
    place = Place(Network.X, "conversation", str(x.ids(root)[0]), "")
    source = XSource(place, x.access(OURS, **ENDLESS))

    fetched = await source.fetch({}, now=x.now)

    ours = {each.post.external_id for each in fetched.posts if each.from_page}
    assert ours == {x.key(answer)}


async def test_retweets_are_dropped_where_x_still_shows_them() -> None:
    x = XServer()
    root = x.publish("Яма")
    again = [{"type": "retweeted", "id": str(x.ids(root)[0])}]
    x.stage.publish(
        root.page, "RT Яма", at=x.now, parent=root.id, extra={"referenced_posts": again}
    )
    one = poller(x, Place(Network.X, "conversation", str(x.ids(root)[0]), ""))

    await read_all(x, one)

    assert list(one.archive.standing.values()) == ["Яма"]


async def test_pages_follow_one_another_over_several_polls() -> None:
    x = XServer()
    for number in range(350):
        x.publish(f"Яма {number}", at=x.now - timedelta(minutes=number))
    one = poller(x, calls_per_poll=1)

    await read_all(x, one)

    assert (len(one.archive.standing), one.polls) == (350, 4)
    tokens = [asked.get("next_token") for asked in x.called(SEARCH)]
    assert tokens[0] is None
    assert len(set(tokens)) == 4


async def test_only_what_is_newer_is_asked_for_but_for_an_overlap() -> None:
    x = XServer()
    item = x.publish("Яма")
    one = poller(x)
    await read_all(x, one)
    await read_all(x, one, minutes=5)
    await read_all(x, one, hours=2)

    since = [int(asked["since_id"]) for asked in x.called(SEARCH)]
    number = x.ids(item)[0]
    assert since[0] < since[1] < number
    # Hours later it would only cost money.
    assert since[2] == number


async def test_after_a_long_pause_no_more_is_asked_for_than_x_shows() -> None:
    x = XServer()
    x.publish("Яма")
    one = poller(x)
    await read_all(x, one)
    x.forward(days=9)
    x.publish("Яма снова")

    await read_all(x, one)

    assert len(one.archive.standing) == 2


async def test_a_lost_token_of_a_page_is_replaced_by_the_last_id() -> None:
    x = XServer()
    for number in range(150):
        x.publish(f"Яма {number}", at=x.now - timedelta(minutes=number))
    one = poller(x, calls_per_poll=1)
    await one.poll(x.now)
    x.fail(400, route=SEARCH)

    await read_all(x, one)

    assert len(one.archive.standing) == 150
    assert "until_id" in x.called(SEARCH)[-1]


async def test_a_wrong_query_is_our_mistake() -> None:
    x = XServer()

    error = await refused(x, poller(x, Place(Network.X, "search", "odd:operator", "")))

    assert (error.kind, error.code) == (ErrorKind.BUG, "x:invalid-request")


async def test_an_empty_result_has_no_data() -> None:
    x = XServer()
    one = poller(x)

    assert await one.poll(x.now) is False
    assert (one.archive.posts, one.notes) == ({}, [])


# Names


@pytest.mark.parametrize("names", ["tweet", "post"])
async def test_either_set_of_names_is_asked_for_and_read(names: str) -> None:
    x = XServer()
    root = x.publish("Яма " + "очень " * 60 + "глубокая")
    reply = x.reply(root, "яма и тут")
    x.edit(reply, "яма и там")
    one = poller(x, names=names)

    await read_all(x, one)

    posts = one.archive.posts
    assert f"{names}.fields" in x.called(SEARCH)[0]
    assert one.archive.standing == x.standing()
    assert posts[x.key(reply)].parent_id == x.key(root)
    assert posts[x.key(root)].metrics == {
        "likes": 2,
        "reposts": 1,
        "comments": 1,
        "views": 77,
        "saves": 0,
    }


# Edits and losses


async def test_an_edit_has_a_new_id_and_the_key_of_the_first() -> None:
    x = XServer()
    item = x.publish("Яма")
    one = poller(x)
    await read_all(x, one)
    x.forward(minutes=10)
    x.edit(item, "Яма и люк")

    await read_all(x, one)

    key = x.key(item)
    assert one.archive.standing == {key: "Яма и люк"}
    assert one.archive.effects_on(key) == [Effect.NEW, Effect.REVISION]
    assert one.archive.posts[key].url == f"https://x.com/i/web/status/{x.ids(item)[1]}"


async def test_an_edit_that_is_not_found_any_more_is_noticed() -> None:
    x = XServer()
    item = x.publish("Яма")
    one = poller(x)
    await read_all(x, one)
    x.forward(minutes=10)
    x.edit(item, "Засыпали")

    await read_all(x, one, minutes=25)

    assert one.archive.standing == {x.key(item): "Засыпали"}
    # The known version leads to the last one, which is read by its own id.
    first, last = x.ids(item)
    assert [asked["ids"] for asked in x.called(LOOKUP)] == [str(first), str(last)]


async def test_deleting_is_told_by_id_and_taken_at_once() -> None:
    x = XServer()
    item, stays = x.publish("Яма"), x.publish("Яма вторая")
    x.edit(item, "Яма третья")
    one = poller(x)
    await read_all(x, one)
    x.delete(item)

    await read_all(x, one, minutes=31)

    assert one.archive.standing == {x.key(stays): "Яма вторая"}
    assert one.archive.evidence[x.key(item)] is Evidence.FLAG


async def test_a_locked_account_is_absent_until_it_opens_again() -> None:
    x = XServer()
    item = x.publish("Яма")
    one = poller(x)
    await read_all(x, one)
    x.lock(item)
    stood = []
    for _ in range(3):
        await read_all(x, one, minutes=31)
        stood.append(bool(one.archive.standing))
    x.restore(item)

    await read_all(x, one, minutes=31)

    assert (stood, one.archive.standing) == ([True, True, False], x.standing())


async def test_an_absence_is_confirmed_within_minutes_and_for_nothing() -> None:
    x = XServer()
    item, _ = x.publish("Яма"), x.publish("Яма вторая")
    number = str(x.ids(item)[0])
    one = poller(x)
    await read_all(x, one)
    x.lock(item)
    for minutes in (31, 5, 5):
        await read_all(x, one, minutes=minutes)

    assert list(one.archive.standing.values()) == ["Яма вторая"]
    asked = [each["ids"] for each in x.called(LOOKUP)]
    assert (asked[1:], x.paid) == ([number, number], 2)


async def test_a_post_that_is_not_mentioned_at_all_is_absent() -> None:
    x = XServer()
    x.publish("Яма")
    one = poller(x)
    await read_all(x, one)
    stood = []
    for _ in range(3):
        x.before.append(lambda: None)
        x.forward(minutes=31)
        empty = httpx.Response(200, json={"meta": {"result_count": 0}})
        x.says += [empty, httpx.Response(200, json={})]
        await read_all(x, one)
        stood.append(bool(one.archive.standing))

    assert stood == [True, True, False]


async def test_counters_come_with_the_checks() -> None:
    x = XServer()
    item = x.publish("Яма")
    one = poller(x)
    await read_all(x, one)
    x.reply(item, "и тут")

    source = XSource(WORDS, x.access(**ENDLESS))
    x.forward(minutes=31)
    fetched = await source.fetch(one.cursor, now=x.now)

    assert [each.post.metrics["comments"] for each in fetched.posts] == [1]


async def test_what_is_old_is_forgotten() -> None:
    x = XServer()
    x.publish("Яма")
    one = poller(x)
    await read_all(x, one)

    await read_all(x, one, days=3)

    assert one.cursor["memory"] == {}
    assert list(one.archive.standing.values()) == ["Яма"]


# What it may cost


async def test_no_call_is_made_that_might_pass_the_posts_of_a_day() -> None:
    x = XServer()
    for number in range(200):
        x.publish(f"Яма {number}", at=x.now - timedelta(minutes=number / 10))
    one = poller(x, posts_a_day=125)

    await one.poll(x.now)
    error = await refused(x, one)
    made = len(x.calls)
    again = await refused(x, one)

    # A page of a hundred, one of twenty; no page has fewer than ten.
    sizes = [int(asked["max_results"]) for asked in x.called(SEARCH)]
    assert (sizes, x.paid, len(x.calls)) == ([100, 20], 120, made)
    assert (error.kind, error.code) == (ErrorKind.WAIT, "x:guard-day")
    assert again.retry_after is not None
    assert "posts a day" in str(again)


async def test_at_midnight_reading_goes_on_where_it_was() -> None:
    x = XServer()
    for number in range(200):
        x.publish(f"Яма {number}", at=x.now - timedelta(minutes=number / 10))
    one = poller(x, posts_a_day=120)
    await one.poll(x.now)
    error = await refused(x, one)
    assert error.retry_after is not None

    x.now += error.retry_after
    await read_all(x, one)

    assert len(one.archive.standing) == 200


async def test_the_money_of_a_month_is_one_for_all_sources_of_a_token() -> None:
    x = XServer()
    for number in range(100):
        x.publish(f"Яма и люк {number}", at=x.now - timedelta(minutes=number))
    one = poller(x, money_a_month=1)
    other = poller(x, Place(Network.X, "search", "люк", ""), money_a_month=1)
    await read_all(x, one)
    await read_all(x, other)

    error = await refused(x, poller(x, ACCOUNT, money_a_month=1))

    month = timedelta(days=31)
    assert (error.kind, error.code) == (ErrorKind.WAIT, "x:guard-month")
    assert error.retry_after is not None
    assert timedelta() < error.retry_after <= month
    assert "1 dollars a month" in str(error)


async def test_what_is_paid_for_today_is_read_again_for_nothing() -> None:
    x = XServer()
    item = x.publish("Яма")
    for number in range(10):
        x.publish(f"Яма {number}")
    one = poller(x, posts_a_day=21)
    await read_all(x, one)
    x.delete(item)

    # Ten of the day's posts are left: enough to search, not to pay eleven again.
    await read_all(x, one, minutes=31)

    assert (len(one.archive.standing), x.paid) == (10, 11)


async def test_checks_never_take_more_than_their_share() -> None:
    x = XServer()
    for number in range(40):
        x.publish(f"Яма {number}")
    one = poller(x, posts_a_day=100, checks_share=0.2)
    await read_all(x, one)
    x.forward(days=1)
    before = x.paid

    for _ in range(10):
        await read_all(x, one, minutes=31)

    assert x.paid - before == 20


async def test_posts_of_a_refused_call_cost_nothing() -> None:
    x = XServer()
    for number in range(30):
        x.publish(f"Яма {number}")
    one = poller(x, posts_a_day=100)
    for code in (503, 429, 503):
        x.fail(code)
        await refused(x, one)
        x.forward(minutes=16)

    await read_all(x, one)

    assert (len(one.archive.standing), x.paid) == (30, 30)


async def test_a_killed_poll_is_counted_twice_at_most() -> None:
    x = XServer()
    for number in range(30):
        x.publish(f"Яма {number}")
    one = poller(x, posts_a_day=130)
    await one.poll(x.now, saves=False)

    await read_all(x, one)

    assert (len(one.archive.standing), x.paid) == (30, 30)
    assert len(one.archive.effects) == 30


# Refusals


async def test_a_burst_of_503_loses_nothing() -> None:
    x = XServer()
    x.publish("Яма")
    one = poller(x)
    x.fail(503, times=3)
    kinds = []
    for _ in range(3):
        kinds.append((await refused(x, one)).kind)
        x.forward(minutes=1)

    await read_all(x, one)

    assert kinds == [ErrorKind.RETRY] * 3
    assert one.archive.standing == x.standing()


async def test_failure_after_the_first_call_is_a_note() -> None:
    x = XServer()
    for number in range(150):
        x.publish(f"Яма {number}", at=x.now - timedelta(minutes=number))
    one = poller(x)
    x.before = [lambda: None, lambda: x.fail(503)]

    more = await one.poll(x.now)
    await read_all(x, one, minutes=1)

    assert (more, len(one.notes), len(one.archive.standing)) == (False, 1, 150)


async def test_too_many_calls_wait_until_x_says() -> None:
    x = XServer()
    one = poller(x)
    reset = str(int((x.now + timedelta(minutes=7)).timestamp()))
    problem = {"title": "Too Many Requests", "type": "about:blank", "status": 429}
    headers = {
        "x-rate-limit-reset": reset,
        "Date": f"{x.now:%a, %d %b %Y %H:%M:%S GMT}",
    }
    x.says.append(httpx.Response(429, json=problem, headers=headers))

    error = await refused(x, one)
    made = len(x.calls)
    parked = await refused(x, one)
    x.forward(minutes=8)
    await one.poll(x.now)

    assert (error.kind, error.code) == (ErrorKind.WAIT, "x:429")
    assert error.retry_after is not None
    assert timedelta(minutes=6) < error.retry_after <= timedelta(minutes=8)
    assert (parked.kind, made, len(x.calls)) == (ErrorKind.WAIT, 1, 2)


async def test_the_last_call_of_a_window_parks_the_method() -> None:
    x = XServer()
    one = poller(x)
    headers = {
        "x-rate-limit-remaining": "0",
        "x-rate-limit-reset": str(int(x.now.timestamp()) + 300),
    }
    x.says.append(httpx.Response(200, json={"meta": {}}, headers=headers))
    await one.poll(x.now)

    error = await refused(x, one)

    assert (error.kind, len(x.calls)) == (ErrorKind.WAIT, 1)


@pytest.mark.parametrize(
    ("cycle_day", "day"), [(1, "12-01"), (5, "12-05"), (28, "11-28"), (99, "11-28")]
)
async def test_the_usage_cap_stops_the_token_until_the_cycle_ends(
    cycle_day: int, day: str
) -> None:
    x = XServer()
    x.now = x.now.replace(year=2025, month=11, day=20)
    one = poller(x, cycle_day=cycle_day)
    x.fail(USAGE_CAPPED)

    error = await refused(x, one)
    parked = await refused(x, one)

    assert (error.kind, error.code) == (ErrorKind.WAIT, "x:usage-capped")
    assert error.retry_after is not None
    assert f"{x.now + error.retry_after:%m-%d}" == day
    assert (parked.kind, len(x.calls)) == (ErrorKind.WAIT, 1)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (402, ErrorKind.HUMAN),
        (403, ErrorKind.DISABLE),
        (4030, ErrorKind.DISABLE),
        (4031, ErrorKind.DISABLE),
        (404, ErrorKind.SKIP_ITEM),
    ],
)
async def test_refusals_have_their_classes(code: int, kind: ErrorKind) -> None:
    x = XServer()
    x.fail(code)

    assert (await refused(x, poller(x))).kind is kind


async def test_without_a_token_nothing_is_asked() -> None:
    x = XServer()
    access = replace(x.access(), tokens=())

    with pytest.raises(SourceError, match="app or user token") as caught:
        await XSource(WORDS, access).fetch({}, now=x.now)

    assert (caught.value.kind, x.calls) == (ErrorKind.DISABLE, [])


async def test_what_is_no_object_is_tried_again() -> None:
    x = XServer()
    x.says.append(httpx.Response(200, json=[]))

    assert (await refused(x, poller(x))).kind is ErrorKind.RETRY


async def test_a_clock_that_differs_is_noted() -> None:
    x = XServer()
    x.skew = timedelta(hours=1)
    one = poller(x, WORDS, APP)

    await one.poll(x.now)

    assert one.notes == ["X's clock and ours differ by 3600 s"]


async def test_times_of_the_far_future_are_refused_and_nothing_else() -> None:
    x = XServer()
    x.publish("Яма", created_at="2035-01-01T00:00:00.000Z")
    x.publish("Яма рядом")
    one = poller(x)

    await read_all(x, one)

    assert list(one.archive.standing.values()) == ["Яма рядом"]
    assert len(one.refused) == 1


async def test_a_poll_that_waited_long_makes_no_further_call() -> None:
    x = XServer()
    for number in range(350):
        x.publish(f"Яма {number}", at=x.now - timedelta(minutes=number))
    one = poller(x)
    x.before = [lambda: x.forward(seconds=15)]

    more = await one.poll(x.now)

    assert (more, len(x.calls), len(one.archive.standing)) == (True, 1, 100)


async def test_a_post_without_words_is_none() -> None:
    x = XServer()
    root = x.publish("Яма")
    x.reply(root, "@other_city")
    place = Place(Network.X, "conversation", str(x.ids(root)[0]), "")
    one = poller(x, place)

    await read_all(x, one)

    assert list(one.archive.standing.values()) == ["Яма"]


async def test_an_answer_leads_to_a_conversation_whose_root_is_read_too() -> None:
    x = XServer()
    root = x.publish("Яма", at=x.now - timedelta(days=6))
    reply = x.reply(root, "И у нас")
    place = Place(Network.X, "conversation", str(x.ids(reply)[0]), "")
    one = poller(x, place, first_hours=1)

    await read_all(x, one)

    # The search looks an hour back only: the root came by its id.
    assert one.archive.standing == {x.key(root): "Яма", x.key(reply): "И у нас"}
