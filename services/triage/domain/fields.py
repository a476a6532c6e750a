"""What an action on an incident is told, and whether that is enough."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from services.triage.domain.refusals import Fault
from services.triage.domain.states import Field


class Kind(StrEnum):
    """Whether the problem of an incident can be solved at all."""

    SOLVABLE = "solvable"
    NOT_SOLVABLE = "not_solvable"
    INFORMATIONAL = "informational"


class Outcome(StrEnum):
    SOLVED = "solved"
    EXPLAINED = "explained"
    POSTPONED = "postponed"
    NOT_SOLVED = "not_solved"


class ClosingReason(StrEnum):
    AUTHOR_SATISFIED = "author_satisfied"
    NO_REPLY_FROM_AUTHOR = "no_reply_from_author"
    DIALOGUE_POINTLESS = "dialogue_pointless"
    DONE = "done"


class Mistake(StrEnum):
    """Why an incident should never have been opened."""

    WRONG_CANDIDATE = "wrong_candidate"
    DUPLICATE = "duplicate"
    NOT_A_COMPLAINT = "not_a_complaint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """Everything an action may be told; each needs only its own fields."""

    authority: str | None = None
    text: str | None = None
    remark: str | None = None
    link: str | None = None
    outcome: Outcome | None = None
    closing_reason: ClosingReason | None = None
    promised_on: date | None = None
    proof: str | None = None
    reason: str | None = None
    looked: bool = False
    mistake: Mistake | None = None
    incident_id: UUID | None = None


NOTHING: Final = Details()


def fault_of(field: Field, details: Details, today: date) -> Fault | None:
    """Say what is wrong with a required field, given the others."""
    match field:
        case Field.LINK:
            return _fault_of_link(details.link)
        case Field.PROMISED_ON:
            return _fault_of_promise(details, today)
        case Field.PROOF:
            solved = details.outcome is Outcome.SOLVED
            return _fault_of_text(details.proof) if solved else None
        case Field.LOOKED:
            return None if details.looked else Fault.REQUIRED
        case Field.INCIDENT:
            return _fault_of_duplicate(details)
        case _:
            return _fault_of_text(_PLAIN[field](details))


_PLAIN: Final[dict[Field, Callable[[Details], str | None]]] = {
    Field.AUTHORITY: lambda details: details.authority,
    Field.TEXT: lambda details: details.text,
    Field.REMARK: lambda details: details.remark,
    Field.OUTCOME: lambda details: details.outcome,
    Field.CLOSING_REASON: lambda details: details.closing_reason,
    Field.REASON: lambda details: details.reason,
    Field.MISTAKE: lambda details: details.mistake,
}


def _fault_of_text(text: str | None) -> Fault | None:
    return None if text and text.strip() else Fault.REQUIRED


def _fault_of_link(link: str | None) -> Fault | None:
    if not link or not link.strip():
        return Fault.REQUIRED
    try:
        parts = urlsplit(link)
    except ValueError:
        return Fault.NOT_A_LINK
    is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    return (
        None if is_web and link.isprintable() and " " not in link else Fault.NOT_A_LINK
    )


def _fault_of_duplicate(details: Details) -> Fault | None:
    """What an incident repeats must be named, and only then."""
    is_named = details.incident_id is not None
    if details.mistake is Mistake.DUPLICATE:
        return None if is_named else Fault.REQUIRED
    return Fault.NOT_FITTING if is_named else None


def _fault_of_promise(details: Details, today: date) -> Fault | None:
    """A promise belongs to "postponed": there it must lie ahead."""
    if details.outcome is not Outcome.POSTPONED:
        return None if details.promised_on is None else Fault.NOT_FITTING
    if details.promised_on is None:
        return Fault.REQUIRED
    return None if details.promised_on > today else Fault.NOT_IN_THE_FUTURE
