"""The texts: complete, varied, and free of anything that belongs to somebody."""

import re
from collections import Counter

import pytest

from infra.sandbox.world import Tone, phrasebook
from infra.sandbox.world.grammar import slots_of
from infra.sandbox.world.slots import NAMES
from shared.library import starter
from tests.infra.sandbox.worlds import fortnight

BOOK = phrasebook.load()
INVENTED_PHONE = re.compile(r"(?:\+7|8)[ (-]*900[ )-]*000-?00-?\d\d")
INVENTED_MAILBOX = re.compile(r"\w+@pochta\.example", re.IGNORECASE)
INVENTED_LINK = re.compile(r"http://\w+\.invalid/\d+")
INVENTED_NUMBER = re.compile(r"\b0{8}\d\d\b|\b00 00 0000\d\d\b")
# Product.md, Conduct 2, and the people who speak for no service.
NOT_OURS = re.compile(
    r"\b(?:губернатор|президент|депутат|мэр|митинг|выбор(?:ы|ов)\b|партия|церк|мечет"
    r"|господ|аллах|бог(?:а|у)?\b|войн|санкци)",
    re.IGNORECASE,
)


def templates() -> list[str]:
    """Every fragment of the phrasebook."""
    found: list[str] = []

    def walk(value: object) -> None:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, tuple):
            for part in value:
                walk(part)
        elif hasattr(value, "__dataclass_fields__"):
            for name in value.__dataclass_fields__:
                walk(getattr(value, name))

    walk(BOOK)
    return found


def test_every_slot_of_a_template_can_be_filled() -> None:
    unknown = {
        slot
        for template in templates()
        for slot in slots_of(template)
        if slot not in NAMES | {"here"}
    }

    assert unknown == set()


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("<", ">"), ("{", "}")])
def test_brackets_of_templates_are_closed(opening: str, closing: str) -> None:
    assert [t for t in templates() if t.count(opening) != t.count(closing)] == []


def test_complaints_speak_of_topics_of_the_library() -> None:
    topics = {topic.code for topic in starter.load().topics}

    assert {kind.topic for kind in BOOK.kinds} == topics
    for talk in (BOOK.question, BOOK.wish, BOOK.thanks):
        assert {topic for topic, _ in talk.topics} <= topics


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_has_at_least_twenty_kinds_of_trouble(month: int) -> None:
    assert len({kind.topic for kind in BOOK.kinds if month in kind.months}) >= 20


@pytest.mark.parametrize("month", range(1, 13))
def test_every_kind_has_something_to_say_in_each_of_its_months(month: int) -> None:
    for kind in BOOK.kinds:
        if month in kind.months:
            assert phrasebook.in_season(kind.core, month)
            assert phrasebook.in_season(kind.short, month)
            assert len(phrasebook.in_season(kind.detail, month)) >= 2


def test_season_marks_are_taken_off() -> None:
    said = phrasebook.in_season(("winter: лёд", "summer: жара", "UPD: вода"), 1)

    assert said == ("лёд", "UPD: вода")


def test_texts_carry_no_marks_of_templates() -> None:
    left_over = re.compile(r"[\[\]{}|<>]|  |winter:|summer:")

    assert [p.text for p in fortnight() if left_over.search(p.text)] == []


def test_at_least_five_thousand_texts_differ() -> None:
    assert len({post.text for post in fortnight()}) >= 5_000


def test_complaints_hardly_ever_repeat_by_chance() -> None:
    originals = [
        post.text
        for post in fortnight()
        if post.truth.tone is Tone.COMPLAINT
        and not (post.truth.duplicate_of or post.parent_id or post.edited_at)
    ]

    assert len(set(originals)) / len(originals) > 0.99


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", [1, 2])
def test_phones_mailboxes_links_and_numbers_belong_to_nobody(seed: int) -> None:
    for post in fortnight(seed):
        text = post.text
        for invented in (INVENTED_PHONE, INVENTED_MAILBOX, INVENTED_LINK):
            text = invented.sub(" ", text)
        text = INVENTED_NUMBER.sub(" ", text)
        assert not re.search(r"@|https?:|www\.|\d{6}|\+7", text), post.text


def test_some_texts_hold_personal_data_to_be_redacted() -> None:
    complaints = [p.text for p in fortnight() if p.truth.tone is Tone.COMPLAINT]
    found = Counter(
        kind
        for text in complaints
        for kind, pattern in (
            ("phone", INVENTED_PHONE),
            ("mailbox", INVENTED_MAILBOX),
            ("number", INVENTED_NUMBER),
            ("flat", re.compile(r"\bкв(?:\.|артир[аеы]) \d", re.IGNORECASE)),
        )
        if pattern.search(text)
    )

    assert min(found.values()) >= 10
    assert found.keys() == {"phone", "mailbox", "number", "flat"}


def test_nobody_writes_of_politics_or_religion() -> None:
    assert [t for t in templates() if NOT_OURS.search(t)] == []
    assert [p.text for p in fortnight() if NOT_OURS.search(p.text)] == []


def test_numbers_stand_with_the_right_form_of_the_noun() -> None:
    wrong = re.compile(
        r"\b(?:\d*[02-9])?(?:[05-9]|1[1-9]) (?:день|дня|месяц|месяца|года)\b"
        r"|\b(?:\d*[02-9])?[2-4] (?:день|дней|месяц|месяцев|лет)\b"
    )

    assert [p.text for p in fortnight() if wrong.search(p.text)] == []
