"""Who may see what, and whether a caller acts on what they have read."""

from uuid import UUID

from services.triage.store import incidents
from shared.errors import Forbidden, NotFound, PreconditionFailed
from shared.identity.principal import Principal, Role
from shared.models.triage import Incident
from shared.uow import UnitOfWork

NO_AUTHORITY = ""
"""No authority has this code: an executor without one sees nothing."""


def authority_limit(principal: Principal) -> str | None:
    """Name the authority a caller is limited to; None for those who see all.

    An executor sees the incidents of the own authority, unless another role lets
    them see more. Keys without a role read what their scope allows.
    """
    if principal.roles == {Role.EXECUTOR}:
        return principal.authority or NO_AUTHORITY
    return None


def require_queue(principal: Principal) -> None:
    """Refuse the queue to executors: they answer, they do not choose."""
    if authority_limit(principal) is not None:
        raise Forbidden("An executor does not see the queue.")


def is_visible(incident: Incident, principal: Principal) -> bool:
    """Tell whether a caller may see an incident."""
    limit = authority_limit(principal)
    return limit is None or incident.authority == limit


async def locked_incident(uow: UnitOfWork, incident_id: UUID) -> Incident:
    """Lock an incident the principal may see; NotFound for all others alike."""
    found = await incidents.lock(uow.session, uow.region_id, incident_id)
    return _seen(found, incident_id, uow.principal)


async def incident(uow: UnitOfWork, incident_id: UUID) -> Incident:
    """Read an incident the principal may see; NotFound for all others alike."""
    found = await incidents.one(uow.session, uow.region_id, incident_id)
    return _seen(found, incident_id, uow.principal)


def _seen(found: Incident | None, incident_id: UUID, principal: Principal) -> Incident:
    if found is None or not is_visible(found, principal):
        raise NotFound("incident", incident_id)
    return found


def check_version(if_match: frozenset[str] | None, version: int) -> None:
    """Refuse to act on a thing that has changed since the caller read it."""
    if if_match is not None and str(version) not in if_match:
        raise PreconditionFailed(
            f"It has been changed meanwhile: the version is {version} now."
        )
