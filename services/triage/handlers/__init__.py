"""The use cases of triage: the only place where a decision and its effects meet."""

from services.triage.handlers.advance import act
from services.triage.handlers.by_hand import ByHand, open_by_hand
from services.triage.handlers.decide import Asked, decide_candidate
from services.triage.handlers.imported import take_incidents
from services.triage.handlers.library import Places, install_library
from services.triage.handlers.pages import (
    NewPage,
    change_page,
    list_pages,
    pause_page,
    register_page,
    restore_page,
    resume_page,
    retire_page,
)
from services.triage.handlers.take_in import take_posts
from services.triage.handlers.turn import Step

__all__ = [
    "Asked",
    "ByHand",
    "NewPage",
    "Places",
    "Step",
    "act",
    "change_page",
    "decide_candidate",
    "install_library",
    "list_pages",
    "open_by_hand",
    "pause_page",
    "register_page",
    "restore_page",
    "resume_page",
    "retire_page",
    "take_incidents",
    "take_posts",
]
