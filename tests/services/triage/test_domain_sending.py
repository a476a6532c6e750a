"""What follows from what on the way of an answer: the whole table, and the rules."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.answering import (
    EVER,
    Capabilities,
    Failure,
    Published,
    Standing,
    TargetState,
)
from services.triage.domain.posting import (
    IN_FLIGHT,
    POSTING_TRANSITIONS,
    Event,
    Obstacle,
    PostingState,
)
from services.triage.domain.sending import (
    LOOKS,
    TRIES,
    Outgoing,
    Ruling,
    Tried,
    after_failed_look,
    after_failure,
    after_look,
    before_sending,
    on_waking,
)
from tests.factories import NOW

KNOWS_KEYS = Capabilities(remembers=EVER, finds=True)
KNOWS_NONE = Capabilities(remembers=None, finds=True)
SHOWS_NOTHING = Capabilities(remembers=None, finds=False)
KINDS = st.sampled_from(
    [
        KNOWS_KEYS,
        KNOWS_NONE,
        SHOWS_NOTHING,
        Capabilities(remembers=timedelta(minutes=1), finds=True),
    ]
)
TEXT = "Воду дадут 12 марта."
OURS = Published(link="https://p.example/1", native_id="1", text=TEXT, published_at=NOW)

# As docs/answering.md draws it; read against the table, not from it.
LEADS = {
    "draft queue": "approved",
    "draft take_back": "cancelled",
    "approved drop_approval": "draft",
    "approved begin": "sending",
    "approved put_off": "approved",
    "approved succeed": "sent",
    "approved refuse": "failed",
    "approved take_back": "cancelled",
    "sending begin": "sending",
    "sending repeat": "sending",
    "sending put_off": "approved",
    "sending succeed": "sent",
    "sending lose": "unknown",
    "sending refuse": "failed",
    "unknown look_again": "unknown",
    "unknown succeed": "sent",
    "unknown send_again": "approved",
    "unknown take_back": "cancelled",
}


def posting(
    state: PostingState = PostingState.APPROVED,
    *,
    tries: int = 1,
    lost: datetime | None = None,
) -> Outgoing:
    return Outgoing(
        state=state,
        text=TEXT,
        approved_at=NOW - timedelta(hours=1),
        asked_at=NOW,
        tries=tries,
        lost_at=lost,
        first_started_at=lost,
        started_at=lost,
    )


def judge(state: TargetState, one: Outgoing | None = None, **told: object) -> Ruling:
    given_: dict[str, object] = {"edited_at": None, "known": (), "further": False}
    return before_sending(one or posting(), state, now=NOW, **{**given_, **told})  # type: ignore[arg-type]


def test_the_table_is_the_picture() -> None:
    assert {f"{s} {e}": t for (s, e), t in POSTING_TRANSITIONS.items()} == LEADS


def test_an_end_is_an_end() -> None:
    ends = {PostingState.SENT, PostingState.FAILED, PostingState.CANCELLED}

    assert ends.isdisjoint(state for state, _ in POSTING_TRANSITIONS)
    assert ends.isdisjoint(IN_FLIGHT)


@pytest.mark.parametrize(
    ("state", "told", "obstacle"),
    [
        (TargetState(standing=Standing.DELETED), {}, Obstacle.DELETED),
        (TargetState(edited_at=NOW), {}, Obstacle.EDITED),
        (TargetState(edited_at=NOW - timedelta(hours=2)), {}, None),
        (TargetState(), {"edited_at": NOW}, Obstacle.EDITED),
        (TargetState(takes_answers=False), {}, Obstacle.COMMENTS_CLOSED),
        (TargetState(answers=(OURS,)), {}, Obstacle.ANSWERED_ALREADY),
        (TargetState(answers=(OURS,)), {"known": {"1"}}, None),
        (TargetState(answers=(OURS,)), {"known": {OURS.link}}, None),
        (TargetState(answers=(OURS,)), {"further": True}, None),
        (TargetState(), {}, None),
    ],
)
def test_what_stands_there_decides(
    state: TargetState, told: dict[str, object], obstacle: Obstacle | None
) -> None:
    ruling = judge(state, **told)

    expected = Event.REFUSE if obstacle else Event.BEGIN
    assert ruling == Ruling(event=expected, obstacle=obstacle)


def test_what_an_earlier_call_published_is_recognised() -> None:
    lost = posting(PostingState.SENDING, lost=NOW)

    ruling = judge(TargetState(answers=(OURS,)), lost)

    assert ruling == Ruling(event=Event.SUCCEED, published=OURS)


@pytest.mark.parametrize(
    "other",
    [
        replace(OURS, text="Другие слова."),
        replace(OURS, published_at=NOW - timedelta(days=1)),
    ],
)
def test_an_older_or_another_answer_is_not_that_of_the_earlier_call(
    other: Published,
) -> None:
    lost = posting(PostingState.SENDING, lost=NOW)

    ruling = judge(TargetState(answers=(other,)), lost)

    assert (ruling.event, ruling.published) == (Event.LOSE, None)


@given(st.sampled_from(Failure), st.integers(1, TRIES), KINDS)
def test_what_may_be_public_is_never_called_unpublished(
    failure: Failure, tries: int, can: Capabilities
) -> None:
    lost = posting(PostingState.SENDING, tries=tries, lost=NOW)
    tried = Tried(failure, NOW, NOW + timedelta(minutes=5))

    for ruling in (
        after_failure(lost, tried, can),
        after_failed_look(lost, tried, can),
        on_waking(lost, can, now=NOW),
    ):
        assert ruling.event in {Event.REPEAT, Event.LOSE}
        assert (PostingState.SENDING, ruling.event) in POSTING_TRANSITIONS


@given(st.sampled_from(Failure), st.integers(1, TRIES), KINDS)
def test_a_network_without_keys_is_not_called_twice_after_a_lost_response(
    failure: Failure, tries: int, can: Capabilities
) -> None:
    lost = posting(PostingState.SENDING, tries=tries, lost=NOW)

    ruling = after_failure(lost, Tried(failure, NOW), can)

    if can.remembers is None:
        assert ruling.event is Event.LOSE
        assert (ruling.due_at is None) == (not can.finds)


@given(st.sampled_from(Failure), st.integers(1, TRIES), KINDS)
def test_every_ruling_has_its_place_in_the_table(
    failure: Failure, tries: int, can: Capabilities
) -> None:
    sending = posting(PostingState.SENDING, tries=tries)
    waiting = posting(tries=tries)
    tried = Tried(failure, NOW, NOW + timedelta(hours=1))

    rulings = [
        (PostingState.SENDING, after_failure(sending, tried, can)),
        (PostingState.APPROVED, after_failed_look(waiting, tried, can)),
        (PostingState.APPROVED, on_waking(waiting, can, now=NOW)),
    ]

    assert all((state, one.event) in POSTING_TRANSITIONS for state, one in rulings)


def test_a_failed_look_is_no_lost_answer() -> None:
    ruling = after_failed_look(posting(), Tried(Failure.LOST, NOW), KNOWS_NONE)

    assert (ruling.event, ruling.due_at) == (
        Event.PUT_OFF,
        NOW + timedelta(seconds=5),
    )


@pytest.mark.parametrize(
    ("tries", "seconds"), [(1, 5), (2, 30), (3, None)], ids=["first", "second", "third"]
)
def test_whoever_is_busy_is_asked_three_times(tries: int, seconds: int | None) -> None:
    sending = posting(PostingState.SENDING, tries=tries)

    ruling = after_failure(sending, Tried(Failure.RETRY, NOW), KNOWS_NONE)

    if seconds is None:
        assert ruling == Ruling(event=Event.REFUSE, obstacle=Obstacle.BUSY)
    else:
        assert ruling.due_at == NOW + timedelta(seconds=seconds)


def test_a_posting_nobody_can_finish_is_not_taken_up_for_ever() -> None:
    worn_out = posting(tries=TRIES)

    ruling = on_waking(worn_out, KNOWS_KEYS, now=NOW)

    assert ruling == Ruling(event=Event.REFUSE, obstacle=Obstacle.BUSY)


def test_a_key_is_repeated_only_while_the_network_remembers_it() -> None:
    can = Capabilities(remembers=timedelta(minutes=10), finds=True)
    began = posting(PostingState.SENDING, lost=NOW)

    soon = on_waking(began, can, now=NOW + timedelta(minutes=9))
    late = on_waking(began, can, now=NOW + timedelta(minutes=10))

    assert (soon.event, late.event) == (Event.REPEAT, Event.LOSE)


@pytest.mark.parametrize("looks", range(len(LOOKS)))
def test_the_thread_is_read_three_times_and_then_a_person_must(looks: int) -> None:
    lost = replace(posting(PostingState.UNKNOWN, lost=NOW), looks=looks)

    ruling = after_look(lost, now=NOW, could_look=True)

    due = [NOW + after for after in LOOKS[1:]] + [None]
    assert (ruling.event, ruling.due_at) == (Event.LOOK_AGAIN, due[looks])


def test_a_thread_nobody_can_read_is_not_tried_for_ever() -> None:
    lost = posting(PostingState.UNKNOWN, lost=NOW)

    soon = after_look(lost, now=NOW + timedelta(minutes=5), could_look=False)
    late = after_look(lost, now=NOW + timedelta(minutes=60), could_look=False)

    assert (soon.due_at, late.due_at) == (NOW + timedelta(minutes=6), None)
