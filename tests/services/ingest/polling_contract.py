"""What must hold of every watched network, from its world to our database.

A network's tests make a `Stage` over its fake and inherit from `PollingContract`:

    class TestVk(PollingContract):
        @pytest.fixture
        async def stage(self, …) -> Stage: …
"""

from collections.abc import Mapping
from typing import Any, Protocol

from sqlalchemy import text

from services.ingest import jobs
from services.ingest.jobs import Tools
from shared.uow import Work
from tests.services.ingest.doubles import Clock
from tests.services.ingest.pushing import rows

ARCHIVE = """SELECT external_id, text, revision, deleted_at IS NOT NULL AS deleted
    FROM ingest.post ORDER BY external_id"""

Archive = list[dict[str, Any]]


class Stage(Protocol):
    """A fake network with a page on it that is a source already."""

    source_id: str

    async def publish(self, text: str) -> str:
        """Publish a post now; return its key."""
        ...

    async def edit(self, key: str, text: str) -> None:
        """Change the text of a post."""
        ...

    async def delete(self, key: str) -> None:
        """Delete a post so that the network shows it as deleted."""
        ...

    async def restore(self, key: str) -> None:
        """Bring a deleted post back."""
        ...

    async def world(self) -> Mapping[str, str | None]:
        """Key and text of each post there ever was; None for deleted ones."""
        ...

    async def when_paging(self, text: str) -> None:
        """Have a post appear while the next poll is between two pages."""
        ...


class PollingContract:
    """Inherit, and give the fixture `stage`."""

    async def test_running_twice_changes_nothing(
        self, stage: Stage, tools: Tools, work: Work, clock: Clock
    ) -> None:
        for number in range(5):
            await stage.publish(f"Яма номер {number}")
            clock.forward(minutes=1)
        await settle(stage, tools, work)
        before = await everything(work)

        clock.forward(minutes=5)
        await settle(stage, tools, work)

        assert await everything(work) == before
        assert len(before["post"]) == 5

    async def test_a_crash_between_posts_and_cursor_loses_nothing(
        self, stage: Stage, tools: Tools, work: Work, clock: Clock
    ) -> None:
        for number in range(4):
            await stage.publish(f"Яма номер {number}")
            clock.forward(minutes=1)
        await settle(stage, tools, work)
        before = await everything(work)

        async with work.unit(1) as uow:
            await uow.session.execute(text("UPDATE ingest.source SET cursor = '{}'"))
        await settle(stage, tools, work)

        assert await everything(work) == before

    async def test_pages_that_shift_under_us_lose_nothing(
        self, stage: Stage, tools: Tools, work: Work, clock: Clock
    ) -> None:
        for number in range(8):
            await stage.publish(f"Яма номер {number}")
            clock.forward(minutes=1)
        await stage.when_paging("Прорвало трубу")

        await settle(stage, tools, work)
        clock.forward(minutes=5)
        await settle(stage, tools, work)

        assert await archive(work) == await as_archived(stage)

    async def test_edits_become_revisions_and_deletions_tombstones(
        self, stage: Stage, tools: Tools, work: Work, clock: Clock
    ) -> None:
        edited = await stage.publish("Яма")
        deleted = await stage.publish("Мусор не вывозят")
        await settle(stage, tools, work)
        clock.forward(minutes=10)
        await stage.edit(edited, "Яма на Садовой")
        await stage.delete(deleted)

        await settle(stage, tools, work)

        assert await archive(work) == await as_archived(stage)
        revisions = await rows(work, "SELECT text FROM ingest.post_revision")
        assert sorted(each["text"] for each in revisions) == ["", "Яма"]

    async def test_a_deleted_post_comes_back_when_the_network_shows_it(
        self, stage: Stage, tools: Tools, work: Work, clock: Clock
    ) -> None:
        key = await stage.publish("Яма")
        await settle(stage, tools, work)
        clock.forward(minutes=10)
        await stage.delete(key)
        await settle(stage, tools, work)
        clock.forward(minutes=10)
        await stage.restore(key)

        await settle(stage, tools, work)

        assert await archive(work) == [
            {"external_id": key, "text": "Яма", "revision": 3, "deleted": False}
        ]


async def settle(stage: Stage, tools: Tools, work: Work) -> None:
    """Poll until the source has nothing more."""
    for _ in range(100):
        before = await rows(work, "SELECT cursor FROM ingest.source")
        await jobs.poll_source(tools, 1, stage.source_id)
        if await rows(work, "SELECT cursor FROM ingest.source") == before:
            return
    raise AssertionError("the source never ends")


async def archive(work: Work) -> Archive:
    """What we have of the network."""
    return await rows(work, ARCHIVE)


async def as_archived(stage: Stage) -> Archive:
    """What we must have of it: revisions aside, which `archive` has too."""
    world = await stage.world()
    return [
        {
            "external_id": key,
            "text": "" if said is None else said,
            "revision": ANY,
            "deleted": said is None,
        }
        for key, said in sorted(world.items())
    ]


class _Any:
    """Equal to everything."""

    def __eq__(self, _other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


ANY = _Any()


async def everything(work: Work) -> Mapping[str, Archive]:
    """All we have that a repetition must not change."""
    queries = {
        "post": "SELECT id, revision, text, parent_key, deleted_at FROM ingest.post",
        "post_key": "SELECT * FROM ingest.post_key",
        "post_revision": "SELECT post_id, revision, text FROM ingest.post_revision",
        "raw_payload": "SELECT post_id, revision FROM ingest.raw_payload",
        "batch": "SELECT id, post_ids FROM ingest.batch",
    }
    return {
        name: sorted(await rows(work, query), key=str)
        for name, query in queries.items()
    }
