"""Calls to services/reports: figures and their CSV."""

from dataclasses import dataclass

from web.clients.base import Caller, Params
from web.shapes.reports import Dictionary, Kpi


@dataclass(frozen=True, slots=True)
class Reports:
    """What a person may ask of services/reports."""

    call: Caller

    async def kpi(self, params: Params) -> Kpi:
        """Figures of a period."""
        return await self.call.get("/reports/kpi", Kpi, params)

    async def definitions(self) -> Dictionary:
        """What each figure means."""
        return await self.call.get("/reports/definitions", Dictionary)

    async def kpi_csv(self, params: Params) -> bytes:
        """The same figures as a file."""
        filled = {name: value for name, value in params.items() if value}
        response = await self.call.send("GET", "/reports/kpi.csv", params=filled)
        return response.content
