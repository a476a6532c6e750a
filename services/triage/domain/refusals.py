"""Why something was not done: values, so that callers have to look at them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from shared import errors
from shared.identity.principal import Role


class Fault(StrEnum):
    """What is wrong with a field; the value is a code for translation."""

    REQUIRED = "required"
    NOT_A_LINK = "not_a_link"
    NOT_IN_THE_FUTURE = "not_in_the_future"
    NOT_FITTING = "not_fitting"


@dataclass(frozen=True, slots=True)
class NotAllowedNow:
    """The thing is not in a state for this; `allowed` is what the caller may do."""

    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoleMissing:
    """One of these roles is needed; an executor's counts for the own authority."""

    needed: frozenset[Role]


@dataclass(frozen=True, slots=True)
class NamedPersonRequired:
    """A program may not do this, only a person (product.md, Conduct 3)."""


@dataclass(frozen=True, slots=True)
class OwnText:
    """Four eyes: the author of a text may not approve it."""


@dataclass(frozen=True, slots=True)
class FieldsMissing:
    """Fields that are missing or do not hold what they must."""

    faults: tuple[tuple[str, Fault], ...]


Refusal: TypeAlias = (
    NotAllowedNow | RoleMissing | NamedPersonRequired | OwnText | FieldsMissing
)

_MESSAGES: Final = {
    Fault.REQUIRED: "must be given",
    Fault.NOT_A_LINK: "must be a web address (http or https)",
    Fault.NOT_IN_THE_FUTURE: "must be a date in the future",
    Fault.NOT_FITTING: "does not fit the decision",
}


def as_error(refusal: Refusal) -> errors.OtklikError:
    """Say the refusal as the error the edge answers with."""
    match refusal:
        case NotAllowedNow(allowed):
            return errors.Conflict("This cannot be done now.", allowed=allowed)
        case RoleMissing(needed):
            roles = ", ".join(sorted(needed)) or "Otklik itself"
            return errors.Forbidden(f"Only these may do this: {roles}.")
        case NamedPersonRequired():
            return errors.NamedPersonRequired("Only a named person may do this.")
        case OwnText():
            return errors.Forbidden("The author of a text may not approve it.")
        case FieldsMissing(faults):
            problems = [
                errors.FieldProblem(field, _MESSAGES[fault]) for field, fault in faults
            ]
            told = "; ".join(f"{p.field} {p.message}" for p in problems)
            return errors.Invalid(f"{told}.", *problems)
