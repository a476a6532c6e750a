"""What a group's source remembers."""

import json

from services.ingest.sources.forgetting import MOST_COMMENTS, MOST_POSTS
from services.ingest.sources.ok.state import Branch, Chain, GroupState, load, save


def filled(topics: int, comments: int) -> GroupState:
    state = GroupState(group="53")
    for topic in range(1, topics + 1):
        state.topics.see(topic, "d", date=topic)
        thread = state.thread(topic)
        for number in range(comments):
            thread.comments.see(
                thread.names.number(f"{topic}.{number}"), "d", date=topic
            )
    return state


def test_state_survives_json() -> None:
    state = filled(2, 3)
    state.chains = [Chain(5, "a", 1, deep=True)]
    state.branches = [Branch(1, "b", whole=False)]
    state.checks = [7]
    state.high, state.way, state.by_offset = 9, "stream.get", True

    again = load(json.loads(json.dumps(save(state))))

    assert save(again) == save(state)
    assert again.thread(2).names.name(1) == "2.0"
    assert again.thread(2).names.number("2.2") == 3


def test_what_is_old_is_forgotten_with_its_comments() -> None:
    state = filled(4, 1)

    state.forget(3)

    assert (list(state.topics), sorted(state.threads)) == ([3, 4], [3, 4])


def test_topics_that_are_too_many_are_forgotten_from_the_oldest() -> None:
    state = filled(MOST_POSTS + 2, 0)

    state.forget(0)

    assert min(state.topics) == 3


def test_comments_that_are_too_many_are_forgotten_from_the_oldest_topic() -> None:
    state = filled(3, MOST_COMMENTS // 2)
    state.branches = [Branch(1)]

    state.forget(0)

    kept = [len(state.thread(topic).comments) for topic in (1, 2, 3)]
    assert kept == [2500, 0, 2500]


def test_thread_that_is_being_read_outlives_its_topic() -> None:
    state = filled(1, 1)
    state.branches = [Branch(1)]
    state.forget(5)
    while_read = sorted(state.threads)
    state.branches = []

    state.forget(5)

    assert (while_read, sorted(state.threads)) == ([1], [])
