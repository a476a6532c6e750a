"""The opaque place where a page ended."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid
from shared.search import cursor
from shared.search.cursor import Mark
from tests.shared.search.documents import ask, make_document, make_id

MOMENTS = st.datetimes(timezones=st.just(UTC))


@given(MOMENTS, st.dictionaries(st.text("аб"), st.text("вг"), max_size=3))
def test_a_cursor_leads_back_to_its_place(
    when: datetime, corrections: dict[str, str]
) -> None:
    query, last = ask("яма"), make_document(7, "Яма", published_at=when)

    written = cursor.encode(query, last, corrections)

    asked = ask("яма", cursor=written, limit=50, with_facets=False)
    assert cursor.decode(asked) == Mark(when, make_id(7), corrections)


@given(st.text())
def test_no_invented_cursor_is_taken(invented: str) -> None:
    asked = ask("яма", cursor=invented or "-")

    with pytest.raises(Invalid):
        cursor.decode(asked)


@given(st.data())
def test_no_altered_cursor_is_taken(data: st.DataObject) -> None:
    written = cursor.encode(ask("яма"), make_document(7, "Яма"), {})
    place = data.draw(st.integers(0, len(written) - 2))
    letter = data.draw(st.sampled_from("ABCDxyz019-_"))
    altered = written[:place] + letter + written[place + 1 :]

    if altered == written:
        assert cursor.decode(ask("яма", cursor=altered))
        return
    with pytest.raises(Invalid):
        cursor.decode(ask("яма", cursor=altered))


@given(st.timedeltas(min_value=timedelta(days=-9_999), max_value=timedelta(days=9_999)))
def test_moments_are_kept_to_the_microsecond(shift: timedelta) -> None:
    moment = datetime(2026, 3, 11, tzinfo=UTC) + shift

    assert cursor.moment(cursor.microseconds(moment)) == moment
