"""Rules: their list, and one rule with its figures."""

import pytest

from tests.web.conftest import Browser
from tests.web.fake_api import FakeApi


async def test_rules_show_hits_rejected_share_expiry_and_state(
    browser: Browser,
) -> None:
    rows = (await browser.get("/rules")).page.one("tbody").all("tr")

    assert [cell.text for cell in rows[0].all("td")] == [
        "Горячая вода",
        "1 412",
        "25 %15–35 % · 10 из 40 решённых",
        "1 марта 2027",
        "Работает",
    ]
    assert [row.all("td")[4].text for row in rows] == [
        "Работает",
        "Срок истёк",
        "Остановлено Под вопросом",
    ]
    assert rows[1].all("td")[2].text == "решений пока нет"
    # On a phone a card leaves out what tells nothing yet.
    assert [len(row.all("td", class_="aside")) for row in rows] == [1, 2, 1]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("горяч", ["Горячая вода"]),
        ("ВОДА горячая", ["Горячая вода"]),
        ("погода вода", []),
    ],
)
async def test_rules_are_found_by_their_words(
    browser: Browser, asked: str, names: list[str]
) -> None:
    page = (await browser.get(f"/rules?q={asked}")).page

    shown = [link.text for row in page.all("tbody") for link in row.all("a")]
    counts = [tab.one(class_="figure").text for tab in page.all("a", class_="view")]
    assert shown == names
    assert counts[-4] == str(len(names))
    assert page.one("input", id="rules-q").attrs["value"] == asked


@pytest.mark.parametrize(
    ("shown", "names"),
    [
        ("flagged", ["Погода"]),
        ("expiring", ["Снег"]),
        ("suspended", ["Погода"]),
        ("", ["Горячая вода", "Снег", "Погода"]),
    ],
)
async def test_rules_that_want_attention_have_lists_of_their_own(
    browser: Browser, shown: str, names: list[str]
) -> None:
    page = (await browser.get(f"/rules?show={shown}")).page

    rows = page.one("tbody").all("tr")
    assert [row.one("th").one("a").text for row in rows] == names
    counts = [tab.one(class_="figure").text for tab in page.all("a", class_="view")]
    assert counts[-4:] == ["3", "1", "1", "1"]


async def test_a_long_list_is_shown_page_by_page(
    browser: Browser, api: FakeApi
) -> None:
    rule = api.rules[0]
    api.rules[:] = [{**rule, "id": f"r-{n}", "name": f"Яма {n}"} for n in range(120)]

    first = (await browser.get("/rules?q=яма")).page
    more = first.one("tr", id="more").one("a").attrs["href"]
    second = (await browser.get(more, "more")).page
    last = (await browser.get(second.one("tr", id="more").one("a").attrs["href"])).page

    names = [
        [link.text for link in page.all("a") if link.text.startswith("Яма")]
        for page in (first, second, last)
    ]
    assert [len(each) for each in names] == [50, 50, 20]
    assert sum(names, []) == [f"Яма {n}" for n in range(120)]  # noqa: RUF017 -- three
    assert first.all("a", class_="view")[0].one(class_="figure").text == "120"
    assert second.all("thead") == []
    assert last.all("tr", id="more") == []


@pytest.mark.parametrize("cursor", ["-1", "x", "²", "9" * 300])
async def test_a_cursor_that_says_nothing_does_no_harm(
    browser: Browser, cursor: str
) -> None:
    answer = await browser.get(f"/rules?cursor={cursor}")

    assert answer.status == 200


async def test_an_empty_list_says_what_to_do(browser: Browser, api: FakeApi) -> None:
    api.rules[:] = api.rules[:1]
    nothing_flagged = (await browser.get("/rules?show=flagged")).page
    api.rules.clear()
    nothing = (await browser.get("/rules")).page

    for page in (nothing_flagged, nothing):
        assert len(page.all("div", class_="empty")) == 1
        assert page.all("table") == []


async def test_a_rule_that_expires_soon_is_marked(
    browser: Browser, api: FakeApi
) -> None:
    api.rules[0]["expires_soon"] = True

    row = (await browser.get("/rules")).page.one("tbody").all("tr")[0]
    page = (await browser.get("/rules/r-1")).page

    assert row.all("td")[3].text == "1 марта 2027скоро истекает"
    assert page.one(class_="notice").one("strong").text == (
        "Правило действует до 1 марта 2027 включительно"
    )


async def test_one_rule_shows_purpose_weeks_versions_and_what_it_caught(
    browser: Browser,
) -> None:
    page = (await browser.get("/rules/r-1")).page

    facts = [node.text for node in page.one("dl", class_="facts").all("dd")]
    weeks = page.one("details", class_="chart-data").one("tbody").all("tr")
    assert facts[:6] == [
        "Жалобы на горячее водоснабжение",
        "Анна Серова",
        "1 марта 2027",
        "Горячая вода",
        "по правилам маршрута",
        "по тексту и источнику",
    ]
    assert [week.one("th").text for week in weeks] == [
        "9 ноября 2026",
        "16 ноября 2026",
    ]
    assert len(page.all("circle", class_="dot")) == 2
    assert page.one("ul", class_="caught").one("mark").text == "нет горячей воды"
    assert page.one("ul", class_="caught").one(class_="tag").text == "Мнение"


async def test_a_rule_paused_for_opinions_says_so_with_figures(
    browser: Browser,
) -> None:
    page = (await browser.get("/rules/r-3")).page

    notice = page.one(class_="notice").text
    versions = [item.all("p")[1].text for item in page.one("ol").all("li")]
    assert "20 из 26 решённых" in notice
    assert versions == [
        "Ловило в основном мнения, «Отклик» остановил его",
        "Создано",
    ]


async def test_a_flagged_rule_tells_figures_and_limit(
    browser: Browser, api: FakeApi
) -> None:
    api.rules[2] |= {"state": "active", "state_reason": None}

    notice = (await browser.get("/rules/r-3")).page.one(class_="notice").text

    assert "Отклонено 22 из 26 решённых" in notice
    assert "85 % (75–95 %)" in notice
    assert "Предел региона — 60 %" in notice


async def test_a_rule_without_decisions_says_so(browser: Browser, api: FakeApi) -> None:
    api.rule_quality = {"weeks": [], "advice": None}

    page = (await browser.get("/rules/r-1")).page

    assert page.all("svg", class_="chart") == []
    assert "По пойманным сообщениям решений пока нет." in page.text


async def test_advice_is_told_with_figures_and_leads_to_the_changed_form(
    browser: Browser,
) -> None:
    page = (await browser.get("/rules/r-1")).page

    form = page.one("form", action="/rules/r-1/edit")
    text = "не поймало бы 7 из 10 отклонённых сообщений и поймало бы все принятые (30)"
    assert text in page.text
    asked = (await browser.get(f"/rules/r-1/edit?query={form.fields()['query']}")).page
    entered = asked.one("form", action="/rules/r-1/edit").fields()
    assert entered["query"] == "(вода) NOT розыгрыш"
    assert entered["name"] == "Горячая вода"


async def test_a_rule_that_is_not_there_is_explained(browser: Browser) -> None:
    assert (await browser.get("/rules/r-99")).status == 404


async def test_readers_of_english_see_english_topics(browser: Browser) -> None:
    rule = (await browser.get("/rules/r-1?lang=en")).page
    queue = (await browser.get("/queue?lang=en")).page
    form = (await browser.get("/rules/new?lang=en")).page

    facts = [node.text for node in rule.one("dl", class_="facts").all("dd")]
    groups = [node.attrs["label"] for node in form.all("optgroup")]
    assert facts[3] == "Hot water"
    assert "Utilities › Hot water" in queue.text
    assert groups[:2] == ["Utilities", "ЖКХ"]
