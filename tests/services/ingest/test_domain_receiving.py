"""What versions of a post change in what is stored."""

from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.offering import Standing, is_offered
from services.ingest.domain.posts import IncomingPost
from services.ingest.domain.receiving import BATCH, Outcome, Stored, batches, play
from services.ingest.domain.versions import Effect
from tests.services.ingest.incoming import NOW, incoming

POST = UUID(int=7)
HOUR = timedelta(hours=1)


def signed(fingerprint: bytes) -> bytes:
    return b"signed " + fingerprint


def version(
    text: str, hour: int | None = None, *, deleted: bool = False
) -> IncomingPost:
    edited_at = None if hour is None else NOW - 24 * HOUR + hour * HOUR
    return incoming(text=text, edited_at=edited_at, deleted=deleted)


def played(*versions: IncomingPost, stored: Stored | None = None) -> Outcome:
    return play(stored or Stored(POST), versions, sign=signed, now=NOW)


def after(outcome: Outcome) -> Stored:
    """What the store knows once an outcome has been written."""
    last = outcome.changes[-1]
    return Stored(POST, last.revision, outcome.confirmed or last.version)


def effects(outcome: Outcome) -> list[tuple[int, Effect, bool]]:
    return [(each.revision, each.effect, each.keeps_text) for each in outcome.changes]


def test_a_new_post_is_its_first_revision() -> None:
    outcome = played(version("Яма"))

    assert effects(outcome) == [(1, Effect.NEW, True)]
    assert (outcome.is_new, outcome.erases, outcome.duplicates) == (True, False, 0)
    assert outcome.changes[0].version.fingerprint.startswith(b"signed ")


def test_versions_count_on_from_the_stored_one() -> None:
    stored = after(played(version("Один")))

    outcome = played(version("Два", 1), version("Три", 2), stored=stored)

    assert effects(outcome) == [(2, Effect.REVISION, True), (3, Effect.REVISION, True)]
    assert (outcome.is_new, outcome.duplicates) == (False, 0)


def test_the_same_and_the_older_are_duplicates() -> None:
    stored = after(played(version("Два", 2)))

    outcome = played(version("Два", 2), version("Один", 1), stored=stored)

    assert (outcome.changes, outcome.duplicates) == ((), 2)
    assert outcome.confirmed is None


def test_a_later_time_of_the_content_that_stands_is_kept() -> None:
    outcome = played(version("Яма", 1), version("Яма", 2))

    assert effects(outcome) == [(1, Effect.NEW, True)]
    assert outcome.edited_at == NOW - 22 * HOUR
    assert outcome.duplicates == 1


def test_nothing_written_before_a_deletion_keeps_its_text() -> None:
    outcome = played(version("Один"), version("", 1, deleted=True), version("Снова", 2))

    assert effects(outcome) == [
        (1, Effect.NEW, False),
        (2, Effect.DELETED, False),
        (3, Effect.RESTORED, True),
    ]
    assert outcome.erases


def test_a_tombstone_without_a_time_was_made_on_arrival() -> None:
    outcome = played(version("", deleted=True))

    assert effects(outcome) == [(1, Effect.NEW, False)]
    assert outcome.edited_at == NOW
    assert not outcome.erases, "there was nothing before"


VERSIONS = [version("Ноль"), version("Один", 1), version("", 2, deleted=True)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_versions_end_alike_in_whatever_order_they_come(order: tuple[int, ...]) -> None:
    stored = Stored(POST)
    for number in order:
        outcome = played(VERSIONS[number], stored=stored)
        stored = after(outcome) if outcome.changes else stored

    assert stored.version is not None
    assert (stored.version.deleted, stored.version.edited_at) == (True, NOW - 22 * HOUR)


@given(
    st.lists(st.tuples(st.sampled_from("абв"), st.integers(0, 5), st.booleans())),
    st.integers(0, 10),
)
def test_one_call_or_two_end_alike(
    drawn: list[tuple[str, int, bool]], cut: int
) -> None:
    versions = [version(text, hour, deleted=gone) for text, hour, gone in drawn]

    together = played(*versions)
    first = played(*versions[:cut])
    stored = after(first) if first.changes else Stored(POST)
    second = played(*versions[cut:], stored=stored)

    apart = [*effects(first), *effects(second)]
    assert [each[:2] for each in apart] == [each[:2] for each in effects(together)]
    assert first.duplicates + second.duplicates == together.duplicates


def test_posts_are_cut_into_batches_that_lose_none() -> None:
    ids = [UUID(int=n) for n in range(2 * BATCH + 1)]

    cut = batches(ids)

    assert [len(each) for each in cut] == [BATCH, BATCH, 1]
    assert [each for part in cut for each in part] == ids
    assert batches([]) == []


@pytest.mark.parametrize(
    ("takes_all", "deleted", "revision", "caught", "before", "offered"),
    [
        (True, False, 1, False, False, True),
        (False, False, 1, True, False, True),
        (False, False, 1, False, False, False),
        (False, False, 2, False, True, True),
        (False, False, 2, False, False, False),
        (True, True, 1, False, False, False),
        (True, True, 2, False, False, True),
        (False, True, 2, False, True, True),
        (False, True, 2, False, False, False),
        (False, True, 1, False, False, False),
    ],
)
def test_triage_hears_of_candidates_and_of_what_becomes_of_them(
    takes_all: bool,  # noqa: FBT001 -- the table
    deleted: bool,  # noqa: FBT001 -- the table
    revision: int,
    caught: bool,  # noqa: FBT001 -- the table
    before: bool,  # noqa: FBT001 -- the table
    offered: bool,  # noqa: FBT001 -- the table
) -> None:
    post = Standing(
        takes_all=takes_all,
        deleted=deleted,
        revision=revision,
        caught=caught,
        caught_before=before,
    )

    assert is_offered(post) is offered
