"""The queue: list and case side by side, filters, arrivals."""

import dataclasses
from datetime import timedelta
from urllib.parse import urlencode

from tests.web import fake_data as data
from tests.web.conftest import Browser
from tests.web.dom import Page
from tests.web.fake_api import FakeApi
from tests.web.fakes import FakeIdentity


def rows(page: Page) -> list[str]:
    return [row.attrs["data-row"] for row in page.all("li", class_="row-item")]


async def test_first_candidate_is_open_beside_the_list(browser: Browser) -> None:
    page = (await browser.get("/queue")).page

    assert rows(page)[:3] == ["c-1", "c-2", "c-3"]
    assert page.one(id="case").attrs["data-case"] == "c-1"
    assert page.one(id="row-c-1").attrs["aria-current"] == "true"


async def test_on_a_phone_the_list_comes_first_until_a_case_is_picked(
    browser: Browser,
) -> None:
    opened = (await browser.get("/queue")).page
    picked = (await browser.get("/queue?case=c-2")).page

    assert "data-picked" not in opened.one(id="case").attrs
    assert "data-picked" in picked.one(id="case").attrs


async def test_row_says_where_when_how_long_and_what_is_suggested(
    browser: Browser,
) -> None:
    row = (await browser.get("/queue")).page.one(id="row-c-1")

    assert row.one("span", class_="row-where").text == "ВКонтакте · Заозёрск"
    assert row.one("time").text == "14:02"
    assert row.one("time").attrs["title"] == "20 ноября 2026, 14:02 (UTC+3)"
    assert row.one("span", class_="left").text == "осталось 3 ч 12 мин"
    assert row.one("span", class_="left").attrs["title"] == (
        "осталось 3 ч 12 мин рабочего времени · 20 ноября 2026, 17:32 (UTC+3)"
    )
    assert row.one("span", class_="row-topic").text == (
        "ЖКХ › Горячая вода → Горводоканал"
    )
    assert row.one("span", class_="confidence").text == "92 %"
    assert [mark.text for mark in row.all("mark")] == ["горячей воды"]


async def test_overdue_row_is_marked_by_hue_icon_and_word(browser: Browser) -> None:
    left = (await browser.get("/queue")).page.one(id="row-c-2").one(class_="left")

    assert "hue-danger" in left.attrs["class"]
    assert left.one("use").attrs["href"].endswith("#clock-exclamation")
    assert left.text == "просрочено на 25 мин"


async def test_case_shows_text_reason_and_prefilled_answers(browser: Browser) -> None:
    case = (await browser.get("/queue?case=c-1", "case")).page.one(id="case")

    assert case.one("blockquote").text == data.candidates()[0]["text"]
    assert case.all("p", class_="why")[0].text == (
        "Нельзя ждать: дети: «маленькие дети»"
    )
    assert case.all("p", class_="why")[1].text == (
        "Почему здесь: правило «Горячая вода», версия 4"
    )
    fields = case.one("form").fields()
    assert {name: fields[name] for name in ("topic", "municipality", "authority")} == {
        "topic": "hot_water",
        "municipality": "zaozersk",
        "authority": "waterworks",
    }
    assert fields["incident_id"] == "i-1042"
    assert fields["version"] == "1"
    assert [node.text for node in case.all(class_="reason")] == [
        "92 %по правилу: Горячая вода",
        "в тексте: «Садовой»",
        "правило маршрута № 12",
    ]


async def test_case_offers_one_key_for_each_decision(browser: Browser) -> None:
    buttons = (await browser.get("/queue")).page.one(id="decision").all("button")

    assert [(b.attrs["value"], b.attrs["data-key"]) for b in buttons] == [
        ("open", "e"),
        ("join", "m"),
        ("not_complaint", "n"),
        ("noise", "s"),
    ]


async def test_views_carry_their_figures(browser: Browser) -> None:
    views = (await browser.get("/queue?view=urgent")).page.one(id="views")

    assert [view.text for view in views.all("a")] == [
        "Новые 8",
        "Срочные 2",
        "Просроченные 5",
        "Ждут согласования 1",
    ]
    assert views.one("a", aria_current="page").text == "Срочные 2"


async def test_urgent_view_asks_for_urgent_ones(browser: Browser) -> None:
    assert rows((await browser.get("/queue?view=urgent")).page) == ["c-1", "c-8"]


async def test_overdue_view_asks_for_overdue_ones(browser: Browser) -> None:
    page = (await browser.get("/queue?view=overdue")).page

    assert rows(page) == ["c-2", "c-5", "c-6", "c-7", "c-8"]


async def test_filters_narrow_the_list_and_stand_as_removable_chips(
    browser: Browser,
) -> None:
    page = (await browser.get("/queue?network=vk&municipality=severny")).page

    assert rows(page) == ["c-4"]
    chips = page.one("ul", class_="chips").all("a", class_="chip")
    assert [(chip.text, chip.attrs["href"]) for chip in chips] == [
        ("Сеть: ВКонтакте", "/queue?municipality=severny"),
        ("Муниципалитет: Северный округ", "/queue?network=vk"),
    ]


async def test_filters_that_fit_nothing_say_what_to_do(browser: Browser) -> None:
    page = (await browser.get("/queue?q=zebra")).page

    empty = page.all("div", class_="empty")[0]
    assert empty.one("p", class_="empty-title").text == (
        "Под эти условия ничего не подходит"
    )
    assert empty.one("a").attrs["href"] == "/queue"


async def test_empty_queue_says_what_to_do(browser: Browser, api: FakeApi) -> None:
    api.candidates = []

    page = (await browser.get("/queue")).page

    titles = [node.text for node in page.all("p", class_="empty-title")]
    assert titles == ["Здесь всё решено", "Решать нечего"]


async def test_sort_newest_is_passed_on(browser: Browser, api: FakeApi) -> None:
    page = (await browser.get("/queue?sort=newest")).page

    assert page.one("div", class_="list-order").one(aria_current="true").text == (
        "Сначала новые"
    )
    asked = [c for m, p, c in api.calls if p == "/triage/candidates"]
    assert [one["sort"] for one in asked] == ["newest"]


async def test_unknown_view_and_sort_fall_back(browser: Browser, api: FakeApi) -> None:
    await browser.get("/queue?view=%27;drop&sort=%3Cb%3E")

    asked = next(c for m, p, c in api.calls if p == "/triage/candidates")
    assert asked == {"status": "new", "sort": "urgent", "limit": "50"}


async def test_more_rows_come_alone_and_end_with_the_next_link(
    browser: Browser, api: FakeApi
) -> None:
    api.candidates, api.page_size = data.candidates(9), 4

    first = (await browser.get("/queue")).page
    more = first.one("li", id="more").one("a")
    rest = (await browser.get(more.attrs["href"], "more")).page
    last = (await browser.get(rest.one(id="more").one("a").attrs["href"], "more")).page

    assert more.attrs["href"] == "/queue?cursor=4"
    assert rows(rest) == ["c-5", "c-6", "c-7", "c-8"]
    assert rest.all(id="desk") == []
    assert (rows(last), last.all(id="more")) == (["c-9"], [])


async def test_arrivals_are_counted_since_the_list_was_drawn(
    browser: Browser, api: FakeApi
) -> None:
    poll = (await browser.get("/queue")).page.one(id="arrivals").attrs["hx-get"]
    for one in api.candidates[:3]:
        one["received_at"] = data.iso(data.NOW + timedelta(seconds=30))

    answer = await browser.get(poll, "arrivals")

    assert answer.page.one("a").text == "3 новых — показать"
    assert answer.page.one("a").attrs["href"] == "/queue?sort=newest"


async def test_arrivals_stay_silent_while_nothing_more_came(
    browser: Browser, api: FakeApi
) -> None:
    poll = (await browser.get("/queue")).page.one(id="arrivals").attrs["hx-get"]
    quiet = await browser.get(poll, "arrivals")
    api.candidates[0]["received_at"] = data.iso(data.NOW + timedelta(seconds=30))
    one = await browser.get(poll, "arrivals")
    again = await browser.get(one.page.one(id="arrivals").attrs["hx-get"], "arrivals")

    assert (quiet.status, one.status, again.status) == (204, 200, 204)
    assert one.page.one("a").text == "1 новое — показать"


async def test_more_arrivals_than_a_page_holds_are_not_counted_out(
    browser: Browser, api: FakeApi
) -> None:
    api.page_size = 2
    for one in api.candidates:
        one["received_at"] = data.iso(data.NOW + timedelta(seconds=30))
    query = urlencode({"since": data.iso(data.NOW), "seen": "0"})

    answer = await browser.get(f"/queue/arrivals?{query}", "arrivals")

    assert answer.page.one("a").text == "Больше 2 новых — показать"


async def test_arrivals_without_htmx_lead_to_the_queue(browser: Browser) -> None:
    answer = await browser.get("/queue/arrivals?since=nonsense&network=vk")

    assert (answer.status, answer.location) == (303, "/queue?network=vk")


async def test_arrivals_with_a_broken_time_count_from_now(browser: Browser) -> None:
    for since in ("nonsense", "2026-11-20T10:00:00"):
        answer = await browser.get(f"/queue/arrivals?since={since}", "arrivals")

        assert answer.status == 204


async def test_decided_candidate_shows_its_decision_and_no_form(
    browser: Browser, api: FakeApi
) -> None:
    api.candidates[0] |= {
        "status": "decided",
        "decision": "open",
        "incident_id": "i-1042",
    }

    case = (await browser.get("/queue?case=c-1", "case")).page.one(id="case")

    assert case.all("form") == []
    assert case.one("div", class_="decided").text == (
        "Открыт инцидент Перейти к инциденту"
    )


async def test_candidate_that_is_not_there_is_explained(browser: Browser) -> None:
    answer = await browser.get("/queue?case=c-404")

    assert answer.status == 404


async def test_only_http_addresses_become_links(browser: Browser, api: FakeApi) -> None:
    api.candidates[0]["url"] = "javascript:alert(1)"

    case = (await browser.get("/queue?case=c-1", "case")).page.one(id="case")

    assert case.all("a", target="_blank", rel="noopener noreferrer") == []


async def test_number_of_calls_does_not_grow_with_rows(
    browser: Browser, api: FakeApi
) -> None:
    counts = []
    for rows_wanted in (1, 3):
        api.candidates = data.candidates(rows_wanted)
        api.calls.clear()
        await browser.get("/queue")
        counts.append(sum("triage/candidates" in path for _, path, _ in api.calls))

    assert counts == [2, 2]


async def test_older_posts_show_their_day(browser: Browser, api: FakeApi) -> None:
    api.candidates[0]["published_at"] = data.iso(data.NOW - timedelta(days=3))
    api.candidates[1]["published_at"] = data.iso(data.NOW - timedelta(days=500))

    page = (await browser.get("/queue")).page

    times = [row.all("time")[0].text for row in page.all("li", class_="row-item")]
    assert times[:2] == ["17 нояб", "8 июля 2025"]


async def test_candidate_without_a_deadline_shows_none(
    browser: Browser, api: FakeApi
) -> None:
    api.candidates[0] |= {"remaining_minutes": None, "deadline_at": None}

    row = (await browser.get("/queue")).page.one(id="row-c-1")

    assert row.all(class_="left") == []


async def test_zone_nobody_knows_falls_back_to_utc(
    browser: Browser, identity: FakeIdentity
) -> None:
    identity.sessions["ses_admin"] = dataclasses.replace(
        identity.sessions["ses_admin"], zone="Mars/Olympus"
    )

    row = (await browser.get("/queue")).page.one(id="row-c-1")

    assert row.one("time").text == "11:02"
