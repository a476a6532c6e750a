"""A cursor stays small: what is old, and what is too much, is not remembered."""

from collections.abc import Collection
from dataclasses import dataclass, field

import pytest

from services.ingest.sources import forgetting
from services.ingest.sources.memory import Memory


@dataclass
class Thread:
    """Comments under a post, and when it was met."""

    met: int = 0
    comments: Memory = field(default_factory=Memory)

    def clear(self) -> None:
        self.comments = Memory()


def thread_of(comments: int, met: int = 0) -> Thread:
    thread = Thread(met)
    for number in range(comments):
        thread.comments.see(number, "a", date=1)
    return thread


def forget(
    dates: dict[int, int],
    threads: dict[int, Thread],
    *,
    before: int = 0,
    reading: Collection[int] = (),
) -> list[int]:
    """Forget; return the posts that are still remembered."""
    posts = Memory()
    for post, date in dates.items():
        posts.see(post, "a", date=date)
    forgetting.forget(
        posts,
        threads,
        before=before,
        met=lambda post: threads[post].met if post in threads else 0,
        reading=reading,
    )
    return sorted(posts)


def test_what_was_written_or_met_lately_stays() -> None:
    threads = {1: thread_of(1), 2: thread_of(1, met=50), 3: thread_of(1)}

    kept = forget({1: 10, 2: 10, 3: 60}, threads, before=50)

    assert kept == [2, 3]
    assert threads.keys() == {2, 3}


def test_comments_that_are_being_read_outlive_their_post_until_they_are_read() -> None:
    threads = {1: thread_of(3)}

    assert forget({1: 10}, threads, before=50, reading={1}) == []
    assert len(threads[1].comments) == 3

    assert forget({}, threads, before=50) == []
    assert threads == {}


def test_the_oldest_of_too_many_posts_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "MOST_POSTS", 3)
    threads = {post: thread_of(1) for post in range(5)}

    kept = forget({0: 5, 1: 4, 2: 3, 3: 2, 4: 1}, threads)

    assert kept == [0, 1, 2]
    assert threads.keys() == {0, 1, 2}


@pytest.mark.parametrize(
    ("reading", "left"), [((), {1: 0, 2: 2, 3: 2}), ((1,), {1: 2, 2: 0, 3: 2})]
)
def test_of_too_many_comments_those_under_the_oldest_posts_go(
    monkeypatch: pytest.MonkeyPatch, reading: Collection[int], left: dict[int, int]
) -> None:
    monkeypatch.setattr(forgetting, "MOST_COMMENTS", 4)
    threads = {post: thread_of(2) for post in (3, 2, 1)}

    kept = forget({1: 10, 2: 20, 3: 30}, threads, reading=reading)

    assert kept == [1, 2, 3]
    assert {post: len(each.comments) for post, each in threads.items()} == left
