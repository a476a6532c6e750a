"""The states of an answer on its way, as one table."""

from enum import StrEnum
from typing import Final


class PostingState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Event(StrEnum):
    """What happens to a posting."""

    QUEUE = "queue"
    DROP_APPROVAL = "drop_approval"
    BEGIN = "begin"
    REPEAT = "repeat"
    PUT_OFF = "put_off"
    SUCCEED = "succeed"
    LOSE = "lose"
    LOOK_AGAIN = "look_again"
    REFUSE = "refuse"
    SEND_AGAIN = "send_again"
    TAKE_BACK = "take_back"


IN_FLIGHT: Final = frozenset(
    {PostingState.APPROVED, PostingState.SENDING, PostingState.UNKNOWN}
)

_WHEN: Final[dict[PostingState, dict[Event, PostingState]]] = {
    PostingState.DRAFT: {
        Event.QUEUE: PostingState.APPROVED,
        Event.TAKE_BACK: PostingState.CANCELLED,
    },
    PostingState.APPROVED: {
        Event.DROP_APPROVAL: PostingState.DRAFT,
        Event.BEGIN: PostingState.SENDING,
        Event.PUT_OFF: PostingState.APPROVED,
        Event.SUCCEED: PostingState.SENT,
        Event.REFUSE: PostingState.FAILED,
        Event.TAKE_BACK: PostingState.CANCELLED,
    },
    PostingState.SENDING: {
        Event.BEGIN: PostingState.SENDING,
        Event.REPEAT: PostingState.SENDING,
        Event.PUT_OFF: PostingState.APPROVED,
        Event.SUCCEED: PostingState.SENT,
        Event.LOSE: PostingState.UNKNOWN,
        Event.REFUSE: PostingState.FAILED,
    },
    PostingState.UNKNOWN: {
        Event.LOOK_AGAIN: PostingState.UNKNOWN,
        Event.SUCCEED: PostingState.SENT,
        Event.SEND_AGAIN: PostingState.APPROVED,
        Event.TAKE_BACK: PostingState.CANCELLED,
    },
}

POSTING_TRANSITIONS: Final[dict[tuple[PostingState, Event], PostingState]] = {
    (state, event): to
    for state, events in _WHEN.items()
    for event, to in events.items()
}


class Obstacle(StrEnum):
    """Why an answer did not go out, or is not known to; a code for translation."""

    DELETED = "deleted"
    EDITED = "edited"
    COMMENTS_CLOSED = "comments_closed"
    ANSWERED_ALREADY = "answered_already"
    PAGE_RETIRED = "page_retired"
    PAGE_PAUSED = "page_paused"
    NOT_APPROVED = "not_approved"
    NO_PUBLISHER = "no_publisher"
    REFUSED = "refused"
    SIGN_IN_AGAIN = "sign_in_again"
    OUR_MISTAKE = "our_mistake"
    BUSY = "busy"
    WAITED_TOO_LONG = "waited_too_long"
    RESPONSE_LOST = "response_lost"
