"""The actions on an incident over HTTP: one POST each, all answer the whole case."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.triage import handlers
from services.triage.api.common import problems
from services.triage.api.incidents import answer
from services.triage.deps import IfMatch, KitDep, Writer
from services.triage.domain.states import Action
from services.triage.handlers import Step
from services.triage.schemas.case import Incident
from services.triage.schemas.steps import (
    ApproveIn,
    AssignIn,
    CloseIn,
    DraftIn,
    PublishIn,
    ReopenIn,
    ReturnIn,
)

router = APIRouter(
    prefix="/triage/incidents/{incident_id}",
    tags=["incidents"],
    responses=problems(400, 404, 409, 412, 422),
)


class Case:
    """The incident of the path, who acts on it, and how the answer is made."""

    def __init__(
        self,
        incident_id: UUID,
        uow: Writer,
        kit: KitDep,
        if_match: IfMatch,
        response: Response,
    ) -> None:
        self._id, self._uow, self._kit = incident_id, uow, kit
        self._if_match, self._response = if_match, response

    async def act(self, step: Step) -> Incident:
        """Do the step and answer the case as it stands then."""
        await handlers.act(
            self._uow,
            self._id,
            step,
            if_match=self._if_match,
            publisher=self._kit.publisher,
        )
        return await answer(self._uow, self._kit, self._id, self._response)


TheCase = Annotated[Case, Depends(Case, scope="function")]


@router.post("/assign", summary="Assign an authority")
async def assign(case: TheCase, body: AssignIn) -> Incident:
    """Say which authority must answer, and perhaps which person there."""
    return await case.act(body.step())


@router.post("/draft", summary="Save a draft")
async def draft(case: TheCase, body: DraftIn) -> Incident:
    """Keep a new version of the reply; an approval given before falls."""
    return await case.act(body.step(Action.DRAFT))


@router.post("/submit", summary="Send the reply for approval")
async def submit(case: TheCase, body: DraftIn | None = None) -> Incident:
    """Ask for approval of the newest draft, or of the text sent along."""
    return await case.act((body or DraftIn()).step(Action.SUBMIT))


@router.post("/return", summary="Return the reply with a remark")
async def send_back(case: TheCase, body: ReturnIn) -> Incident:
    """Say what must change. Needs a named person: a key without one gets 403."""
    return await case.act(body.step())


@router.post("/approve", summary="Approve the reply")
async def approve(case: TheCase, body: ApproveIn | None = None) -> Incident:
    """Let the newest version be published. Needs a named person other than its author.

    A key that is not bound to a person gets 403 `named-person-required`.
    """
    del body
    return await case.act(Step(action=Action.APPROVE))


@router.post("/publish", summary="Publish the approved reply")
async def publish(case: TheCase, body: PublishIn) -> Incident:
    """Publish the approved version, once, or note where a person has published it.

    `via=sandbox`: the status is `publishing` until the page has taken the reply;
    after repeated failures it is `approved` again with `publish_error`.
    """
    return await case.act(body.step())


@router.post("/close", summary="Close the incident")
async def close(case: TheCase, body: CloseIn) -> Incident:
    """Say how it ended; only a published answer lets an incident be closed."""
    return await case.act(body.step())


@router.post("/reopen", summary="Open the incident again")
async def reopen(case: TheCase, body: ReopenIn) -> Incident:
    """Give the case back to its authority, with the reason."""
    return await case.act(body.step())
