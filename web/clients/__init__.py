"""Typed calls to the services' REST API, the only way web reads or writes.

`Api` is one person's view of the services: it carries their session token, so the
services decide what may be seen and done.
"""

from dataclasses import dataclass
from typing import Self

import httpx

from web.clients.base import ApiError, Caller
from web.clients.ingest import Ingest
from web.clients.official import Official
from web.clients.reports import Reports
from web.clients.rules import Rules
from web.clients.triage import Triage
from web.clients.watching import Watching

__all__ = ["Api", "ApiError"]


@dataclass(frozen=True, slots=True)
class Api:
    """The three services as one signed-in person may use them."""

    ingest: Ingest
    rules: Rules
    triage: Triage
    reports: Reports
    watching: Watching
    official: Official

    @classmethod
    def for_person(cls, http: httpx.AsyncClient, token: str) -> Self:
        """Bind the shared HTTP client to one session."""
        caller = Caller(http, token)
        return cls(
            Ingest(caller),
            Rules(caller),
            Triage(caller),
            Reports(caller),
            Watching(caller),
            Official(caller),
        )
