"""Remarks: said in English here, by their codes on the pages."""

from datetime import timedelta

from services.ingest.sources.remarks import TEXTS, Remark, clock, put_off
from shared.networks.failures import ErrorKind, NetworkError
from web.remarks import SAID


def test_every_remark_has_words_on_the_pages() -> None:
    assert SAID.keys() == TEXTS.keys()


def test_figures_are_said_in_the_text() -> None:
    remark = Remark("delivery-failed", {"error": "Connection refused"})

    assert str(remark) == "the last delivery failed: Connection refused"


def test_a_failure_that_was_put_off_keeps_its_code() -> None:
    error = NetworkError("VK answered nothing", ErrorKind.WAIT, code="vk:6")
    without = NetworkError("no answer")
    figures = {"error": "VK answered nothing", "kind": "wait", "code": "vk:6"}

    remark = put_off(error)

    assert remark == Remark("put-off", figures)
    assert str(remark) == "VK answered nothing"
    assert put_off(without, "tiktok:day-cut-off", day="20261122").figures == {
        "error": "no answer",
        "kind": "retry",
        "code": "",
        "day": "20261122",
    }


def test_a_stored_remark_is_the_same_even_when_its_code_is_no_more() -> None:
    remark = Remark("delivery-failed", {"error": "Connection refused"})

    assert Remark.of(remark.as_json()) == remark
    assert str(Remark("of:before", {"error": "x"})) == "of:before"


def test_a_clock_is_remarked_on_when_the_way_does_not_explain_it() -> None:
    assert clock(timedelta(seconds=-120)) == (Remark("clock", {"seconds": 120}),)
    assert clock(timedelta(seconds=1)) == ()
    assert clock(None) == ()
