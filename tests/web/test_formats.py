"""Numbers, durations and times as people read them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from web.formats import THIN, Formats, Moment
from web.languages import load_all

NOW = datetime(2026, 11, 20, 14, 20, tzinfo=ZoneInfo("Europe/Moscow"))
LANGUAGES = load_all()


def show(code: str = "ru", zone: str = "Europe/Moscow") -> Formats:
    return Formats(LANGUAGES[code], ZoneInfo(zone), NOW)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1042, f"1{THIN}042"),
        (11500, f"11{THIN}500"),
        (1234567, f"1{THIN}234{THIN}567"),
        (-1042, f"\N{MINUS SIGN}1{THIN}042"),
    ],
)
def test_thousands_are_parted_by_a_thin_space(value: int, text: str) -> None:
    assert show().number(value) == text


def test_decimal_mark_belongs_to_the_language() -> None:
    assert show("ru").number(3.456, digits=1) == "3,5"
    assert show("en").number(3.456, digits=1) == "3.5"


@pytest.mark.parametrize(
    ("share", "text"), [(None, "—"), (0, f"0{THIN}%"), (0.874, f"87{THIN}%")]
)
def test_share_is_whole_per_cents(share: float | None, text: str) -> None:
    assert show().share(share) == text


@pytest.mark.parametrize(
    ("minutes", "ru", "en"),
    [
        (None, "—", "—"),
        (0, "0 мин", "0 min"),
        (59.6, "1 ч", "1 h"),
        (130, "2 ч 10 мин", "2 h 10 min"),
        (-25, "25 мин", "25 min"),
        (61200, f"1{THIN}020 ч", f"1{THIN}020 h"),
    ],
)
def test_duration_is_hours_and_minutes(minutes: float | None, ru: str, en: str) -> None:
    assert (show("ru").duration(minutes), show("en").duration(minutes)) == (ru, en)


def test_remaining_time_says_what_is_counted() -> None:
    assert show().remaining(130) == "осталось 2 ч 10 мин рабочего времени"
    assert show().remaining(-5) == "просрочено на 5 мин рабочего времени"
    assert show().remaining_briefly(130) == "осталось 2 ч 10 мин"
    assert show("en").remaining_briefly(-5) == "overdue by 5 min"


@pytest.mark.parametrize(
    ("before", "near"),
    [
        (timedelta(seconds=20), "только что"),
        (timedelta(minutes=18), "18 мин назад"),
        (timedelta(hours=5), "сегодня, 09:20"),
        (timedelta(hours=20), "вчера, 18:20"),
        (timedelta(days=3), "17 нояб, 14:20"),
        (timedelta(days=400), "16 октября 2025"),
        (timedelta(minutes=-5), "сегодня, 14:25"),
    ],
)
def test_moment_is_relative_near_by_and_plain_far_off(
    before: timedelta, near: str
) -> None:
    assert show().moment(NOW - before).near == near


@pytest.mark.parametrize(
    ("ahead", "near"),
    [
        (timedelta(minutes=5), "сегодня, 14:25"),
        (timedelta(0), "с минуты на минуту"),
        (timedelta(hours=-2), "с минуты на минуту"),
    ],
)
def test_what_is_due_already_comes_any_moment(ahead: timedelta, near: str) -> None:
    assert show().coming(NOW + ahead).near == near


def test_moment_is_exact_in_the_zone_of_the_reader() -> None:
    when = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("UTC"))

    assert show(zone="Asia/Kolkata").moment(when) == Moment(
        near="сегодня, 15:30",
        exact="20 ноября 2026, 15:30 (UTC+5:30)",
        iso="2026-11-20T10:00:00+00:00",
    )
    assert show("en", "America/Lima").exact(when) == (
        "20 November 2026, 05:00 (UTC\N{MINUS SIGN}5)"
    )


def test_day_is_written_in_words() -> None:
    assert show().day(date(2026, 3, 8)) == "8 марта 2026"
    assert show("en").day(date(2026, 3, 8)) == "8 March 2026"
    assert show().day_briefly(date(2026, 3, 8)) == "8 мар"


@pytest.mark.parametrize(
    ("n", "text"), [(1, "1 день"), (3, "3 дня"), (5, "5 дней"), (21, "21 день")]
)
def test_russian_plural_forms_are_three(n: int, text: str) -> None:
    assert LANGUAGES["ru"].count("%(n)s day", "%(n)s days", n) == text
