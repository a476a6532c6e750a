"""Calls to services/triage: the queue, the incidents, the reference lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from web.clients.base import Caller, Params
from web.shapes.base import Listing, Named
from web.shapes.triage import (
    Candidate,
    CandidatePage,
    Decided,
    Incident,
    IncidentPage,
)


class NamedList(Listing):
    """A reference list."""

    items: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Triage:
    """What a person may ask of services/triage."""

    call: Caller

    async def candidates(self, params: Params) -> CandidatePage:
        """One page of the queue."""
        return await self.call.get("/triage/candidates", CandidatePage, params)

    async def candidate(self, candidate_id: str) -> Candidate:
        """One candidate with its similar incidents."""
        return await self.call.get(_path("candidates", candidate_id), Candidate)

    async def decide(
        self, candidate_id: str, body: Mapping[str, object], version: int | None
    ) -> Decided:
        """Record a person's decision."""
        path = f"{_path('candidates', candidate_id)}/decision"
        return await self.call.post(path, Decided, body, version)

    async def incidents(self, params: Params) -> IncidentPage:
        """One page of incidents."""
        return await self.call.get("/triage/incidents", IncidentPage, params)

    async def incident(self, incident_id: str) -> Incident:
        """The whole case."""
        return await self.call.get(_path("incidents", incident_id), Incident)

    async def open_incident(self, body: Mapping[str, object]) -> Incident:
        """Open an incident by hand."""
        return await self.call.post("/triage/incidents", Incident, body)

    async def advance(
        self,
        incident_id: str,
        transition: str,
        body: Mapping[str, object],
        version: int | None,
    ) -> Incident:
        """Take one transition; the services know which are allowed."""
        path = f"{_path('incidents', incident_id)}/{transition}"
        return await self.call.post(path, Incident, body, version)

    async def reference(self, kind: str) -> tuple[Named, ...]:
        """A reference list: topics, authorities or municipalities."""
        answer = await self.call.get(f"/triage/{kind}", NamedList)
        return answer.items


def _path(kind: str, thing_id: str) -> str:
    return f"/triage/{kind}/{quote(thing_id, safe='')}"
