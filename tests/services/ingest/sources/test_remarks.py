"""Remarks: said in English here, by their codes on the pages."""

from datetime import timedelta

from services.ingest.sources.remarks import TEXTS, Remark, clock
from web.remarks import SAID


def test_every_remark_has_words_on_the_pages() -> None:
    assert SAID.keys() == TEXTS.keys()


def test_figures_are_said_in_the_text() -> None:
    remark = Remark("delivery-failed", {"error": "Connection refused"})

    assert str(remark) == "the last delivery failed: Connection refused"


def test_a_clock_is_remarked_on_when_the_way_does_not_explain_it() -> None:
    assert clock(timedelta(seconds=-120)) == (Remark("clock", {"seconds": 120}),)
    assert clock(timedelta(seconds=1)) == ()
    assert clock(None) == ()
