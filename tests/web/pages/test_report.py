"""The report: five figures, a chart, tables, the same as a file."""

import pytest

from tests.web import fake_data as data
from tests.web.conftest import Browser
from tests.web.fake_api import FakeApi


async def test_five_figures_each_with_its_definition(browser: Browser) -> None:
    cards = (await browser.get("/report")).page.all("li", class_="figure-card")

    assert [
        (card.one("summary").text, card.one("p", class_="figure-value").text)
        for card in cards
    ] == [
        ("Жалобы", "6 420"),
        ("Получили ответ", "2 705"),
        ("Ответили в срок", "87 %"),
        ("Медиана до первого ответа", "3 ч 34 мин"),
        ("Просрочено сейчас", "12"),
    ]
    assert cards[0].one("details").one("p").text == "Что значит complaints."


async def test_figures_open_their_rows(browser: Browser) -> None:
    page = (await browser.get("/report?from=2026-11-01&to=2026-11-20")).page

    links = [
        link.attrs["href"]
        for card in page.all("li", class_="figure-card")
        for link in card.all("a")
    ]
    assert links == [
        "/incidents?from=2026-11-01&to=2026-11-20",
        "/incidents?overdue=true",
    ]


async def test_period_before_gives_the_trend(browser: Browser, api: FakeApi) -> None:
    earlier = data.kpi()
    earlier["totals"] |= {"complaints": 6000, "answered": 2705, "share_in_time": 0.9}
    api.kpi_before = earlier

    page = (await browser.get("/report?from=2026-11-11&to=2026-11-20")).page

    asked = [c for m, p, c in api.calls if p == "/reports/kpi"]
    assert [(one["from"], one["to"]) for one in asked] == [
        ("2026-11-11", "2026-11-20"),
        ("2026-11-01", "2026-11-10"),
    ]
    assert [node.text for node in page.all("p", class_="figure-trend")] == [
        "+7 % к прошлому периоду",
        "без изменений",
        "−3 п. п. к прошлому периоду",
        "90 % — за 8 ч 25 мин",
    ]
    assert "hue-danger" in page.all("p", class_="figure-trend")[2].attrs["class"]


async def test_report_stands_without_the_period_before(
    browser: Browser, api: FakeApi
) -> None:
    api.kpi_before = None

    page = (await browser.get("/report")).page

    trends = [node.text for node in page.all("p", class_="figure-trend")]
    assert trends == ["90 % — за 8 ч 25 мин"]


async def test_report_stands_without_the_dictionary(
    browser: Browser, api: FakeApi
) -> None:
    api.refuse("/reports/definitions", 503)

    cards = (await browser.get("/report?lang=en")).page.all("li", class_="figure-card")

    assert [card.all("details") for card in cards] == [[], [], [], [], []]


async def test_dictionary_speaks_the_language_of_the_reader(browser: Browser) -> None:
    cards = (await browser.get("/report?lang=en")).page.all("li", class_="figure-card")

    assert cards[4].one("details").one("p").text == "What overdue_now means."


async def test_empty_period_shows_dashes_not_errors(
    browser: Browser, api: FakeApi
) -> None:
    api.kpi = {"totals": {}, "days": [], "authorities": [], "municipalities": []}
    api.kpi_before = api.kpi

    page = (await browser.get("/report")).page

    values = [node.text for node in page.all("p", class_="figure-value")]
    assert values == ["0", "0", "—", "—", "0"]
    tables = page.one(id="figures").all("p", class_="quiet")
    assert [node.text for node in tables] == [
        "За этот период ничего нет.",
        "За этот период ничего нет.",
    ]


async def test_chart_draws_each_day_and_says_it_in_words(browser: Browser) -> None:
    page = (await browser.get("/report")).page

    chart = page.one("svg", class_="chart")
    assert len(chart.all("rect", class_="bar-complaints")) == 30
    assert chart.all("title")[0].text == "22 октября 2026: жалобы 214, с ответом 149"
    rows = page.one("details", class_="chart-data").all("tr")
    assert rows[1].text == "22 октября 2026214149"


async def test_tables_show_volume_share_median_p90(browser: Browser) -> None:
    tables = (await browser.get("/report")).page.all("table", class_="parts")

    authority = tables[0].all("tr")[3]
    assert [cell.text for cell in authority.all("td")] == [
        "1 890",
        "870",
        "742",
        "68 %",
        "6 ч 28 мин",
        "18 ч 40 мин",
        "9",
        "0",
    ]
    assert authority.one("rect", class_="share-danger").attrs["width"] == "68.0"
    assert tables[1].all("tr")[1].one("th").text == "Заозёрск"


async def test_few_answers_are_greyed_and_never_praised(browser: Browser) -> None:
    table = (await browser.get("/report")).page.all("table", class_="parts")[0]

    small = table.one("tr", class_="is-small")
    assert small.one("th").text == "Министерство транспорта"
    assert small.all("rect", class_="share-small") != []


async def test_unassigned_part_has_a_name_and_no_link(
    browser: Browser, api: FakeApi
) -> None:
    api.kpi["authorities"] = [{"code": None, "name": None, "complaints": 3}]

    table = (await browser.get("/report")).page.all("table", class_="parts")[0]

    head = table.all("tr")[1].one("th")
    assert (head.text, head.all("a")) == ("Не назначено", [])


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("", "2026-10-22", "2026-11-20"),
        ("?from=2026-11-01", "2026-11-01", "2026-11-20"),
        ("?to=2026-11-10", "2026-10-12", "2026-11-10"),
        ("?from=2026-11-10&to=2026-11-01", "2026-11-01", "2026-11-10"),
        ("?from=nonsense&to=%00", "2026-10-22", "2026-11-20"),
        ("?from=1900-01-01&to=2026-11-20", "2025-11-20", "2026-11-20"),
    ],
)
async def test_period_is_read_forgivingly(
    browser: Browser, api: FakeApi, query: str, first: str, last: str
) -> None:
    await browser.get(f"/report{query}")

    asked = next(c for m, p, c in api.calls if p == "/reports/kpi")
    assert (asked["from"], asked["to"]) == (first, last)


async def test_usual_periods_are_one_click_away(browser: Browser) -> None:
    page = (await browser.get("/report?authority=roads")).page

    presets = page.one("nav", class_="presets").all("a")
    assert [a.text for a in presets] == ["7 дней", "30 дней", "90 дней"]
    assert presets[0].attrs["href"] == (
        "/report?from=2026-11-14&to=2026-11-20&authority=roads"
    )
    assert "aria-current" in presets[1].attrs


async def test_file_has_the_same_filters_and_a_telling_name(
    browser: Browser, api: FakeApi
) -> None:
    page = (await browser.get("/report?authority=roads")).page
    link = page.one(class_="page-actions").one("a").attrs["href"]

    answer = await browser.get(link)

    assert link == "/report.csv?from=2026-10-22&to=2026-11-20&authority=roads"
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="otklik-2026-10-22-2026-11-20.csv"'
    )
    assert answer.body.startswith(b"\xef\xbb\xbf")
    assert api.last("GET") == (
        "/reports/kpi.csv",
        {
            "from": "2026-10-22",
            "to": "2026-11-20",
            "authority": "roads",
            "lang": "ru",
        },
    )
