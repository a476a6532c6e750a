"""Odnoklassniki as a network that can be watched."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, Source, SourceError
from services.ingest.sources.connector import Access, Checked, Figure, Place
from services.ingest.sources.ok.figures import figures_of, members_of, statistics_of
from services.ingest.sources.ok.group import GroupSource
from services.ingest.sources.ok.links import recognise
from services.ingest.sources.ok.owner import group_of, refuse_unwatched, topic_of
from services.ingest.sources.ok.tag import TagSource
from shared.networks.calls import is_skewed
from shared.networks.ok import Ok
from shared.networks.ok.methods import APPLICATION, USER

_BY_HAND: Final = "answers are copied and pasted by hand: posting to OK is switched off"
_NO_STATISTICS: Final = "statistics need the token of an administrator of the group"


class OkConnector:
    """Groups, single topics and hashtags of OK.

    Options of a source: `topic_methods`, `activity`, `history_days`, `first_hours`,
    `calls_per_poll`; of a token: `per_second` (1 to 3); of the network: `answering`
    (off unless True, since OK no longer documents the method).
    """

    network = Network.OK
    token_kinds: tuple[str, ...] = (USER, APPLICATION)
    off_by_default = False

    def recognise(self, link: str) -> Place | None:
        """Say what a link leads to; what is not watched, too, in order to refuse it."""
        return recognise(link)

    def open(self, place: Place, access: Access) -> Source:
        """Make the source that polls a place; raises `SourceError` for a person's."""
        refuse_unwatched(place)
        if place.kind == "tag":
            return TagSource(place, access)
        return GroupSource(place, access)

    async def check(self, place: Place, access: Access) -> Checked:
        """Ask OK about a place once; raises `SourceError`."""
        refuse_unwatched(place)
        ok = Ok(access)
        if place.kind == "tag":
            await ok.call("search.tagContents", query=place.native, count=1)
            return Checked(place.name or place.native, place.native, can=("read",))
        group = await group_of(place, ok)
        ok = Ok(access, group=group)
        title = await _title(ok, group)
        members = await members_of(ok, group)
        has_statistics = bool(await statistics_of(ok, group, now=access.clock()))
        topic = topic_of(place)
        return Checked(
            title=title,
            native=group if topic is None else f"{group}_{topic}",
            followers=members,
            can=tuple(_abilities(ok, has_statistics=has_statistics)),
            warnings=tuple(_warnings(ok, has_statistics=has_statistics)),
        )

    async def figures(
        self, place: Place, access: Access, *, now: datetime
    ) -> tuple[Figure, ...]:
        """Figures of a group; a topic and a hashtag have none."""
        if place.kind != "group":
            return ()
        group = await group_of(place, Ok(access))
        return await figures_of(Ok(access, group=group), group, now=now)


async def _title(ok: Ok, group: str) -> str:
    answer = await ok.call("group.getInfo", uids=group, fields="group.uid,group.name")
    groups = answer if isinstance(answer, list) else []
    for each in groups:
        if isinstance(each, dict) and str(each.get("uid")) == group:
            return str(each.get("name") or group)
    raise SourceError(f"OK knows no group {group}", ErrorKind.DISABLE)


def _answers(ok: Ok) -> bool:
    is_on = ok.access.options.get("answering") is True
    return is_on and ok.can("discussions.addDiscussionComment")


def _abilities(ok: Ok, *, has_statistics: bool) -> Iterator[str]:
    if ok.can("mediatopic.getByIds"):
        yield from ("read", "comments")
    if _answers(ok):
        yield "answer"
    if has_statistics:
        yield "statistics"


def _warnings(ok: Ok, *, has_statistics: bool) -> Iterator[str]:
    if not _answers(ok):
        yield _BY_HAND
    if not has_statistics:
        yield _NO_STATISTICS
    if ok.skew is not None and is_skewed(ok.skew):
        yield f"OK's clock and ours differ by {int(abs(ok.skew.total_seconds()))} s"
