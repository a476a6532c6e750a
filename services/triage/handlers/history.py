"""One line of an incident's history, and the same in the audit log."""

from shared.models.triage import Incident, StatusChange
from shared.queue import Argument
from shared.uow import UnitOfWork


def note(
    uow: UnitOfWork,
    incident: Incident,
    action: str,
    *,
    shown: str | None = None,
    **detail: Argument,
) -> None:
    """Record what was done: `shown` is for people, `detail` for the audit log.

    The audit log gets codes and numbers only; texts stay in the tables.
    """
    uow.session.add(
        StatusChange(
            region_id=uow.region_id,
            incident_id=incident.id,
            at=uow.now,
            action=action,
            status=incident.status,
            actor_id=uow.principal.id,
            actor_name=uow.principal.name,
            detail=shown,
        )
    )
    uow.audit(
        f"incident.{action}",
        "incident",
        incident.id,
        number=incident.number,
        status=incident.status,
        **detail,
    )
