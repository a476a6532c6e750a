"""Rules at VK's stream are leases: ours stand while they are wanted, and no others."""

from datetime import date, timedelta

import pytest

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.vk.stream_rules import (
    Changes,
    Tag,
    changes,
    heard_for,
    read,
    tag_for,
)

TODAY = date(2026, 11, 22)
OURS = tag_for("key-1", "яма", TODAY)


def _days_ago(days: int, owner: str = "key-1", words: str = "яма") -> Tag:
    return tag_for(owner, words, TODAY - timedelta(days=days))


def test_tags_are_short_and_say_neither_key_nor_words() -> None:
    tag = str(tag_for("9f0c", "яма " * 900, TODAY))

    assert len(tag.encode()) <= 256
    assert "яма" not in tag
    assert "9f0c" not in tag.split(":")
    assert read(tag) == tag_for("9f0c", "яма " * 900, TODAY)


@pytest.mark.parametrize(
    "tag", ["", "roads", "otklik:a:b", "otklik:a:b:day", "x:a:b:1"]
)
def test_tags_of_other_programs_are_not_ours(tag: str) -> None:
    assert read(tag) is None


def test_a_rule_that_stands_is_left_alone() -> None:
    rules = {str(OURS): "яма", "roads": "дорога"}

    assert changes(rules, OURS, "яма") == Changes(None, ())


def test_a_missing_rule_is_added_first_and_yesterday_s_goes_afterwards() -> None:
    old = str(_days_ago(1))

    assert changes({}, OURS, "яма") == Changes(str(OURS), ())
    assert changes({old: "яма"}, OURS, "яма") == Changes(str(OURS), (old,))


def test_rules_that_ran_out_are_removed_whoever_wanted_them() -> None:
    lapsed = str(_days_ago(3, owner="key-2", words="люк"))
    wanted = str(_days_ago(2, owner="key-2", words="свет"))
    rules = {str(OURS): "яма", lapsed: "люк", wanted: "свет", "roads": "дорога"}

    assert changes(rules, OURS, "яма") == Changes(None, (lapsed,))


@pytest.mark.parametrize(
    ("words", "others", "code"),
    [
        ("ям" * 1_025, 0, 2003),
        ("яма " * 101, 0, 2004),
        ("яма", 300, 2006),
    ],
)
def test_what_vk_would_refuse_is_not_even_asked(
    words: str, others: int, code: int
) -> None:
    rules = {f"rule {number}": "дорога" for number in range(others)}

    with pytest.raises(SourceError) as caught:
        changes(rules, tag_for("key-1", words, TODAY), words)

    assert (caught.value.kind, caught.value.code) == (
        ErrorKind.HUMAN,
        f"vk:stream:{code}",
    )


def test_the_largest_rule_and_the_last_place_are_taken() -> None:
    words = "я" * 2_048
    lapsed = str(_days_ago(9))
    rules = {f"rule {number}": "дорога" for number in range(299)} | {lapsed: "яма"}
    wanted = tag_for("key-1", words, TODAY)

    assert changes(rules, wanted, words) == Changes(str(wanted), (lapsed,))
    assert changes({}, wanted, "я " * 100).add == str(wanted)


def test_events_are_for_us_first_then_for_others_of_our_key() -> None:
    ours, other = str(OURS), str(_days_ago(0, words="люк"))
    foreign = str(_days_ago(0, owner="key-2"))
    rules = {ours: "яма", other: "люк", foreign: "яма", "roads": "дорога"}

    assert heard_for([other, ours], rules, OURS) == "яма"
    assert heard_for([str(_days_ago(1))], {str(_days_ago(1)): "яма"}, OURS) == "яма"
    assert heard_for([other, "roads"], rules, OURS) == "люк"
    assert heard_for([foreign, "roads", 5, None], rules, OURS) is None
    assert heard_for([str(_days_ago(1, words="свет"))], rules, OURS) is None
