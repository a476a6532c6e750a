"""The file a spreadsheet opens."""

import csv
import io
from datetime import date

import pytest

from services.reports.domain import Answers, Day, Figures, Kpi, Period, Row
from services.reports.renderers.kpi_csv import COLUMNS, Style, harmless, render

SECTIONS = ("total", "day", "authority", "municipality")
PLAIN = Style({name: name for name in (*COLUMNS, *SECTIONS)}, ",")
DAY = date(2026, 3, 11)
FIGURES = Figures(7, Answers(4, 3, 3, 2, 1, 12.5, 100.0, 2))


def report(name: str) -> Kpi:
    """Build a report of one day and one authority."""
    return Kpi(
        Period(DAY, DAY),
        FIGURES,
        (Day(DAY, 7, 4, 3),),
        (Row("water", name, FIGURES), Row(None, None, FIGURES)),
        (),
    )


def test_the_file_is_one_table_with_every_figure() -> None:
    content = render(report("Водоканал"), PLAIN)

    table = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    figures = ["7", "4", "3", "3", "2", "0,6667", "12,5", "100,0", "1", "2", "1"]
    assert content.startswith(b"\xef\xbb\xbfsection;code;")
    assert table == [
        list(COLUMNS),
        ["total", "", "", *figures],
        ["day", "2026-03-11", "", "7", "4", "3", "", "", "", "", "", "", "", ""],
        ["authority", "water", "Водоканал", *figures],
        ["authority", "", "", *figures],
    ]


@pytest.mark.parametrize(
    "name",
    [
        '=HYPERLINK("http://a.invalid")',
        "+7",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u00a0=1",
        "＝1",
    ],
)
def test_a_name_that_looks_like_a_formula_is_made_harmless(name: str) -> None:
    content = render(report(name), PLAIN).decode("utf-8-sig")

    rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))
    assert rows[3][2] == f"'{name}"


@pytest.mark.parametrize("name", ["", "ЖКХ = тепло", "a-b", 'ООО "Свет"; филиал'])
def test_an_ordinary_name_stays_as_it_is(name: str) -> None:
    assert harmless(name) == name
