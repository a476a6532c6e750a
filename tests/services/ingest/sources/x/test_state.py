"""What a source of X remembers."""

import json

from services.ingest.sources.x import state as states
from services.ingest.sources.x.state import Chain, XState, load, save


def test_a_state_is_read_as_it_was_written() -> None:
    state = XState(newest=5, root=4, checked_at=3, chain=Chain(1, "t", 2), checks=["5"])
    state.memory.see(5, "6", date=7, above=4)
    state.paid.day = "2025-11-11"
    state.paid.add(["5"])

    again = load(json.loads(json.dumps(save(state))))

    assert save(again) == save(state)


def test_what_is_too_much_is_forgotten_oldest_first() -> None:
    state = XState()
    for number in range(states.MOST_REMEMBERED + 2):
        state.memory.see(number + 1, "x", date=number)

    state.forget(0)

    assert len(state.memory) == states.MOST_REMEMBERED
    assert state.memory.get(2) is None
    assert state.memory.get(3) is not None
