"""What events name for reading again is kept until a poll has read it."""

from services.ingest.handlers.poll_stored import MOST_TOUCHED, TOUCHED, with_touched


def test_names_are_added_once_to_what_is_there() -> None:
    cursor = {"high": 5, TOUCHED: ["1_2"]}

    added = with_touched(cursor, ["1_3", "1_2"])

    assert added == {"high": 5, TOUCHED: ["1_2", "1_3"]}
    assert cursor == {"high": 5, TOUCHED: ["1_2"]}


def test_no_names_leave_a_cursor_as_it_is() -> None:
    assert with_touched({"high": 5}, ()) == {"high": 5}


def test_the_newest_names_stay_when_there_are_too_many() -> None:
    names = [f"1_{number}" for number in range(MOST_TOUCHED + 10)]

    assert with_touched({}, names) == {TOUCHED: names[10:]}
