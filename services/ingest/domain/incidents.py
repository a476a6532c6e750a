"""An imported incident as triage gets it and as it is kept beside its post."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from services.ingest.domain.files import ImportedIncident

Redact = Callable[[str], str]

_CLOSED_STEP: Final = "готово"
_KEPT: Final = (
    "number",
    "executor",
    "settlement",
    "street",
    "house",
    "step",
    "tags",
    "note",
    "flags",
    "extra",
)


def status_of(incident: ImportedIncident) -> str:
    """Say how the incident stands, by its step and by what has happened."""
    step = (incident.step or "").strip().lower()
    if incident.closed_at or step == _CLOSED_STEP:
        return "closed"
    return "published" if incident.first_answer_at else "assigned"


def kept_beside_post(incident: ImportedIncident, redact: Redact) -> dict[str, Any]:
    """Everything that has no field in the message to triage, redacted, as JSON."""
    fields = asdict(incident)
    kept = {name: redacted(fields[name], redact) for name in _KEPT if fields[name]}
    moments = {name: each.isoformat() for name, each in incident.moments.items()}
    durations = {
        name: each.total_seconds() for name, each in incident.durations.items()
    }
    times = {"moments": moments, "durations": durations}
    return kept | {name: value for name, value in times.items() if value}


def redacted(value: Any, redact: Redact) -> Any:  # noqa: ANN401 -- whatever JSON can carry
    """Redact the texts in a value, and in what it holds."""
    return each_text(value, lambda text: redact(storable_text(text)))


def storable(value: Any) -> Any:  # noqa: ANN401 -- whatever JSON can carry
    """Make the texts in a value such as the database can keep."""
    return each_text(value, storable_text)


def storable_text(text: str) -> str:
    """Replace NUL and lone surrogates."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def each_text(value: Any, change: Redact) -> Any:  # noqa: ANN401 -- whatever JSON can carry
    """Change every text in a value, names of fields not."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {
            storable_text(name): each_text(each, change) for name, each in value.items()
        }
    if isinstance(value, list):
        return [each_text(each, change) for each in value]
    return value
