"""A worker process that kills itself with -9 in the middle of publishing.

`python -m tests.services.triage.dying_worker DATABASE REGION POSTING STAGE LEDGER`;
what it has made public stands in the file LEDGER, one JSON line an answer.
"""

import asyncio
import json
import os
import signal
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from services.triage import jobs
from services.triage.domain.answering import Published, Target, TargetState
from services.triage.publishers import Publishers
from shared.db import Database
from shared.uow import Work
from tests.factories import NOW
from tests.fakes import FakeQueue
from tests.services.triage.network import Comment, FakeNetwork, FakePublisher

STAGES = ("look", "before send", "after send")


@dataclass
class DyingPublisher(FakePublisher):
    """Dies at its stage."""

    stage: str = ""
    ledger: Path = Path()

    async def look(self, target: Target) -> TargetState:
        """Die while the target is read."""
        self.die_at("look")
        return await super().look(target)

    async def send(self, text: str, target: Target, key: str) -> Published:
        """Die just before or just after the answer is public."""
        self.die_at("before send")
        published = await super().send(text, target, key)
        lines = [json.dumps(asdict(one), default=str) for one in self.web.comments]
        self.ledger.write_text("\n".join(lines), "utf-8")
        self.die_at("after send")
        return published

    def die_at(self, stage: str) -> None:
        """Die as a killed process does: nothing is rolled back or closed by us."""
        if stage == self.stage:
            os.kill(os.getpid(), signal.SIGKILL)


def read(ledger: Path) -> list[Comment]:
    """Read what is public."""
    if not ledger.exists():
        return []
    rows = [json.loads(line) for line in ledger.read_text("utf-8").splitlines()]
    return [Comment(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in rows]


async def main(url: str, region: str, posting: str, stage: str, ledger: str) -> None:
    """Publish, and die."""
    publisher = DyingPublisher(
        FakeNetwork(lambda: NOW), stage=stage, ledger=Path(ledger)
    )
    database = Database(url, role="otklik_triage", pool_size=1)
    work = Work(database, "triage", FakeQueue(), clock=lambda: NOW)
    await jobs.publish_reply(work, Publishers.of([publisher]), int(region), posting)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
