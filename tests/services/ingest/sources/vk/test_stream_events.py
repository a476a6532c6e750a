"""What VK's stream tells is read as what the search shows, and as nothing more."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.ingest.domain.posts import IncomingPost, Network, PostKind
from services.ingest.sources.base import Evidence
from services.ingest.sources.vk.harvest import Harvest
from services.ingest.sources.vk.parse import post_of
from services.ingest.sources.vk.shapes import alive
from services.ingest.sources.vk.stream_events import post_in
from tests.factories import NOW
from tests.services.ingest.sources.vk.server import OWNER, RESIDENT
from tests.services.ingest.sources.vk.stream_server import streamed

AT = int(NOW.timestamp()) - 60
WHEN = datetime.fromtimestamp(AT, UTC)


def _read(kind: str = "post", action: str = "new", **fields: Any) -> Any:  # noqa: ANN401 -- a post
    return post_in(
        streamed(kind, action, **{"number": 4101, "at": AT} | fields), Harvest(NOW)
    )


def test_a_post_has_the_key_and_the_text_of_the_search() -> None:
    shown = {"id": 4101, "owner_id": OWNER, "from_id": RESIDENT, "date": AT}
    harvest = Harvest(NOW)
    item = post_of({**shown, "text": "Яма <3 & «люк»"}, harvest.unknown)
    assert item is not None
    searched = alive(item, edited_at=None, now=NOW)
    assert searched is not None

    fetched = _read(text="Яма &lt;3 &amp; &laquo;люк&raquo;")

    assert fetched.post == searched.post
    assert (fetched.seen, fetched.from_page) == (False, False)


def test_a_comment_stands_under_its_post() -> None:
    fetched = _read("comment", number=4116, post=4101)

    assert fetched.post == IncomingPost(
        network=Network.VK,
        source=f"vk:{OWNER}",
        external_id=f"wallreply:{OWNER}_4116",
        kind=PostKind.COMMENT,
        parent_id=f"wall:{OWNER}_4101",
        url=f"https://vk.com/wall{OWNER}_4101?reply=4116",
        text="Яма",
        published_at=WHEN,
    )


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("Яма<br>и люк<br/>", "Яма\nи люк"),
        ("Яма<BR />и люк", "Яма\nи люк"),
        ("&quot;Яма&quot; &#8212; &lt;br&gt;", '"Яма" — <br>'),
        ("[club5|ЖЭК] не чинит", "ЖЭК не чинит"),
    ],
)
def test_texts_lose_the_marks_that_only_the_stream_has(told: str, text: str) -> None:
    assert _read(text=told).post.text == text


def test_a_repost_is_the_post_it_is_with_both_texts() -> None:
    fetched = _read(
        "share",
        text="И у нас",
        shared_post_text="Яма",
        author={"id": RESIDENT, "shared_post_author_id": RESIDENT},
    )

    assert fetched.post.external_id == f"wall:{OWNER}_4101"
    assert fetched.post.text == "И у нас\n\nЯма"
    assert str(RESIDENT) not in repr(fetched)


def test_discussions_are_left_to_those_who_watch_them() -> None:
    harvest = Harvest(NOW)
    ids = {"topic_owner_id": OWNER, "topic_id": 5, "topic_post_id": 9}

    told = post_in(
        {"event_type": "topic_post", "event_id": ids, "text": "Яма"}, harvest
    )

    assert (told, harvest.unknown) == (None, {})


def test_edits_have_vk_s_own_time() -> None:
    assert _read(action="update").post.edited_at == WHEN
    assert _read(action="restore").post.edited_at == WHEN
    assert _read(action="new").post.edited_at is None
    assert _read(action="update", action_time=None).post.edited_at == NOW


def test_a_deletion_is_a_tombstone_with_evidence() -> None:
    fetched = _read(action="delete", text="")

    assert fetched.evidence is Evidence.EVENT
    assert (fetched.post.deleted, fetched.post.edited_at) == (True, WHEN)
    assert fetched.post.external_id == f"wall:{OWNER}_4101"


def test_a_post_of_the_page_itself_is_known() -> None:
    page = {"id": OWNER}

    assert _read(author=page).from_page
    assert not _read(author=page, signer_id=RESIDENT).from_page
    assert not _read(author=None).from_page


def test_a_time_no_clock_can_have_meant_is_refused() -> None:
    harvest = Harvest(NOW)
    post_in(streamed("post", "new", number=4101, at=10**15), harvest)

    assert len(harvest.refused) == 1
    assert harvest.refused[0].startswith(f"wall:{OWNER}_4101: ")


def test_a_post_without_words_is_none() -> None:
    assert _read(text=None) is None
