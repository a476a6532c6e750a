"""What a source of TikTok remembers."""

import json

from services.ingest.sources.tiktok import state as states
from services.ingest.sources.tiktok.state import (
    Branch,
    Slice,
    TikTokState,
    load,
    save,
)


def test_a_state_is_read_as_it_was_written() -> None:
    state = TikTokState(
        read_at=5,
        slices=[Slice("20251101", "20251103", 100, "7")],
        unseen=[1],
        branches=[Branch(1, 2, 100)],
    )
    state.videos.see(1, "x", date=7)
    state.thread(1).comments.see(2, "y", date=8)

    again = load(json.loads(json.dumps(save(state))))

    assert save(again) == save(state)


def test_too_many_comments_are_forgotten_but_for_those_being_read() -> None:
    state = TikTokState(branches=[Branch(1)])
    for video in (1, 2, 3):
        state.videos.see(video, "x", date=video)
        for comment in range(states.MOST_COMMENTS // 2 + 1):
            state.thread(video).comments.see(comment, "y", date=1)

    state.forget(0)

    kept = [len(state.thread(video).comments) for video in (1, 2, 3)]
    assert kept == [states.MOST_COMMENTS // 2 + 1, 0, 0]
