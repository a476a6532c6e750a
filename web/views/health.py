"""How a source is, in one word that also fits what is never asked."""

from web.deliveries import WEBHOOK
from web.shapes.watching import Watched
from web.troubles import BY_ITSELF, KEYLESS, SILENT

_NO_TOKEN = "otklik:no-token"  # noqa: S105 -- a code, no secret
ASKED = frozenset({"feed", "page"})
"""Kinds of sources that are polled; the others come to us."""


def health_of(source: Watched) -> str:
    """One word for how a source is; what comes by itself is not waited for."""
    if source.error_code == _NO_TOKEN and source.health in {"gone", "token"}:
        return KEYLESS
    if source.health != "new" or source.kind in ASKED:
        return source.health
    return SILENT if source.kind == WEBHOOK else BY_ITSELF
