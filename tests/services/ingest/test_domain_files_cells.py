"""What a cell of a table means."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.checks import Refused
from services.ingest.domain.files.cells import (
    count_of,
    duration_of,
    flag_of,
    id_of,
    is_nothing,
    moment_of,
    text_of,
    utc_of,
)
from services.ingest.domain.files.tables import Cell
from tests.services.ingest.incoming import NOW

MOSCOW = ZoneInfo("Europe/Moscow")
NINE = datetime(2025, 11, 11, 9, 0, tzinfo=UTC)
MIDNIGHT = datetime(2025, 11, 10, 21, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (" Яма ", "Яма"),
        ("'=1+1", "=1+1"),
        ("'", ""),
        ("'Мария, здравствуйте", "'Мария, здравствуйте"),
        (True, "да"),
        (False, "нет"),
        (900000000123.0, "900000000123"),
        (7, "7"),
        (0.5, "0.5"),
        (datetime(2025, 11, 11, 12, 0), "2025-11-11 12:00:00"),  # noqa: DTZ001 -- local
        (date(2025, 11, 11), "2025-11-11"),
        (timedelta(days=1, hours=2), "1 day, 2:00:00"),
    ],
)
def test_cell_is_text_as_people_see_it(cell: Cell, text: str) -> None:
    assert text_of(cell) == text


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2025-11-11T12:00:00+03:00", NINE),
        ("2025-11-11 12:00:00", NINE),
        ("'2025-11-11 12:00:00", NINE),
        ("2025-11-11", MIDNIGHT),
        ("2025-11-11T09:00:00Z", NINE),
        ("11.11.2025 12:00", NINE),
        ("11.11.2025 12:00:00", NINE),
        ("11.11.2025, 12:00", NINE),
        ("11.11.2025 г. 12:00", NINE),
        ("11.11.25 12:00", NINE),
        ("11.11.2025", MIDNIGHT),
        ("1.1.2025 3:00", datetime(2025, 1, 1, tzinfo=UTC)),
        ("45972,5", NINE),
        ("45972.5", NINE),
        ("45972", MIDNIGHT),
        (45972.5, NINE),
        (45972.499999999993, NINE),
        (45972, MIDNIGHT),
        (datetime(2025, 11, 11, 12, 0), NINE),  # noqa: DTZ001 -- as a sheet has it
        (datetime(2025, 11, 11, 9, 0, tzinfo=UTC), NINE),
        (date(2025, 11, 11), MIDNIGHT),
    ],
)
def test_time_is_read_in_every_usual_spelling(cell: Cell, moment: datetime) -> None:
    assert moment_of(cell, "date", zone=MOSCOW, now=NOW) == moment
    assert utc_of(cell, MOSCOW) == moment


NO_TIME = "date: is not a date and time, such as 11.11.2025 12:00"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("вчера", NO_TIME),
        ("32.11.2025", NO_TIME),
        ("11.11.2025 25:00", NO_TIME),
        ("2025-11-31 00:00:00", NO_TIME),
        ("11/12/2025", NO_TIME),
        ("4597", NO_TIME),
        ("99999", NO_TIME),
        ("12:00", NO_TIME),
        (True, NO_TIME),
        (1.5, NO_TIME),
        (float("nan"), NO_TIME),
        (timedelta(hours=1), NO_TIME),
        ("11.11.1999", "date: must not be before 2000-01-01"),
        ("11.11.2030", "date: must not be more than 24 hours in the future"),
        ("0001-01-01", "date: must not be before 2000-01-01"),
    ],
)
def test_what_is_no_time_is_refused(cell: Cell, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        moment_of(cell, "date", zone=MOSCOW, now=NOW)

    assert caught.value.reason == reason


@pytest.mark.parametrize("cell", ["0001-01-01", "9999-12-31", "", "вчера", 3.5])
def test_time_of_no_known_age_is_none(cell: Cell) -> None:
    assert utc_of(cell, MOSCOW) is None


@pytest.mark.parametrize(
    ("cell", "duration"),
    [
        ("11 days, 12:10:25.217", timedelta(11, 43825, 217000)),
        ("'1 day, 2:03:04", timedelta(1, 7384)),
        ("2 дня", timedelta(2)),
        ("2 дней 3:00:00", timedelta(2, 10800)),
        ("5 дн. 01:00", timedelta(5, 3600)),
        ("276:10:25", timedelta(hours=276, minutes=10, seconds=25)),
        ("00:15", timedelta(minutes=15)),
        ("0:00:01,5", timedelta(milliseconds=1500)),
        ("1,5", timedelta(days=1, hours=12)),
        ("0.25", timedelta(hours=6)),
        ("7", timedelta(days=7)),
        (0.5, timedelta(hours=12)),
        (
            time(6, 30, 15, 5),
            timedelta(hours=6, minutes=30, seconds=15, microseconds=5),
        ),
        (timedelta(days=3), timedelta(days=3)),
        ("", None),
        ("-", None),
        ("12:61", None),
        ("Да", None),
        (True, None),
        (-1.0, None),
        (99999.0, None),
    ],
)
def test_length_of_time_is_read_in_every_seen_spelling(
    cell: Cell, duration: timedelta | None
) -> None:
    assert duration_of(cell) == duration


@pytest.mark.parametrize(
    ("cell", "flag"),
    [
        ("Да", True),
        ("да ", True),
        ("'Да", None),
        ("Нет", False),
        ("-", None),
        ("", None),
        (True, True),
        (False, False),
        (1, True),
        (0.0, False),
        ("наверное", None),
    ],
)
def test_yes_no_and_neither(cell: Cell, flag: bool | None) -> None:  # noqa: FBT001 -- data
    assert flag_of(cell) is flag


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("A-1", "A-1"),
        (" '900000000123", "900000000123"),
        (900000000123.0, "900000000123"),
        (17, "17"),
        ("1E5A", "1E5A"),
    ],
)
def test_identifier_is_kept_whole(cell: Cell, expected: str) -> None:
    assert id_of(cell, "id") == expected


AS_TEXT = "format the column as text in the spreadsheet and export it again"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("9E+11", f"id: is in scientific notation: {AS_TEXT}"),
        ("9,00000E+11", f"id: is in scientific notation: {AS_TEXT}"),
        (9e17, f"id: has lost digits: {AS_TEXT}"),
        (1.5, "id: must be a whole number or text"),
        (True, "id: must be a number or text"),
        (date(2025, 1, 1), "id: must be a number or text"),
        (float("inf"), "id: must be a whole number or text"),
    ],
)
def test_identifier_that_lost_digits_is_refused(cell: Cell, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        id_of(cell, "id")

    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1 234", 1234),
        ("1\u00a0234,0", 1234),
        (12.0, 12),
        ("", None),
        ("1,2K", None),
        ("-5", None),
        (1.5, None),
        (True, None),
    ],
)
def test_counter_is_a_whole_number_or_unknown(cell: Cell, number: int | None) -> None:
    assert count_of(cell) == number


@pytest.mark.parametrize("cell", ["", " ", "-", "—", "'", "#Н/Д", "NULL"])
def test_signs_for_nothing_are_nothing(cell: str) -> None:
    assert is_nothing(cell)
    assert not is_nothing(f"{cell}5")
    assert not is_nothing(0)


CELLS: st.SearchStrategy[Any] = (
    st.text(max_size=40)
    | st.floats()
    | st.integers()
    | st.booleans()
    | st.datetimes()
    | st.dates()
    | st.times()
    | st.timedeltas()
)


@given(CELLS)
def test_any_cell_has_some_meaning_or_none(cell: Cell) -> None:
    results = [text_of(cell), duration_of(cell), utc_of(cell, MOSCOW), flag_of(cell)]

    assert isinstance(results[0], str)
    assert isinstance(results[1], timedelta | None)
    assert count_of(cell) is None or count_of(cell) >= 0  # type: ignore[operator]
