"""A poll that failed: what is done about it is said by the kind of its error."""

from datetime import timedelta
from typing import Final

from services.ingest.domain.health import pause_after_failures
from services.ingest.handlers.poll_stored import POLL_JOB, with_unknown
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.store.sources import RUNG, pause_of
from shared.models.ingest import Source
from shared.uow import UnitOfWork

STOPS: Final = {
    ErrorKind.DISABLE: "disabled",
    ErrorKind.HUMAN: "paused",
    ErrorKind.REAUTH: "paused",
    ErrorKind.BUG: "paused",
}
"""Failures after which asking again is no use until a person has looked."""

_LONGEST: Final = 500
_SHORT: Final = timedelta(minutes=1)
"""Waiting for one's turn so long is nothing to tell a person about."""


def note(uow: UnitOfWork, source: Source, error: SourceError, dice: float) -> None:
    """Write a failure down and say when, or whether, the source is asked again."""
    match error.kind:
        case ErrorKind.SKIP_ITEM:
            _skip(uow, source, error)
        case ErrorKind.WAIT:
            _wait(uow, source, error)
        case ErrorKind.RETRY:
            _tell(uow, source, error)
            source.failures += 1
            source.next_poll_at = uow.now + _pause(source, error, dice)
        case _:
            _stop(uow, source, error)


def go_on(uow: UnitOfWork, source: Source) -> None:
    """Ask again at once, with another token than the one that was refused."""
    source.next_poll_at = uow.now + RUNG
    uow.ring(POLL_JOB, uow.region_id, str(source.id))


def _tell(uow: UnitOfWork, source: Source, error: SourceError) -> None:
    source.error_kind, source.error_code = error.kind.value, error.code
    source.last_error = str(error)[:_LONGEST]
    source.remarks = []
    source.failing_since = source.failing_since or uow.now


def _skip(uow: UnitOfWork, source: Source, error: SourceError) -> None:
    name = f"skipped {error.code or 'item'}"
    source.unknown = with_unknown(source.unknown, {name: 1})
    source.next_poll_at = uow.now + pause_of(source)


def _wait(uow: UnitOfWork, source: Source, error: SourceError) -> None:
    wait = pause_of(source) if error.retry_after is None else error.retry_after
    if wait >= _SHORT:
        _tell(uow, source, error)
    source.next_poll_at = uow.now + wait


def _pause(source: Source, error: SourceError, dice: float) -> timedelta:
    """Wait as the server asks, else twice as long after each failure, up to a day."""
    if error.retry_after is not None:
        return error.retry_after
    return pause_after_failures(pause_of(source), source.failures, dice)


def _stop(uow: UnitOfWork, source: Source, error: SourceError) -> None:
    _tell(uow, source, error)
    source.failures += 1
    source.state, source.stop_reason = STOPS[error.kind], error.kind.value
    source.next_poll_at = None
    uow.audit(
        "source.stopped",
        "source",
        source.id,
        state=source.state,
        reason=error.kind.value,
        code=error.code,
    )
