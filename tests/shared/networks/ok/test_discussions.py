"""Where lists of OK end."""

import pytest

from shared.networks.ok import Ok
from shared.networks.ok.discussions import Page, by_offset, forward, onward_of
from tests.services.ingest.sources.ok.world import OkServer

TOPIC = 155_000_000_000_042


@pytest.mark.parametrize(
    ("answer", "onward"),
    [
        ({"anchor": "b", "has_more": True, "topics": []}, "b"),
        ({"anchor": "b", "has_more": False, "topics": [1]}, None),
        ({"anchor": "a", "has_more": True, "topics": [1]}, None),
        ({"anchor": "", "has_more": True}, None),
        ({"anchor": None, "has_more": True}, None),
        ({"has_more": True}, None),
        ({"anchor": "b", "feeds": [1]}, "b"),
        ({"anchor": "b", "entities": {"media_topics": [1]}}, "b"),
        ({"anchor": "b", "feeds": []}, None),
        ({"anchor": "b", "entities": {"media_topics": []}}, None),
    ],
)
def test_list_goes_on_as_ok_says(answer: dict[str, object], onward: str | None) -> None:
    assert onward_of(answer, "a") == onward


@pytest.mark.parametrize("told", [None, [], {"comments": None}, {"comments": [7]}])
async def test_answers_without_comments_have_none(told: object) -> None:
    server = OkServer()
    server.says["discussions.getComments"] = told

    page = await forward(Ok(server.access()), TOPIC)

    assert page == Page(told=told is not None)


async def test_null_of_the_older_method_says_nothing() -> None:
    server = OkServer()
    server.says["discussions.getDiscussionComments"] = None

    page = await by_offset(Ok(server.access()), TOPIC, "nonsense")

    assert page == Page(told=False)
