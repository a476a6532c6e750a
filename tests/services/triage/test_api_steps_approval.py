"""Replies over HTTP: written, returned, approved by another person, once."""

import asyncio

import pytest

from shared.identity.principal import Role
from tests.factories import make_key
from tests.services.triage.world import Caller, World, make_post, walk

PUBLISH = {"via": "hand", "link": "https://vk.example/wall-1_2"}


async def test_a_returned_reply_goes_a_second_time_and_keeps_its_versions(
    world: World, moderator: Caller, executor: Caller, approver: Caller
) -> None:
    incident = await world.open(moderator)
    path = f"/incidents/{incident['id']}"
    await executor.post(f"{path}/submit", {"text": "Скоро"})

    returned = await approver.post(f"{path}/return", {"remark": "Назовите дату"})
    await executor.post(f"{path}/draft", {"text": "12 марта"})
    await executor.post(f"{path}/submit", {"text": "12 марта"})
    approved = await approver.post(f"{path}/approve")

    assert returned.body["status"] == "returned"
    (reply,) = approved.body["replies"]
    assert [(v["n"], v["text"]) for v in reply["versions"]] == [
        (1, "Скоро"),
        (2, "12 марта"),
    ]
    assert reply["remarks"] == [
        {
            "n": 1,
            "by": "Алла Тестова",
            "text": "Назовите дату",
            "at": "2026-03-11T09:00:00Z",
        }
    ]
    assert (reply["approved_version"], reply["status"]) == (2, "approved")


async def test_a_text_that_changes_loses_its_approval(
    world: World, moderator: Caller, executor: Caller
) -> None:
    incident = await world.open(moderator)
    path = f"/incidents/{incident['id']}"
    await walk(world, incident["id"], until="approve")

    changed = await executor.post(f"{path}/draft", {"text": "Другое"})
    publish = await moderator.post(f"{path}/publish", PUBLISH)

    (reply,) = changed.body["replies"]
    assert (changed.body["status"], reply["approved_by"]) == ("drafting", None)
    assert reply["approved_version"] is None
    assert publish.status == 409


async def test_the_author_of_a_text_may_not_approve_it(
    world: World, moderator: Caller
) -> None:
    incident = await world.open(moderator)
    admin = await world.person(Role.ADMIN, login="админ")
    path = f"/incidents/{incident['id']}"
    await admin.post(f"{path}/submit", {"text": "Сам написал"})

    answer = await admin.post(f"{path}/approve")

    assert (answer.status, answer.body["detail"]) == (
        403,
        "The author of a text may not approve it.",
    )


async def test_a_second_round_after_publication_and_after_reopening(
    world: World, moderator: Caller, executor: Caller
) -> None:
    incident = await world.open(moderator)
    path = f"/incidents/{incident['id']}"
    first = await walk(world, incident["id"], until="close")
    world.clock.move(hours=30)

    reopened = await moderator.post(f"{path}/reopen", {"reason": "Воды снова нет"})
    second = await walk(world, incident["id"], until="publish")

    assert (reopened.body["status"], reopened.body["closed_at"]) == ("assigned", None)
    assert reopened.body["outcome"] is None
    assert reopened.body["history"][-1]["detail"] == "Воды снова нет"
    assert [reply["round"] for reply in second["replies"]] == [1, 2]
    assert second["answered_at"] == first["answered_at"]


async def test_of_two_approvals_at_once_one_is_refused(
    world: World, moderator: Caller, approver: Caller
) -> None:
    incident = await world.open(moderator)
    await walk(world, incident["id"], until="submit")
    second = await world.person(Role.APPROVER, login="борис")
    path = f"/incidents/{incident['id']}/approve"

    answers = await asyncio.gather(approver.post(path), second.post(path))

    assert sorted(answer.status for answer in answers) == [200, 409]
    assert await world.scalar("SELECT count(*) FROM triage.approval") == 1


async def test_an_approval_of_a_text_not_read_is_refused(
    world: World, moderator: Caller, executor: Caller, approver: Caller
) -> None:
    incident = await world.open(moderator)
    path = f"/incidents/{incident['id']}"
    await executor.post(f"{path}/submit", {"text": "Первый"})
    read = (await approver.get(path)).response.headers["etag"]
    await executor.post(f"{path}/submit", {"text": "Второй"})
    await executor.post(f"{path}/draft", {"text": "Второй"})
    await executor.post(f"{path}/submit", {"text": "Второй"})

    stale = await approver.post(f"{path}/approve", if_match=read)
    anyway = await approver.post(f"{path}/approve", if_match="*")

    assert (stale.status, anyway.status) == (412, 200)


async def test_nothing_is_approved_without_a_named_person(
    world: World, moderator: Caller
) -> None:
    program = Caller(
        world.client, await make_key(world.owner, world.region, scopes="admin triage")
    )
    incident = await world.open(moderator)
    await walk(world, incident["id"], until="submit")
    path = f"/incidents/{incident['id']}"

    answers = [
        await program.post(f"{path}/approve"),
        await program.post(f"{path}/return", {"remark": "нет"}),
    ]

    assert [(a.status, a.body["type"]) for a in answers] == [
        (403, "urn:otklik:problem:named-person-required")
    ] * 2
    assert (await program.get(path)).body["status"] == "awaiting_approval"


async def test_the_database_itself_refuses_an_unapproved_publication(
    world: World, moderator: Caller, executor: Caller
) -> None:
    incident = await world.open(moderator)
    await executor.post(f"/incidents/{incident['id']}/draft", {"text": "т"})

    with pytest.raises(Exception, match="violates check constraint"):
        await world.scalar("UPDATE triage.reply SET published_at = now() RETURNING 1")


async def test_a_reply_with_the_words_of_another_is_flagged_not_refused(
    world: World, moderator: Caller, executor: Caller
) -> None:
    first = await world.open(moderator, make_post(1))
    second = await world.open(moderator, make_post(2))
    words = {"text": "Ваше обращение рассмотрено."}
    await executor.post(f"/incidents/{first['id']}/draft", words)

    copied = await executor.post(
        f"/incidents/{second['id']}/draft", {"text": "Ваше  обращение рассмотрено. "}
    )
    changed = await executor.post(
        f"/incidents/{second['id']}/draft", {"text": "Трубу заменят 12 марта."}
    )

    assert copied.status == 200
    assert copied.body["replies"][0]["copy_of"] == {
        "incident_id": first["id"],
        "number": 1,
    }
    assert changed.body["replies"][0]["copy_of"] is None
