"""Taking in a file: choose, look, map, take in, watch."""

from tests.web.conftest import Browser
from tests.web.fake_api import FakeApi

FILE = {"file": ("выгрузка.csv", b"\xd2\xe5\xea\xf1\xf2;1\r\n", "text/csv")}


async def test_preview_tells_what_was_understood(
    browser: Browser, api: FakeApi, *, htmx: bool
) -> None:
    answer = await browser.post(
        "/imports", {"profile": "im47"}, "import" if htmx else None, files=FILE
    )

    assert ("UPLOAD", "выгрузка.csv", {"profile": "im47"}) in api.calls
    page = answer.page
    assert page.one("p", class_="lead").text == (
        "выгрузка.csv · cp1251 · разделитель ;"
    )
    figures = [node.text for node in page.all("p", class_="figure-value")]
    assert figures == ["1 204", "1 202", "2"]
    assert page.one("button", class_="btn-primary").text == "Загрузить 1 202 строки"


async def test_preview_offers_a_field_for_each_column(browser: Browser) -> None:
    page = (await browser.post("/imports", files=FILE)).page

    mapping = page.one("table", class_="mapping")
    assert mapping.fields() == {
        "map:Номер сообщения": "external_id",
        "map:Текст": "text",
        "map:Ссылка": "url",
        "map:Дата": "published_at",
        "map:Канал": "source",
        "map:Просмотры": "views",
        "map:Примечание": "",
    }
    dropped = mapping.one("tr", class_="is-dropped")
    assert dropped.text == ("URL автора не сохраняется данные о человеке не читаются")


async def test_field_we_do_not_know_stays_chosen(
    browser: Browser, api: FakeApi
) -> None:
    api.preview["columns"][0]["field"] = "mood"

    page = (await browser.post("/imports", files=FILE)).page

    assert page.one("table", class_="mapping").fields()["map:Номер сообщения"] == "mood"


async def test_known_export_is_not_mapped_by_hand(
    browser: Browser, api: FakeApi
) -> None:
    api.preview["profile"] = "im47"

    page = (await browser.post("/imports", files=FILE)).page

    mapping = page.one("table", class_="mapping")
    assert mapping.all("select") == []
    cells = [row.all("td")[-1].text for row in mapping.all("tr")[1:]]
    assert cells[0] == "как в выгрузке"
    assert cells[-1] == "хранить рядом с сообщением"


async def test_fields_that_no_column_holds_are_asked_for(
    browser: Browser, api: FakeApi
) -> None:
    api.preview |= {"valid": 0, "missing": ["text", "published_at"]}

    page = (await browser.post("/imports", files=FILE)).page

    assert page.one(role="alert", class_="notice").text == (
        "Выберите столбцы, в которых: Текст сообщения, Время публикации"
    )
    assert page.one("button", class_="btn-primary").text == (
        "Загрузить с этими столбцами"
    )


async def test_refused_mapping_says_why_and_offers_to_go_on(
    browser: Browser, api: FakeApi
) -> None:
    api.import_state |= {"state": "previewed", "error": "the mapping is wrong"}
    api.refuse("/commit", 422)

    answer = await browser.post("/imports/im-1/commit", {"map:Текст": "text"})

    assert answer.status == 422
    progress = answer.page.one(id="progress")
    assert progress.one("p", class_="mistake").text == "the mapping is wrong"
    assert progress.one("form").attrs["action"] == "/imports/im-1/commit"
    assert "hx-get" not in progress.attrs


async def test_commit_to_a_dead_service_is_explained(
    browser: Browser, api: FakeApi
) -> None:
    api.refuse("/commit", 503)

    assert (await browser.post("/imports/im-1/commit")).status == 503


async def test_preview_shows_first_lines_without_dropped_columns(
    browser: Browser,
) -> None:
    sample = (await browser.post("/imports", files=FILE)).page.one(class_="sample")

    assert "URL автора" not in [node.text for node in sample.all("th")]
    assert len(sample.all("tr")) == 4


async def test_rejected_lines_say_why(browser: Browser) -> None:
    page = (await browser.post("/imports", files=FILE)).page

    rejected = page.one("details", class_="box").one("tbody").all("tr")
    assert [row.text for row in rejected] == ["17no text", "318the time has no zone"]


async def test_file_without_one_good_line_cannot_be_taken_in(
    browser: Browser, api: FakeApi
) -> None:
    api.preview |= {"valid": 0, "preview": [], "rejected": []}

    page = (await browser.post("/imports", files=FILE)).page

    assert page.all("button", class_="btn-primary") == []


async def test_missing_file_is_asked_for(browser: Browser) -> None:
    answer = await browser.post("/imports", {"profile": "im47"})

    assert answer.status == 422
    assert answer.page.one(class_="mistake").text == "Выберите файл."
    assert answer.page.one("form", action="/imports").fields()["profile"] == "im47"


async def test_file_the_service_cannot_read_is_explained(
    browser: Browser, api: FakeApi
) -> None:
    api.refuse("/ingest/imports", 422, [{"field": "file", "message": "a zip bomb"}])

    answer = await browser.post("/imports", files=FILE)

    assert answer.status == 422
    alert = answer.page.one(role="alert", class_="notice")
    assert alert.one("details").one("p").text == "file: a zip bomb"


async def test_dead_service_is_explained(browser: Browser, api: FakeApi) -> None:
    api.refuse("/ingest/imports", 503)

    assert (await browser.post("/imports", files=FILE)).status == 503


async def test_commit_sends_the_chosen_columns(
    browser: Browser, api: FakeApi, *, htmx: bool
) -> None:
    answer = await browser.post(
        "/imports/im-1/commit",
        {"map:Текст": "text", "map:Тема": "-", "map:Иное": "", "other": "x"},
        "import" if htmx else None,
    )

    assert answer.location == "/imports/im-1"
    assert api.last("POST") == (
        "/ingest/imports/im-1/commit",
        {"mapping": {"Текст": "text", "Тема": None}},
    )


async def test_running_import_asks_again_by_itself(browser: Browser) -> None:
    progress = (await browser.get("/imports/im-1", "progress")).page.one(id="progress")

    assert progress.attrs["hx-trigger"] == "load delay:1s"
    assert progress.one("progress").attrs == {"max": "1204", "value": "493"}
    assert [node.text for node in progress.all("dd")] == ["1 204", "480", "12", "1"]


async def test_finished_import_stops_asking(browser: Browser, api: FakeApi) -> None:
    api.import_state |= {"state": "done", "accepted": 1190}

    progress = (await browser.get("/imports/im-1", "progress")).page.one(id="progress")

    assert "hx-get" not in progress.attrs
    assert progress.one("progress").attrs == {"max": "1204", "value": "1204"}
    assert progress.one(class_="tag").text == "Загружено"


async def test_reloaded_commit_leads_to_the_progress(browser: Browser) -> None:
    assert (await browser.get("/imports/im-1/commit")).location == "/imports/im-1"


async def test_import_without_its_guard_is_refused(
    browser: Browser, api: FakeApi
) -> None:
    response = await browser.client.post("/imports", files=FILE)

    assert response.status_code == 403
    assert api.calls == []


async def test_oversized_file_is_refused_before_it_is_read(browser: Browser) -> None:
    response = await browser.client.post(
        "/imports", headers={"Content-Length": str(10**12)}, content=b""
    )

    assert response.status_code == 413
    assert "Файл слишком большой" in response.text
