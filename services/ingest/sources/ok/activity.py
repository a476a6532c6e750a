"""Where something was written lately, in all the groups of the token's user."""

from services.ingest.sources.ok.parse import listed, number_in
from shared.networks.ok import Ok

_MOST = 100


async def activity_of(ok: Ok) -> dict[int, int]:
    """Give when something was last written under topics, by number, in milliseconds.

    It is a hint: the latest hundred discussions, whichever group they stand in. Raises
    `SourceError`.
    """
    answer = await ok.call(
        "discussions.getList",
        category="GROUP",
        count=_MOST,
        fields="discussion.object_id,discussion.object_type,"
        "discussion.new_comments_count,discussion.last_activity_date_ms",
    )
    told = {
        number_in(each, "object_id"): number_in(each, "last_activity_date_ms")
        for each in listed(answer, "discussions")
    }
    return {topic: at for topic, at in told.items() if topic is not None and at}
