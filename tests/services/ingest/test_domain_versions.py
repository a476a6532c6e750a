"""Which version of a post counts."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.versions import (
    Effect,
    Version,
    effect_of,
    fingerprint,
    native_fingerprint,
    version_of,
)
from tests.services.ingest.incoming import NOW, incoming

FIRST, SECOND = b"1" * 16, b"2" * 16
GONE = b"0" * 16
NINE = NOW
TEN = NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("stored", "arriving", "effect"),
    [
        (None, Version(FIRST, None), Effect.NEW),
        (None, Version(GONE, TEN, deleted=True), Effect.NEW),
        (Version(FIRST, None), Version(FIRST, None), Effect.NOTHING),
        (Version(FIRST, NINE), Version(FIRST, NINE), Effect.NOTHING),
        (Version(FIRST, NINE), Version(FIRST, TEN), Effect.CONFIRMED),
        (Version(FIRST, None), Version(FIRST, TEN), Effect.CONFIRMED),
        (Version(FIRST, None), Version(SECOND, None), Effect.REVISION),
        (Version(FIRST, None), Version(SECOND, NINE), Effect.REVISION),
        (Version(FIRST, NINE), Version(SECOND, NINE), Effect.REVISION),
        (Version(FIRST, NINE), Version(SECOND, TEN), Effect.REVISION),
        (Version(FIRST, TEN), Version(SECOND, NINE), Effect.NOTHING),
        (Version(FIRST, NINE), Version(SECOND, None), Effect.NOTHING),
        (Version(FIRST, NINE), Version(GONE, TEN, deleted=True), Effect.DELETED),
        (Version(FIRST, NINE), Version(GONE, NINE, deleted=True), Effect.DELETED),
        (Version(FIRST, TEN), Version(GONE, NINE, deleted=True), Effect.NOTHING),
        (
            Version(GONE, NINE, deleted=True),
            Version(GONE, NINE, deleted=True),
            Effect.NOTHING,
        ),
        (
            Version(GONE, NINE, deleted=True),
            Version(GONE, TEN, deleted=True),
            Effect.CONFIRMED,
        ),
        (Version(GONE, NINE, deleted=True), Version(FIRST, None), Effect.NOTHING),
        (Version(GONE, NINE, deleted=True), Version(FIRST, NINE), Effect.NOTHING),
        (Version(GONE, NINE, deleted=True), Version(FIRST, TEN), Effect.RESTORED),
        (Version(GONE, None, deleted=True), Version(FIRST, None), Effect.NOTHING),
    ],
)
def test_arriving_version_has_its_effect(
    stored: Version | None, arriving: Version, effect: Effect
) -> None:
    assert effect_of(arriving, stored) is effect


def test_fingerprint_follows_the_content_alone() -> None:
    post = incoming()
    same = incoming(metrics={"likes": 99}, published_at=NOW, edited_at=NOW)
    others = [
        incoming(text="Яма на Садовой, 7"),
        incoming(url=None),
        incoming(parent_id="P"),
        incoming(deleted=True),
    ]

    assert fingerprint(same) == fingerprint(post)
    assert len({fingerprint(each) for each in [post, *others]}) == 5
    assert len(fingerprint(post)) == 16


def test_tombstones_are_alike_whatever_they_carry() -> None:
    assert fingerprint(incoming(deleted=True, text="")) == fingerprint(
        incoming(deleted=True)
    )


def test_deletion_without_a_time_happened_on_arrival() -> None:
    deleted = version_of(incoming(deleted=True), received_at=NOW)
    alive = version_of(incoming(), received_at=NOW)

    assert (deleted.edited_at, deleted.deleted) == (NOW, True)
    assert (alive.edited_at, alive.deleted) == (None, False)


TIMED = st.builds(
    Version,
    st.sampled_from([FIRST, SECOND]),
    st.integers(0, 9).map(lambda hours: NOW + timedelta(hours=hours)),
)


def play(versions: list[Version]) -> Version | None:
    stored: Version | None = None
    for version in versions:
        if effect_of(version, stored) is not Effect.NOTHING:
            stored = version
    return stored


def time_of(version: Version) -> datetime:
    assert version.edited_at is not None
    return version.edited_at


@given(st.lists(TIMED, min_size=1, unique_by=lambda each: each.edited_at), st.randoms())
def test_order_of_arrival_does_not_matter_for_dated_versions(
    versions: list[Version], randoms: object
) -> None:
    shuffled = list(versions)
    randoms.shuffle(shuffled)  # type: ignore[attr-defined]

    assert play(shuffled) == max(versions, key=time_of)


@given(st.lists(TIMED))
def test_playing_everything_twice_changes_nothing(versions: list[Version]) -> None:
    once = play(versions)

    assert all(
        effect_of(version, once) is Effect.NOTHING
        for version in versions
        if once and version.edited_at != once.edited_at
    )


LATER = NOW + timedelta(hours=1)
SEEN = version_of(incoming(), received_at=NOW)
TOMB = version_of(incoming(deleted=True), received_at=NOW)
MISSING = replace(TOMB, presumed=True)


@pytest.mark.parametrize(
    ("arriving", "stored", "expected"),
    [
        (SEEN, MISSING, Effect.RESTORED),
        (TOMB, MISSING, Effect.DELETED),
        (MISSING, MISSING, Effect.NOTHING),
        (SEEN, TOMB, Effect.NOTHING),
        (replace(SEEN, seen_at=LATER), TOMB, Effect.RESTORED),
        (replace(SEEN, seen_at=NOW), TOMB, Effect.NOTHING),
        (replace(SEEN, edited_at=LATER), TOMB, Effect.RESTORED),
        (replace(TOMB, seen_at=LATER), TOMB, Effect.NOTHING),
    ],
    ids=[
        "living after missing",
        "told after missing",
        "missing again",
        "late event",
        "shown since",
        "shown before",
        "restoring event",
        "still gone",
    ],
)
def test_what_is_deleted_comes_back_only_on_good_evidence(
    arriving: Version, stored: Version, expected: Effect
) -> None:
    assert effect_of(arriving, stored) is expected


def test_links_and_parents_are_no_content_of_posts_under_their_networks_key() -> None:
    one = incoming(url="https://vk.com/wall-1_1", parent_id=None)
    other = incoming(url="https://m.vk.com/wall-1_1", parent_id="wall:-1_7")

    assert native_fingerprint(one) == native_fingerprint(other)
    assert native_fingerprint(one) != native_fingerprint(incoming(text="Мёд"))
