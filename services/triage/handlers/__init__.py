"""The use cases of triage: the only place where a decision and its effects meet."""

from services.triage.handlers.advance import act
from services.triage.handlers.by_hand import ByHand, open_by_hand
from services.triage.handlers.decide import Asked, decide_candidate
from services.triage.handlers.imported import take_incidents
from services.triage.handlers.library import Places, install_library
from services.triage.handlers.publication import (
    fail_publication,
    finish_publication,
    outgoing,
    ring_left_behind,
)
from services.triage.handlers.take_in import take_posts
from services.triage.handlers.turn import Step

__all__ = [
    "Asked",
    "ByHand",
    "Places",
    "Step",
    "act",
    "decide_candidate",
    "fail_publication",
    "finish_publication",
    "install_library",
    "open_by_hand",
    "outgoing",
    "ring_left_behind",
    "take_incidents",
    "take_posts",
]
