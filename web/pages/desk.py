"""What the queue and the approvals share: the saved views with their figures."""

import asyncio
from dataclasses import dataclass

from web.clients import ApiError
from web.deps import Member
from web.shapes.triage import CandidateCounts

_FORBIDDEN = 403


@dataclass(frozen=True, slots=True)
class Tab:
    """A saved view and how much waits in it."""

    name: str
    text: str
    count: str
    href: str
    is_current: bool
    hue: str


def tabs(
    member: Member, current: str, known: CandidateCounts, waiting: int
) -> tuple[Tab, ...]:
    """Make the row of views."""
    say = member.language.say
    number = member.show.number
    return (
        Tab("new", say("New"), number(known.new), "/queue", current == "new", "plain"),
        Tab(
            "urgent",
            say("Urgent"),
            number(known.urgent),
            "/queue?view=urgent",
            current == "urgent",
            "warn" if known.urgent else "plain",
        ),
        Tab(
            "overdue",
            say("Overdue"),
            number(known.overdue),
            "/queue?view=overdue",
            current == "overdue",
            "danger" if known.overdue else "plain",
        ),
        Tab(
            "approval",
            say("Waiting for approval"),
            number(waiting),
            "/approvals",
            current == "approval",
            "plain",
        ),
    )


async def counts(member: Member) -> tuple[CandidateCounts, int]:
    """Ask for the figures of all views; zero where the role may not look."""
    return await asyncio.gather(_candidate_counts(member), awaiting_approval(member))


async def _candidate_counts(member: Member) -> CandidateCounts:
    try:
        page = await member.api.triage.candidates({"status": "new", "limit": 1})
    except ApiError as error:
        if error.status == _FORBIDDEN:
            return CandidateCounts()
        raise
    return page.counts


async def awaiting_approval(member: Member) -> int:
    """Count the replies that wait for approval; zero for who may not see them."""
    try:
        page = await member.api.triage.incidents(
            {"status": "awaiting_approval", "limit": 1}
        )
    except ApiError as error:
        if error.status == _FORBIDDEN:
            return 0
        raise
    return page.counts.get("awaiting_approval", 0)
