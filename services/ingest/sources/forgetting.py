"""What a source stops remembering, so that its cursor stays small."""

from collections.abc import Callable, Collection
from typing import Final, Protocol, TypeVar

from services.ingest.sources.memory import Memory

MOST_POSTS: Final = 1_000
MOST_COMMENTS: Final = 5_000
"""More are not remembered; what is forgotten is only read, and stored, once more."""


class Thread(Protocol):
    """The comments that are remembered under a post."""

    comments: Memory

    def clear(self) -> None:
        """Forget the comments, and what is kept about each."""
        ...


ThreadT = TypeVar("ThreadT", bound=Thread)


def forget(
    posts: Memory,
    threads: dict[int, ThreadT],
    *,
    before: int,
    met: Callable[[int], int],
    reading: Collection[int],
) -> None:
    """Forget posts written and last met before a moment, and what is too much.

    `met` tells when a post was met last. The comments of posts in `reading` are being
    read: they stay until that has ended.
    """
    for post in list(posts):
        if max(posts.date(post), met(post)) < before:
            posts.forget(post)
    oldest_first = sorted(posts, key=lambda post: (posts.date(post), post))
    for post in oldest_first[: max(0, len(oldest_first) - MOST_POSTS)]:
        posts.forget(post)
    for post in threads.keys() - set(posts) - set(reading):
        del threads[post]
    _forget_comments(oldest_first, threads, reading)


def _forget_comments(
    oldest_first: list[int], threads: dict[int, ThreadT], reading: Collection[int]
) -> None:
    spare = sum(len(thread.comments) for thread in threads.values())
    for post in oldest_first:
        if spare <= MOST_COMMENTS:
            return
        thread = threads.get(post)
        if thread is not None and post not in reading:
            spare -= len(thread.comments)
            thread.clear()
