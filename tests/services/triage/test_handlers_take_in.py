"""Posts arriving from ingest: candidates made, revised, taken off the queue."""

import asyncio
from datetime import timedelta

from services.triage.handlers import take_posts
from shared.contracts import PostsLabelled, PostsMatched
from tests.factories import NOW
from tests.services.triage.world import TEXT, Caller, World, make_desk, make_post


async def queue_of(moderator: Caller) -> list[tuple[str, str]]:
    answer = await moderator.get("/candidates", sort="newest")
    return [(item["post_id"], item["text"]) for item in answer.body["items"]]


async def test_a_post_becomes_a_candidate_with_suggestions(
    world: World, moderator: Caller
) -> None:
    post = make_post(1)

    await world.take(post)

    (item,) = (await moderator.get("/candidates")).body["items"]
    identity = {name: item.pop(name) for name in ("id", "post_id")}
    assert identity["post_id"] == str(post.post_id)
    assert item == {
        "network": "vk",
        "kind": "post",
        "source_name": "Подслушано Ветлогорск",
        "url": "https://pages.example/pages/vetlogorsk/posts/1",
        "published_at": "2026-03-11T08:30:00Z",
        "received_at": "2026-03-11T09:00:00Z",
        "text": TEXT,
        "matches": [
            {
                "rule_id": "01890000-0000-7000-8000-000000000001",
                "rule_name": "Горячая вода",
                "rule_version": 4,
                "positions": [[16, 28]],
            }
        ],
        "topic": {
            "code": "housing.hot_water",
            "name": "Горячая вода",
            "name_en": "Hot water",
            "group_name": "ЖКХ",
            "group_name_en": "Housing and utilities",
            "confidence": 0.5,
            "reason": "rules_matched",
            "reason_params": {"rules": "Горячая вода"},
        },
        "municipality": {
            "code": "vetlogorsk",
            "name": "Ветлогорск",
            "reason": "place_of_source",
            "reason_params": {},
        },
        "authority": {
            "code": "housing",
            "name": "Министерство жилищно-коммунального хозяйства",
            "reason": "routing_rule",
            "reason_params": {"number": "11"},
        },
        "urgency": "normal",
        "urgency_signs": [],
        "status": "new",
        "decision": None,
        "tone": None,
        "note": None,
        "decided_at": None,
        "decided_by": None,
        "incident_id": None,
        "deadline_at": "2026-03-12T08:00:00Z",
        "remaining_minutes": 480,
        "similar_incidents": [],
        "version": 1,
    }


async def test_ingest_is_told_that_a_post_waits(world: World) -> None:
    await world.take(make_post(1))

    (message,) = world.sent("ingest")
    assert isinstance(message, PostsLabelled)
    (label,) = message.labels
    assert label.model_dump() == {
        "post_id": make_post(1).post_id,
        "version": 1,
        "status": "candidate",
        "topic": "housing.hot_water",
        "topic_name": "Горячая вода",
        "municipality": "vetlogorsk",
        "municipality_name": "Ветлогорск",
        "incident_id": None,
        "incident_number": None,
        "tone": None,
    }


async def test_the_same_posts_twice_are_one_candidate_each(
    world: World, moderator: Caller
) -> None:
    await world.take(make_post(1), make_post(2), make_post(1))
    await world.take(make_post(2), make_post(1))

    assert len(await queue_of(moderator)) == 2


async def test_the_same_message_twice_has_its_effects_once(
    world: World, moderator: Caller
) -> None:
    message = PostsMatched(region_id=world.region_id, posts=(make_post(1),))

    for _ in range(2):
        async with world.work.unit(world.region_id) as uow:
            await take_posts(uow, message)

    assert len(await queue_of(moderator)) == 1
    assert len(world.sent("ingest")) == 1


async def test_an_edit_changes_an_undecided_candidate(
    world: World, moderator: Caller
) -> None:
    await world.take(make_post(1))
    edited = make_post(
        1,
        "Пахнет газом в подъезде в Лугининском районе!",
        revision=2,
        municipality=None,
        received_at=NOW + timedelta(hours=1),
        matches=(),
    )

    await world.take(edited)

    (item,) = (await moderator.get("/candidates")).body["items"]
    assert item["text"] == edited.text
    assert (item["topic"], item["matches"]) == (None, [])
    assert item["municipality"]["code"] == "luginsky"
    assert (item["urgency"], item["version"]) == ("high", 2)
    assert item["received_at"] == "2026-03-11T09:00:00Z"
    assert item["deadline_at"] == "2026-03-11T13:00:00Z"


async def test_an_older_revision_changes_nothing(
    world: World, moderator: Caller
) -> None:
    await world.take(make_post(1, "новее", revision=3))

    await world.take(make_post(1, "старее", revision=2))

    assert [text for _, text in await queue_of(moderator)] == ["новее"]


async def test_of_two_revisions_in_one_message_the_newer_counts(
    world: World, moderator: Caller
) -> None:
    await world.take(make_post(1, "вторая", revision=2), make_post(1, "первая"))

    assert [text for _, text in await queue_of(moderator)] == ["вторая"]


async def test_two_revisions_at_the_same_moment_leave_the_newer(
    world: World, moderator: Caller
) -> None:
    revisions = [make_post(1, f"текст {n}", revision=n) for n in range(1, 6)]

    await asyncio.gather(*(world.take(post, make_post(2)) for post in revisions))

    texts = [text for _, text in await queue_of(moderator)]
    assert sorted(texts) == [TEXT, "текст 5"]


async def test_a_deleted_post_leaves_the_queue_and_is_shown_as_gone(
    world: World, moderator: Caller
) -> None:
    await world.take(make_post(1), make_post(2))

    await world.take(make_post(1, revision=2, deleted=True))

    gone = (await moderator.get("/candidates", status="gone")).body["items"]
    assert [item["status"] for item in gone] == ["gone"]
    assert (await moderator.get("/candidates")).body["counts"]["new"] == 1
    refused = await moderator.post(
        f"/candidates/{gone[0]['id']}/decision", {"decision": "noise"}
    )
    assert refused.status == 409
    assert "deleted" in refused.body["detail"]


async def test_a_deletion_that_overtakes_the_post_makes_no_candidate(
    world: World, moderator: Caller
) -> None:
    await world.take(make_post(1, revision=2, deleted=True))

    await world.take(make_post(1, revision=1))

    assert await queue_of(moderator) == []


async def test_a_decided_candidate_keeps_what_was_decided(
    world: World, moderator: Caller
) -> None:
    await world.take(make_post(1))
    (item,) = (await moderator.get("/candidates")).body["items"]
    await moderator.post(f"/candidates/{item['id']}/decision", {"decision": "noise"})

    await world.take(make_post(1, "переписано", revision=2))

    after = (await moderator.get(f"/candidates/{item['id']}")).body
    assert (after["text"], after["status"]) == (TEXT, "decided")


async def test_an_edit_or_deletion_is_marked_inside_the_incident(
    world: World, moderator: Caller
) -> None:
    incident = await world.open(moderator, make_post(1))

    await world.take(make_post(1, "Воду дали, спасибо", revision=2))
    edited = (await moderator.get(f"/incidents/{incident['id']}")).body["posts"]
    await world.take(make_post(1, revision=3, deleted=True))
    deleted = (await moderator.get(f"/incidents/{incident['id']}")).body["posts"]

    assert [(p["text"], p["deleted_at"]) for p in edited] == [
        ("Воду дали, спасибо", None)
    ]
    assert edited[0]["edited_at"] == "2026-03-11T09:00:00Z"
    assert deleted[0]["deleted_at"] == "2026-03-11T09:00:00Z"


async def test_a_name_once_learnt_is_not_forgotten(
    world: World, moderator: Caller
) -> None:
    await world.take(make_post(key="vk:wall:-7_1", parent_key="A-3"))
    told = make_post(revision=2, key="wall:-7_1", parent_key="vk:wall:-7_0")

    await world.open(moderator, told)
    await world.take(make_post(revision=3, text="Воды всё нет"))

    kept = await world.scalar(
        "SELECT array[post_key, parent_key] FROM triage.incident_post"
    )
    assert kept == ["vk:wall:-7_1", "vk:wall:-7_0"]


async def test_codes_the_region_does_not_have_are_not_suggested(
    world: World, moderator: Caller
) -> None:
    strange = make_post(1, "Просто текст", municipality="atlantis")
    unknown = {"topic": "no.such", "authority": "no.such", "municipality": "no.such"}
    rule = strange.matches[0].model_copy(update=unknown)

    await world.take(strange.model_copy(update={"matches": (rule,)}))

    (item,) = (await moderator.get("/candidates")).body["items"]
    assert (item["topic"], item["municipality"], item["authority"]) == (None,) * 3


async def test_a_rule_suggests_its_own_authority(
    world: World, moderator: Caller
) -> None:
    post = make_post(1)
    rule = post.matches[0].model_copy(update={"authority": "roads"})

    await world.take(post.model_copy(update={"matches": (rule,)}))

    (item,) = (await moderator.get("/candidates")).body["items"]
    assert (item["authority"]["code"], item["authority"]["reason"]) == (
        "roads",
        "rule_says",
    )
    assert item["authority"]["reason_params"] == {"rule": "Горячая вода"}


async def test_markup_and_sql_are_kept_as_they_are(
    world: World, moderator: Caller
) -> None:
    hostile = "<script>alert(1)</script>'); DROP TABLE triage.candidate; -- {{7*7}}"

    await world.take(make_post(1, hostile, source_name=hostile, url=hostile))

    (item,) = (await moderator.get("/candidates")).body["items"]
    assert [item["text"], item["source_name"], item["url"]] == [hostile] * 3


async def test_posts_of_regions_do_not_mix(world: World, moderator: Caller) -> None:
    other = await make_desk(world.owner, "south")

    await world.take(make_post(1), region=other)
    await world.take(make_post(1), make_post(2))

    assert len(await queue_of(moderator)) == 2
    assert await world.scalar("SELECT count(*) FROM triage.candidate") == 3


async def test_a_poisoned_message_is_buried_and_the_next_one_is_taken(
    world: World, moderator: Caller
) -> None:
    poisoned = make_post(1, revision=2**40)

    first = await world.deliver(
        PostsMatched(region_id=world.region_id, posts=(poisoned,)), tries=1
    )
    last = await world.deliver(
        PostsMatched(region_id=world.region_id, posts=(poisoned,)), tries=3
    )
    await world.take(make_post(2))

    assert (first, last) == (False, True)
    assert len(await queue_of(moderator)) == 1
    status = (await moderator.get("/status")).body
    assert status["dead_letters"] == 1
