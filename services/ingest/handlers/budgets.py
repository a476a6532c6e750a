"""How the tokens of sources stand in their budgets, for people to see."""

from collections.abc import Mapping
from uuid import UUID

from services.ingest.sources.base import SourceError
from services.ingest.sources.networks import Networks
from services.ingest.store import credentials
from shared.models.ingest import Source
from shared.networks.budget import Standing
from shared.networks.credentials import token_id
from shared.uow import UnitOfWork

Standings = Mapping[str, Mapping[UUID, Standing]]
"""Of each network, how each credential stands."""


async def standings(uow: UnitOfWork, networks: Networks) -> Standings:
    """Look the region's tokens up; nothing is known while the counters are silent."""
    found: dict[str, dict[UUID, Standing]] = {}
    try:
        for each in await credentials.listed(uow.session, uow.region_id):
            standing = (
                await networks.means.budget.standing(token_id(each))
                if each.state == "ok"
                else Standing(stopped=True)
            )
            found.setdefault(each.network, {})[each.id] = standing
    except SourceError:
        return {}
    return found


def standing_of(known: Standings, source: Source) -> Standing | None:
    """Say whether any token of a source may be used now; None when it needs none."""
    tokens = known.get(source.network, {})
    if source.kind != "page" or not tokens:
        return None
    chosen = tokens.get(source.credential_id) if source.credential_id else None
    usable = [chosen] if chosen else list(tokens.values())
    going = [each for each in usable if not each.stopped]
    if not going:
        return Standing(stopped=True)
    parked = [each.parked_until for each in going if each.parked_until is not None]
    return Standing(parked_until=min(parked) if len(parked) == len(going) else None)
