"""The post, answers and history of an incident from another system."""

from collections.abc import Iterable

from services.triage.domain.imported import Stage
from services.triage.domain.states import Status
from services.triage.handlers.replies import fingerprint
from shared.contracts import HandledIncident
from shared.models.triage import (
    Incident,
    IncidentPost,
    Reply,
    ReplyVersion,
    StatusChange,
)
from shared.uow import UnitOfWork

IMPORT = "import"


def add_history(uow: UnitOfWork, incident: Incident, stages: Iterable[Stage]) -> None:
    """Write down what happened elsewhere, at the moments it happened."""
    uow.session.add_all(
        StatusChange(
            region_id=uow.region_id,
            incident_id=incident.id,
            at=stage.at,
            action=IMPORT,
            status=stage.status,
            actor_name=uow.principal.name,
            detail=incident.imported_number,
        )
        for stage in stages
    )


def post(uow: UnitOfWork, incident: Incident, told: HandledIncident) -> IncidentPost:
    """Copy the resident's post."""
    return IncidentPost(
        region_id=uow.region_id,
        post_id=told.post_id,
        incident_id=incident.id,
        revision=0,
        network=told.network,
        kind="post",
        source_name="",
        url=told.url,
        text=told.text,
        matches=[],
        published_at=told.published_at,
        received_at=told.created_at,
        joined_at=uow.now,
    )


async def add_replies(
    uow: UnitOfWork, incident: Incident, told: HandledIncident
) -> None:
    """Keep the answers as published rounds; only of the first is the moment known."""
    replies = [
        Reply(
            region_id=uow.region_id,
            incident_id=incident.id,
            round=number,
            status=Status.PUBLISHED,
            text_version=1,
            text_hash=fingerprint(text),
            published_at=told.first_answer_at or told.closed_at or told.created_at,
            imported=True,
        )
        for number, text in enumerate(told.answers, 1)
    ]
    if not replies:
        return
    uow.session.add_all(replies)
    await uow.session.flush()
    uow.session.add_all(
        ReplyVersion(
            region_id=uow.region_id,
            reply_id=reply.id,
            n=1,
            text=text,
            author_name=told.authority or "",
            created_at=reply.published_at or told.created_at,
        )
        for reply, text in zip(replies, told.answers, strict=True)
    )
