"""Anything may happen in a network, and still our archive is like it in the end.

A network takes part by a subclass of `Settling` that makes its `World`:

    class VkSettling(Settling):
        def make_world(self) -> World:
            return VkWorld()

    TestVkSettles = VkSettling.TestCase
"""

import asyncio
import contextlib
from abc import abstractmethod

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, multiple, rule

from services.ingest.sources.base import Evidence, SourceError
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.contract import Can, World, read

SETTLING_HOURS = (25, 0.1, 0.1, 0.1, 25, 0.1, 0.1, 0.1)
TEXTS = st.sampled_from(["Яма", "Люк", "Нет света", "Нет воды", "Автобус"])


class Settling(RuleBasedStateMachine):
    """Publishes, edits, deletes, restores and polls in any order; then compares."""

    keys = Bundle("keys")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.world = self.make_world()
        self.poller = Poller(self.world.source())
        self.posts: set[str] = set()

    @abstractmethod
    def make_world(self) -> World: ...

    def tick(self) -> None:
        """Let a moment pass: no two things are ever seen at the very same instant."""
        self.world.forward(seconds=0.001)

    def break_next_call(self) -> None:
        """Let the next call of the source fail in passing."""

    def before_deletion(self, key: str) -> None:
        """Do what must precede a deletion for it to be noticed at all."""

    def mend(self) -> None:
        """Let no call fail any more."""

    def deliver(self) -> None:
        """Push what is due, where a network pushes."""

    @rule(target=keys, text=TEXTS)
    def publish(self, text: str) -> str:
        key = self.world.publish(text)
        self.posts.add(key)
        return key

    @rule(target=keys, above=keys, text=TEXTS)
    def comment(self, above: str, text: str) -> str:
        is_possible = above in self.posts and above in self.world.standing()
        if not is_possible or Can.COMMENT not in self.world.can:
            return multiple()  # type: ignore[no-any-return]
        return self.world.comment(above, text)

    @rule(key=keys, text=TEXTS)
    def edit(self, key: str, text: str) -> None:
        """Edit; nobody does so twice in a second, which is all that networks tell."""
        if key in self.world.standing() and Can.EDIT in self.world.can:
            self.world.forward(seconds=1)
            self.world.edit(key, text)

    @rule(key=keys, evidence=st.sampled_from([Evidence.FLAG, Evidence.ABSENT]))
    def delete(self, key: str, evidence: Evidence) -> None:
        can = Can.FLAG if evidence is Evidence.FLAG else Can.ABSENT
        if key in self.world.standing() and can in self.world.can:
            self.before_deletion(key)
            self.world.delete(key, evidence)

    @rule(key=keys)
    def restore(self, key: str) -> None:
        if key not in self.world.standing() and Can.RESTORE in self.world.can:
            self.world.restore(key)

    @rule(minutes=st.sampled_from([1, 5, 45, 180]))
    def time_passes(self, minutes: int) -> None:
        self.world.forward(minutes=minutes)

    @rule()
    def poll(self) -> None:
        self.tick()
        with contextlib.suppress(SourceError):
            self.runner.run(self.poller.poll(self.world.now))

    @rule()
    def poll_is_killed(self) -> None:
        """Posts and cursor are stored in one transaction: neither was."""
        with contextlib.suppress(SourceError):
            fetch = self.poller.source.fetch(self.poller.cursor, now=self.world.now)
            self.runner.run(fetch)

    @rule()
    def outage(self) -> None:
        self.break_next_call()
        self.poll()

    @rule()
    def everything_is_delivered(self) -> None:
        self.deliver()

    def teardown(self) -> None:
        """Let everything settle, and compare."""
        self.mend()
        with self.runner:
            for hours in SETTLING_HOURS:
                self.deliver()
                self.world.forward(hours=hours)
                self.runner.run(read(self.world, self.poller))
        assert self.poller.archive.standing == self.world.standing()


SETTINGS = settings(
    max_examples=settings.default.max_examples * 2 // 5,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
"""Enough to find a lost edit within seconds; more is for the long nights."""
