"""Expected failures by meaning; `shared.http` alone knows their HTTP numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class OtklikError(Exception):
    """A failure the caller can understand and act on."""

    slug = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(OtklikError):
    """The thing does not exist, or belongs to another region: the same answer."""

    slug = "not-found"

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(f"There is no {kind} {key} in this region.")


class Conflict(OtklikError):
    """The request is fine but the thing is not in a state that allows it."""

    slug = "conflict"

    def __init__(self, message: str, *, allowed: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.allowed = tuple(allowed)


class PreconditionFailed(OtklikError):
    """Somebody changed the thing since the caller read it (If-Match)."""

    slug = "changed-meanwhile"


class Unauthenticated(OtklikError):
    """No credential, or one that is wrong, expired or revoked."""

    slug = "unauthenticated"


class Forbidden(OtklikError):
    """The caller is known but may not do this."""

    slug = "forbidden"


class NamedPersonRequired(Forbidden):
    """Only a named person may do this (product.md, Conduct 3)."""

    slug = "named-person-required"


class TooLarge(OtklikError):
    """The request is larger than the documented limit."""

    slug = "too-large"


class TooSlow(OtklikError):
    """The body of a request did not come within the time there is for it."""

    slug = "too-slow"


class TooManyRequests(OtklikError):
    """The caller must wait; `retry_after` is in seconds."""

    slug = "too-many-requests"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UnsupportedMedia(OtklikError):
    """The body is of a kind this endpoint does not read."""

    slug = "unsupported-media-type"


class Malformed(OtklikError):
    """The body as a whole cannot be read (broken JSON, wrong encoding)."""

    slug = "malformed"


class Unavailable(OtklikError):
    """A part we depend on does not answer; nothing was changed."""

    slug = "unavailable"


@dataclass(frozen=True)
class FieldProblem:
    """One field and what is wrong with it, in English, for API callers.

    `position` counts characters from 0 where a text goes wrong; `code` is stable;
    `said` tells people by language: what is wrong, expected, suggested.
    """

    field: str
    message: str
    position: int | None = None
    code: str | None = None
    said: Mapping[str, Mapping[str, str]] | None = None


class Invalid(OtklikError):
    """One or more fields do not hold what they must."""

    slug = "invalid"

    def __init__(self, message: str, *fields: FieldProblem) -> None:
        super().__init__(message)
        self.fields = fields


def invalid(field: str, message: str) -> Invalid:
    """Build the usual one-field `Invalid`."""
    return Invalid(f"{field}: {message}", FieldProblem(field, message))
