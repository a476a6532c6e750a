"""The seeded world played onto the stages."""

from collections import Counter
from datetime import timedelta

from infra.sandbox.stage import Feeder
from infra.sandbox.stage.feeder import NETWORKS
from infra.sandbox.world import Kind, Pace, World
from tests.infra.sandbox.worlds import START, world

SLOW = World(seed=1, start=START, pace=Pace(1, 100, timedelta(minutes=2)))


def fed(until: timedelta = timedelta(), played: World | None = None) -> Feeder:
    feeder = Feeder(played or world())
    feeder.catch_up(START + until)
    return feeder


def test_every_network_has_two_pages_and_an_official_one_but_the_journal() -> None:
    stages = fed().stages
    without = [
        code
        for code, stage in stages.items()
        if not any(page.official for page in stage.pages)
    ]

    assert tuple(stages) == NETWORKS
    assert min(len(stage.pages) for stage in stages.values()) >= 2
    assert without == ["livejournal"]


def test_numbers_and_names_of_pages_are_their_own() -> None:
    for stage in fed().stages.values():
        numbers = Counter(page.number for page in stage.pages)
        names = Counter(page.screen_name for page in stage.pages)

        assert {*numbers.values(), *names.values()} == {1}
        assert min(numbers) == 900_000_001


def test_same_seed_and_time_make_the_same_stage_however_often_it_is_fed() -> None:
    at_once = fed(timedelta(minutes=10))
    in_steps = fed()
    for minutes in range(1, 11):
        in_steps.catch_up(START + timedelta(minutes=minutes))

    for network, stage in at_once.stages.items():
        assert in_steps.stages[network].happenings() == stage.happenings()


def test_stage_holds_posts_comments_and_edits_of_the_world_and_no_truths() -> None:
    stages = fed(timedelta(hours=1)).stages.values()
    items = [item for stage in stages for item in stage.items()]

    assert {item.kind for item in items} == {Kind.POST, Kind.COMMENT}
    assert any(item.edited_at for item in items)
    assert any(item.parent != item.root for item in items if item.root)
    assert not any(hasattr(item, "truth") for item in items)
    assert min(item.writer.id for item in items) >= 700_000_000


def test_nothing_is_played_twice() -> None:
    feeder = fed()

    assert feeder.catch_up(START) == 0
    assert feeder.catch_up(START - timedelta(days=1)) == 0


def test_edits_and_comments_of_what_is_gone_do_not_come() -> None:
    feeder = fed()
    for stage in feeder.stages.values():
        for item in stage.items():
            if not item.is_deleted:
                stage.delete(item.page, item.id, at=START)
    gone = {
        (stage.network, item.page, item.id)
        for stage in feeder.stages.values()
        for item in stage.items()
    }

    feeder.catch_up(START + timedelta(minutes=10))

    late = [
        (stage.network, item.page, item.root)
        for stage in feeder.stages.values()
        for item in stage.items()
        if not item.is_deleted and item.root is not None
    ]
    assert gone.isdisjoint(late)


def test_ids_follow_from_the_moment_however_late_the_playing_begins() -> None:
    late = timedelta(days=1, minutes=5)
    from_the_start = fed(played=SLOW)
    for hours in range(1, 25):
        from_the_start.catch_up(START + timedelta(hours=hours))
    from_the_start.catch_up(START + late)

    begun_late = fed(late, SLOW)

    for network, stage in begun_late.stages.items():
        whole = from_the_start.stages[network]
        fresh = [
            item
            for item in stage.items()
            if item.created_at > START + timedelta(hours=23)
        ]
        texts = {(item.page, item.id): item.text for item in fresh}
        assert texts == {
            key: item.text for key in texts if (item := whole.find(*key)) is not None
        }
    assert len(begun_late.stages["vk"].items()) < len(
        from_the_start.stages["vk"].items()
    )


def test_long_jump_plays_its_end_only() -> None:
    feeder = fed(played=SLOW)
    before = {one.network: one.last_seq for one in feeder.stages.values()}

    feeder.catch_up(START + timedelta(hours=12))

    moments = [
        line.at
        for stage in feeder.stages.values()
        for line in stage.happenings(before[stage.network])
    ]
    assert min(moments) > START + timedelta(hours=10)
    assert max(moments) > START + timedelta(hours=11, minutes=30)


def test_what_the_world_wrote_is_forgotten_after_a_week() -> None:
    feeder = fed(played=SLOW)
    before = feeder.stages["vk"].items()

    feeder.catch_up(START + timedelta(days=6))
    kept = feeder.stages["vk"].find(before[0].page, before[0].id)
    feeder.catch_up(START + timedelta(days=8))

    assert kept == before[0]
    assert feeder.stages["vk"].find(before[0].page, before[0].id) is None
