"""Takes personal data out of free text: contacts, numbers, flats, names of people."""

from services.ingest.domain.redaction.marks import (
    MARKS,
    NameKind,
    NameKindOf,
    PersonalData,
    Redacted,
    Span,
)
from services.ingest.domain.redaction.redactor import redact

__all__ = [
    "MARKS",
    "NameKind",
    "NameKindOf",
    "PersonalData",
    "Redacted",
    "Span",
    "redact",
]
