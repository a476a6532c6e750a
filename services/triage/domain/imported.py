"""How an incident of another system's export stands in our words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha1
from itertools import accumulate
from typing import Final, TypeVar

from services.triage.domain.fields import ClosingReason, Kind, Outcome
from services.triage.domain.states import Status
from shared.contracts import HandledIncident

Word = TypeVar("Word", bound=StrEnum)

# The incumbent's words (product.md); our own codes are understood as well.
KINDS: Final = {
    "решаемый": Kind.SOLVABLE,
    "не решаемый": Kind.NOT_SOLVABLE,
    "информационный": Kind.INFORMATIONAL,
}
OUTCOMES: Final = {
    "решено": Outcome.SOLVED,
    "разъяснено": Outcome.EXPLAINED,
    "отложено": Outcome.POSTPONED,
    "не решено": Outcome.NOT_SOLVED,
}
CLOSING_REASONS: Final = {
    "автор доволен": ClosingReason.AUTHOR_SATISFIED,
    "нет ответа от автора": ClosingReason.NO_REPLY_FROM_AUTHOR,
    "дальнейший диалог нецелесообразен": ClosingReason.DIALOGUE_POINTLESS,
}


@dataclass(frozen=True, slots=True)
class Stage:
    """From this moment the incident had this status."""

    at: datetime
    status: Status


def word(text: str | None, known: Mapping[str, Word]) -> Word | None:
    """Read one of the other system's words; None when it is none of them."""
    if text is None:
        return None
    spoken = " ".join(text.casefold().split())
    codes = {str(code): code for code in known.values()}
    return known.get(spoken) or codes.get(spoken)


def stages(incident: HandledIncident) -> list[Stage]:
    """The life of an incident as far as its export tells, oldest first.

    Exports hold answers "before" the incident: no stage is put before the last one.
    """
    first = Status.ASSIGNED if incident.authority else Status.NEW
    told = [
        (incident.created_at, first),
        (incident.first_answer_at, Status.PUBLISHED),
        (incident.closed_at, Status.CLOSED),
    ]
    known = [(at, status) for at, status in told if at is not None]
    moments = accumulate((at for at, _ in known), max)
    return [Stage(at, status) for at, (_, status) in zip(moments, known, strict=True)]


def code_of(name: str) -> str:
    """A lasting code for a thing we know only by the name others gave it."""
    folded = " ".join(name.casefold().split())
    return f"im-{sha1(folded.encode(), usedforsecurity=False).hexdigest()[:12]}"
