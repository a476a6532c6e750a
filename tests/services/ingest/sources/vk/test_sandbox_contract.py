"""VK's sources keep the contract against the sandbox's VK, too."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from services.ingest.sources.base import Evidence, Source
from services.ingest.sources.vk.wall import WallSource
from tests.infra.sandbox.fakes.vk import PAGE, RESIDENT, SERVICE
from tests.services.ingest.sources.contract import Can, SourceContract, World
from tests.services.ingest.sources.vk.sandbox import SandboxVk, key, sandbox_vk
from tests.services.ingest.sources.vk.test_contract import WALL


class SandboxWorld(World):
    """A deleted post is absent there, and a deleted comment, unless it was answered."""

    can = frozenset(Can) - {Can.EVENT, Can.FLAG}
    people = (str(RESIDENT.id), RESIDENT.name, "signer")

    def __init__(self, sandbox: SandboxVk) -> None:
        self.sandbox = sandbox
        self._access = sandbox.access(history_days=30)

    @property
    def now(self) -> datetime:
        return self.sandbox.now

    def forward(self, **by: float) -> None:
        self.sandbox.wall.pass_by(**by)

    def source(self) -> Source:
        return WallSource(WALL, self._access)

    def standing(self) -> dict[str, str]:
        return self.sandbox.standing()

    def publish(self, text: str) -> str:
        self.forward(seconds=1)
        return key(self.sandbox.publish(text))

    def publish_many(self, count: int) -> None:
        """Posts over two days, every fifth line a comment, in threads of fifteen."""
        post, above = 0, 0
        for number in range(count):
            ago = timedelta(days=2) * (count - number) / count
            if number % 5 or not post:
                post = self.sandbox.publish(f"Яма номер {number}", ago=ago).id
                above = post
                continue
            comment = self.sandbox.publish(f"И у нас {number}", ago=ago, parent=above)
            above = comment.id

    def publish_strange(self) -> str:
        extra = {"attachments": [{"type": "hologram"}]}
        self.sandbox.network.stage.publish(
            PAGE, "С вложением", at=self.now, writer=RESIDENT, extra=extra
        )
        return "attachment: hologram"

    def comment(self, post: str, text: str) -> str:
        return key(self.sandbox.publish(text, parent=_number(post)))

    def edit(self, key: str, text: str) -> None:
        self.sandbox.edit(_number(key), text)

    def delete(self, key: str, evidence: Evidence) -> None:
        assert evidence is Evidence.ABSENT
        self.sandbox.delete(_number(key))

    def restore(self, key: str) -> None:
        self.sandbox.restore(_number(key))

    def while_reading(self, *, publish: int = 0, delete: int = 0) -> None:
        def happen() -> None:
            for number in range(publish):
                self.sandbox.publish(f"Тем временем {number}")
            stage = self.sandbox.network.stage
            for post in stage.posts(PAGE)[:delete]:
                self.sandbox.delete(post.id)

        self.sandbox.transport.before += [lambda: None, happen]

    def refuse_tokens(self) -> None:
        self.sandbox.network.tokens.revoke(SERVICE)

    def calls(self) -> int:
        return len(self.sandbox.methods)

    def calls_too_many(self) -> int:
        report = self.sandbox.report()
        return int(report["over_limit"]) + int(report["after_fatal"])


def _number(key: str) -> int:
    return int(key.rpartition("_")[2])


class TestWallInTheSandbox(SourceContract):
    soak = 2_000  # every call goes through a whole web application; ten thousand
    # are read from our own small server (test_contract.py)

    @pytest.fixture
    async def world(self) -> AsyncIterator[World]:
        async with sandbox_vk() as sandbox:
            yield SandboxWorld(sandbox)
