"""Pure rules of taking in: no storage, no clock, no network."""

from services.ingest.domain.batch import (
    LARGEST_BODY,
    MOST_LINES,
    Batch,
    BatchError,
    BatchMalformed,
    BatchTooLarge,
    BatchTooLong,
    PostLine,
    RejectedLine,
    parse_batch,
)
from services.ingest.domain.checks import Refused
from services.ingest.domain.files import (
    FileRefused,
    ImportedFile,
    ImportedIncident,
    ImportedRow,
    ImportOptions,
    RefusedRow,
    read_file,
)
from services.ingest.domain.posts import IncomingPost, Network, PostKind, parse_post
from services.ingest.domain.redaction import PersonalData, Redacted, Span, redact
from services.ingest.domain.versions import (
    CHANGES,
    Effect,
    Version,
    effect_of,
    fingerprint,
    version_of,
)

__all__ = [
    "CHANGES",
    "LARGEST_BODY",
    "MOST_LINES",
    "Batch",
    "BatchError",
    "BatchMalformed",
    "BatchTooLarge",
    "BatchTooLong",
    "Effect",
    "FileRefused",
    "ImportOptions",
    "ImportedFile",
    "ImportedIncident",
    "ImportedRow",
    "IncomingPost",
    "Network",
    "PersonalData",
    "PostKind",
    "PostLine",
    "Redacted",
    "Refused",
    "RefusedRow",
    "RejectedLine",
    "Span",
    "Version",
    "effect_of",
    "fingerprint",
    "parse_batch",
    "parse_post",
    "read_file",
    "redact",
    "version_of",
]
