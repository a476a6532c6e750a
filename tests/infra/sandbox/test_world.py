"""The world as a whole: the same for everybody, and consistent in itself."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.sandbox.world import Kind, Pace, Post, Tone, World, load_region
from tests.infra.sandbox.worlds import START, fortnight, world

MINUTE = timedelta(minutes=1)


def live(minutes: int = 60) -> list[Post]:
    return list(world().arrivals(START, START + minutes * MINUTE))


@pytest.mark.no_cover
def test_same_seed_and_start_give_the_same_world() -> None:
    again = World(seed=1, start=START)

    assert tuple(again.backfill(14)) == fortnight()
    assert list(islice(again.stream(), 500)) == list(islice(world().stream(), 500))


def test_posts_do_not_depend_on_what_was_asked_before() -> None:
    fresh = World(seed=1, start=START)
    late = live()[-1]

    assert fresh.find(late.id, START + 60 * MINUTE) == world().find(
        late.id, START + 60 * MINUTE
    )


def test_another_seed_gives_another_world() -> None:
    texts = {post.text for post in fortnight()}

    assert len(texts & {post.text for post in fortnight(2)}) < 200


def test_live_posts_do_not_move_when_the_world_starts_later() -> None:
    later = World(seed=1, start=START + 10 * MINUTE)
    window = (START + 20 * MINUTE, START + 40 * MINUTE)

    assert list(later.arrivals(*window)) == list(world().arrivals(*window))


def test_all_tones_and_at_least_twenty_kinds_of_complaints_appear() -> None:
    tones = Counter(post.truth.tone for post in fortnight())
    topics = {p.truth.topic for p in fortnight() if p.truth.tone is Tone.COMPLAINT}

    assert set(tones) == set(Tone)
    assert min(tones.values()) >= 100
    assert len(topics) >= 20


def test_all_municipalities_and_pages_are_heard() -> None:
    region = load_region()

    assert {p.truth.municipality for p in fortnight()} == {
        None,
        *(one.code for one in region.municipalities),
    }
    assert {p.page for p in fortnight()} == {page.code for page in region.pages}


def test_a_page_of_a_place_speaks_of_that_place() -> None:
    homes = {page.code: page.municipality for page in load_region().pages}

    assert [
        post
        for post in fortnight()
        if homes[post.page] and post.truth.municipality not in {homes[post.page], None}
    ] == []


def test_people_write_to_official_pages_about_services_only() -> None:
    official = {page.code for page in load_region().pages if page.official}
    idle = {Tone.SPAM, Tone.ADVERT, Tone.UNCONSTRUCTIVE}

    written = [post for post in fortnight() if post.page in official]
    assert [
        post for post in written if post.kind is Kind.POST and post.truth.tone in idle
    ] == []


def test_posts_come_in_the_order_of_their_arrival_from_a_midnight_on() -> None:
    moments = [post.arrived_at for post in fortnight()]
    zone = load_region().zone
    midnight = START.astimezone(zone).replace(hour=0) - timedelta(days=14)

    assert all(before <= after for before, after in pairwise(moments))
    assert midnight <= moments[0] < midnight + 60 * MINUTE
    assert moments[-1] < START


def test_days_have_a_rhythm_and_about_the_asked_volume() -> None:
    zone = load_region().zone
    hours = Counter(post.arrived_at.astimezone(zone).hour for post in fortnight())

    assert 14 * 300 < len(fortnight()) < 14 * 480
    assert hours[20] > 5 * hours[4]


def test_live_posts_come_about_every_interval_day_and_night() -> None:
    assert 0.98 * 720 < len(live()) < 1.02 * 720


def test_all_live_posts_come_after_the_start() -> None:
    assert next(world().stream()).arrived_at > START
    assert list(world().arrivals(START - MINUTE, START)) == [
        post for post in fortnight() if post.arrived_at > START - MINUTE
    ]


def test_stream_is_what_arrives_after_the_start() -> None:
    posts = live()

    assert list(islice(world().stream(), len(posts))) == posts


@given(st.lists(st.integers(min_value=0, max_value=3600), min_size=1, max_size=6))
def test_windows_put_together_hold_every_post_once(cuts: list[int]) -> None:
    ends = [0, *sorted(cuts), 3600]
    moments = [START - 30 * MINUTE + timedelta(seconds=end) for end in ends]

    pieces = [
        post for window in pairwise(moments) for post in world().arrivals(*window)
    ]

    assert pieces == list(world().arrivals(moments[0], moments[-1]))


def test_comments_stand_under_earlier_posts_of_the_same_page() -> None:
    posts = {post.id: post for post in fortnight() if not post.edited_at}
    comments = [post for post in posts.values() if post.kind is Kind.COMMENT]

    assert len(comments) > 300
    for comment in comments:
        parent = posts[comment.parent_id or ""]
        assert parent.kind is Kind.POST
        assert parent.page == comment.page
        assert parent.published_at <= comment.published_at


def test_copies_and_retellings_name_the_earlier_post_of_the_same_trouble() -> None:
    posts = {post.id: post for post in fortnight() if not post.edited_at}
    repeats = [post for post in posts.values() if post.truth.duplicate_of]
    exact = [p for p in repeats if p.text == posts[p.truth.duplicate_of or ""].text]

    assert 100 < len(exact) < len(repeats) - 100
    for repeat in repeats:
        first = posts[repeat.truth.duplicate_of or ""]
        assert first.truth.duplicate_of is None
        assert first.published_at <= repeat.published_at
        assert first.truth.topic == repeat.truth.topic
        assert first.truth.municipality == repeat.truth.municipality


def test_edits_bring_the_same_post_with_more_text() -> None:
    first = {post.id: post for post in fortnight() if not post.edited_at}
    edits = [post for post in fortnight() if post.edited_at]

    assert len(edits) > 50
    for edit in edits:
        original = first[edit.id]
        assert edit.text != original.text
        assert edit.published_at == original.published_at
        assert edit.arrived_at >= original.arrived_at


def test_several_people_write_about_one_event() -> None:
    events = Counter(post.truth.event for post in live(120) if post.truth.event)
    topics = {(p.truth.event, p.truth.topic) for p in live(120) if p.truth.event}

    assert max(events.values()) >= 5
    assert len(topics) == len(events)


def test_ids_name_one_post_each() -> None:
    ids = [post.id for post in (*fortnight(), *live()) if not post.edited_at]

    assert len(set(ids)) == len(ids)


def test_post_is_found_as_it_stands_at_the_moment() -> None:
    edit = next(post for post in live() if post.edited_at)
    second = timedelta(seconds=1)

    before = world().find(edit.id, edit.arrived_at - second)

    assert before is not None
    assert before.edited_at is None
    assert world().find(edit.id, edit.arrived_at) == edit
    assert world().find(edit.id, edit.published_at - second) is None


@pytest.mark.parametrize(
    "unknown",
    ["", "nonsense", "2-live-1", "1-live-1", "1-20201231-0", "1-20251119-99999"],
)
def test_unknown_ids_are_not_found(unknown: str) -> None:
    assert world().find(unknown, START + 60 * MINUTE) is None


def test_an_edit_is_no_post_of_its_own() -> None:
    numbers = {post.id for post in live() if not post.edited_at}
    first = int(live()[0].id.rpartition("-")[2])
    missing = [n for n in range(first, first + 700) if f"1-live-{n}" not in numbers]

    assert missing
    assert [
        n for n in missing if world().find(f"1-live-{n}", START + 60 * MINUTE)
    ] == []


def test_recent_posts_of_a_page_are_the_newest_ones_first() -> None:
    until = START + 60 * MINUTE
    page = load_region().pages[0]
    arrived = [*world().backfill(), *live()]
    last_state = {p.id: p for p in arrived if p.page == page.code and not p.parent_id}
    expected = sorted(last_state.values(), key=lambda post: post.published_at)[::-1]

    assert world().recent(page, until, 200) == expected[:200]


def test_comments_of_a_post_are_those_that_arrived_under_it() -> None:
    until = START + 60 * MINUTE
    comment = next(post for post in live() if post.parent_id)
    parent = world().find(comment.parent_id or "", until)

    assert parent is not None
    assert world().comments(parent, until) == [
        post for post in live() if post.parent_id == parent.id
    ]


def test_pace_sets_days_volume_and_interval() -> None:
    pace = Pace(days=1, per_day=50, interval=timedelta(seconds=30))
    quiet = World(seed=3, start=datetime(2025, 7, 1, tzinfo=UTC), pace=pace)

    assert 40 < len(list(quiet.backfill())) < 90
    assert 115 < len(list(quiet.arrivals(quiet.start, quiet.start + 60 * MINUTE))) < 125
