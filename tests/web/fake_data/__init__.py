"""Invented data of an invented region, in the shapes of the REST API."""

from tests.web.fake_data.archive import FACETS, archive
from tests.web.fake_data.basics import AUTHORITIES, NOW, PLACES, TOPICS, iso, named
from tests.web.fake_data.candidates import SIMILAR, candidates
from tests.web.fake_data.figures import definitions, kpi
from tests.web.fake_data.incidents import ALLOWED, incidents
from tests.web.fake_data.watching import (
    credentials,
    figures,
    preview,
    recognised,
    sources,
    tested,
    watched,
)

__all__ = [
    "ALLOWED",
    "AUTHORITIES",
    "FACETS",
    "NOW",
    "PLACES",
    "SIMILAR",
    "TOPICS",
    "archive",
    "candidates",
    "credentials",
    "definitions",
    "figures",
    "incidents",
    "iso",
    "kpi",
    "named",
    "preview",
    "recognised",
    "sources",
    "tested",
    "watched",
]
