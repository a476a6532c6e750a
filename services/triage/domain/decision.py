"""The moderator's decision about a candidate: who may take it and what it needs."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.triage.domain.refusals import (
    Fault,
    FieldsMissing,
    NotAllowedNow,
    Refusal,
    RoleMissing,
)
from services.triage.domain.routing import Routing
from shared.identity.principal import Principal, Role


class CandidateStatus(StrEnum):
    NEW = "new"
    DECIDED = "decided"


class Decision(StrEnum):
    OPEN = "open"
    JOIN = "join"
    NOT_COMPLAINT = "not_complaint"
    NOISE = "noise"


class Tone(StrEnum):
    COMPLAINT = "complaint"
    QUESTION = "question"
    WISH = "wish"
    THANKS = "thanks"
    UNCONSTRUCTIVE = "unconstructive"
    ADVERT = "advert"
    SPAM = "spam"


DECIDERS: Final = frozenset({Role.ADMIN, Role.MODERATOR})
_LONGEST_TITLE: Final = 80
_SENTENCE_END: Final = re.compile(r"([\w-]*)([.!?…]+)\s|\n")
# A full stop after one of these stands inside an address or a name.
_SHORTENED: Final = frozenset(
    (  # noqa: SIM905 -- a list of one word a line would be a page
        "б г гг д дер долл зд им к кв корп м мин мкр наб обл п пер пл пос пр просп "
        "р-н руб рп с сел снт ст стр т тел тыс ул х ш эт"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Proposed:
    """Codes Otklik proposed; they hold where the moderator says nothing else."""

    topic: str | None = None
    municipality: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision as asked for, and, completed from the proposals, as taken."""

    decision: Decision
    topic: str | None = None
    municipality: str | None = None
    authority: str | None = None
    incident_id: UUID | None = None
    tone: Tone | None = None


def decide(
    status: CandidateStatus,
    asked: Decided,
    principal: Principal,
    proposed: Proposed,
    routing: Routing,
) -> Decided | Refusal:
    """Complete a decision from the proposals, or say why it is not taken.

    Moderators and administrators decide, each candidate once. To open an incident
    needs a topic; to join one needs to say which. What is not a complaint, or is
    noise, has not the tone of a complaint.
    """
    if not DECIDERS & principal.roles:
        return RoleMissing(DECIDERS)
    if status is not CandidateStatus.NEW:
        return NotAllowedNow(())
    completed = _completed(asked, proposed, routing)
    faults = _faults(completed)
    return FieldsMissing(faults) if faults else completed


def _completed(asked: Decided, proposed: Proposed, routing: Routing) -> Decided:
    if asked.decision is Decision.NOISE:
        return replace(asked, topic=None, authority=None, incident_id=None)
    placed = replace(
        asked,
        topic=asked.topic or proposed.topic,
        municipality=asked.municipality or proposed.municipality,
    )
    if asked.decision is not Decision.OPEN:
        return replace(placed, authority=None)
    rule = routing.route(placed.topic, placed.municipality)
    return replace(
        placed,
        authority=asked.authority or (rule.authority if rule else None),
        incident_id=None,
        tone=asked.tone or Tone.COMPLAINT,
    )


def _faults(decided: Decided) -> tuple[tuple[str, Fault], ...]:
    match decided.decision:
        case Decision.OPEN if not decided.topic:
            return (("topic", Fault.REQUIRED),)
        case Decision.JOIN if decided.incident_id is None:
            return (("incident_id", Fault.REQUIRED),)
        case Decision.NOT_COMPLAINT | Decision.NOISE if decided.tone is Tone.COMPLAINT:
            return (("tone", Fault.NOT_FITTING),)
        case _:
            return ()


def title_of(text: str) -> str:
    """A title from the first sentence of a post, cut between words."""
    words = " ".join(_first_sentence(text.strip()).split())
    if len(words) <= _LONGEST_TITLE:
        return words
    cut = words[: _LONGEST_TITLE - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" ,;:-") + "…"


def _first_sentence(text: str) -> str:
    for end in _SENTENCE_END.finditer(text):
        word, mark = end[1], end[2]
        if mark != "." or word.casefold() not in _SHORTENED:
            return text[: end.end()]
    return text
