"""Sources as rows of their table."""

from dataclasses import dataclass

from web import words
from web.formats import Formats, Moment
from web.shapes.ingest import Source
from web.views.candidates import web_address


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source in its table."""

    id: str
    name: str
    kind: words.Label | None
    network: words.Label | None
    url: str | None
    intake: words.Label | None
    state: words.Label | None
    error: str | None
    polled: Moment | None


def source_row(source: Source, show: Formats) -> SourceRow:
    """Make a source ready; a failing one says why."""
    state = source.state
    if state == "active" and source.last_error:
        state = "failing"
    return SourceRow(
        id=str(source.id),
        name=source.name,
        kind=words.label(words.SOURCE_KINDS, source.kind, show.language),
        network=words.label(words.NETWORKS, source.network, show.language),
        url=web_address(source.url),
        intake=words.label(words.INTAKES, source.intake, show.language),
        state=words.label(words.SOURCE_STATES, state, show.language),
        error=source.last_error,
        polled=show.moment(source.last_ok_at) if source.last_ok_at else None,
    )
