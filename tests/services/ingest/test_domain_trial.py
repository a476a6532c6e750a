"""What trying a query tells does not depend on how the work is cut."""

from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.advice import words_to_try
from services.ingest.domain.trial import (
    SAMPLES,
    Looked,
    Sample,
    Trial,
    continued,
    covered_days,
)

MONDAY, TUESDAY = date(2026, 3, 9), date(2026, 3, 10)
RULES = [UUID(int=n) for n in range(1, 4)]

POSTS = st.lists(
    st.builds(
        Looked,
        post_id=st.uuids(version=4),
        day=st.sampled_from([MONDAY, TUESDAY]),
        positions=st.sampled_from([None, ((0, 3),)]),
        others=st.lists(st.sampled_from(RULES), unique=True).map(tuple),
        is_offered=st.booleans(),
    ),
    max_size=60,
    unique_by=lambda looked: looked.post_id,
)


def test_hits_are_counted_by_day_rule_and_what_would_be_new() -> None:
    a, b, c, d = (UUID(int=n) for n in range(10, 14))

    trial = continued(
        Trial(),
        [
            Looked(a, MONDAY, ((0, 3),)),
            Looked(b, MONDAY, ((4, 7),), others=(RULES[0],)),
            Looked(c, TUESDAY, None),
            Looked(d, TUESDAY, ((1, 2),), is_offered=True),
        ],
    )

    assert trial == Trial(
        seen=4,
        hits=3,
        alone=2,
        candidates=1,
        days={MONDAY: (2, 2), TUESDAY: (2, 1)},
        shared={RULES[0]: 1},
        samples=(
            Sample(a, ((0, 3),)),
            Sample(b, ((4, 7),)),
            Sample(d, ((1, 2),)),
        ),
    )


@given(POSTS, st.integers(1, 20))
def test_portions_add_up_to_the_whole(posts: list[Looked], size: int) -> None:
    trial = Trial()
    for start in range(0, len(posts), size):
        trial = continued(trial, posts[start : start + size])

    assert trial == continued(Trial(), posts)
    assert len(trial.samples) == min(SAMPLES, trial.hits)
    assert sum(hits for _, hits in trial.days.values()) == trial.hits


def test_the_archive_is_as_long_as_its_first_day_says() -> None:
    assert covered_days([TUESDAY, MONDAY], date(2026, 3, 11)) == 3
    assert covered_days([], MONDAY) == 1
    assert covered_days([date(2026, 2, 9)], date(2026, 3, 11)) == 30


def test_a_word_is_worth_trying_if_only_rejected_hits_have_it() -> None:
    rejected = [
        {"яма", "розыгрыш", "приз"},
        {"яма", "розыгрыш"},
        {"яма", "розыгрыш", "приз"},
        {"яма", "приз", "рыбалка"},
    ]
    accepted = [{"яма", "дорога"}, {"яма", "улица"}, *[{"яма"}] * 3]

    assert words_to_try(rejected, accepted) == ["приз", "розыгрыш"]
    assert words_to_try(rejected[:2], accepted) == []
    assert words_to_try([], accepted) == []
    many = [{"мост"}] * 3 + [{"лес"}] * 60
    assert words_to_try(many, accepted) == ["лес"]
    assert words_to_try(many, accepted[:4]) == [], "too few to say what is lost"
