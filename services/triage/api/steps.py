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
    FoundIn,
    LookedIn,
    PublishIn,
    ReopenIn,
    ReturnIn,
    WithdrawIn,
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
            publishers=self._kit.publishers,
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

    `via=page`: the status is `publishing` until the page has taken the reply; when it
    refuses, the status is `approved` again with `publish_error`, and
    `awaiting_approval` when the post was edited after the approval. Where an answer
    stands already, 422 names `further`. How it stands is told in `postings`.
    """
    return await case.act(body.step())


@router.post("/found", summary="Say where an answer stands that was not heard of")
async def found(case: TheCase, body: FoundIn) -> Incident:
    """Settle an `unknown` posting: it is public, here is its link. Needs a person."""
    return await case.act(body.step())


@router.post("/send-again", summary="Send an answer again that is not there")
async def send_again(case: TheCase, body: LookedIn) -> Incident:
    """Settle an `unknown` posting: somebody has `looked`, it is not there."""
    return await case.act(body.step(Action.SEND_AGAIN))


@router.post("/take-back", summary="Stop an answer that waits to be sent")
async def take_back(case: TheCase, body: LookedIn | None = None) -> Incident:
    """Cancel a waiting posting, or an `unknown` one somebody has `looked` for."""
    return await case.act((body or LookedIn()).step(Action.TAKE_BACK))


@router.post("/close", summary="Close the incident")
async def close(case: TheCase, body: CloseIn) -> Incident:
    """Say how it ended; only a published answer lets an incident be closed."""
    return await case.act(body.step())


@router.post("/withdraw", summary="Withdraw an incident opened by mistake")
async def withdraw(case: TheCase, body: WithdrawIn) -> Incident:
    """End an incident that should never have been opened, with the reason.

    Only before anything is published. Its posts go back to the queue with their
    clock (`wrong_candidate`), join another incident (`duplicate`) or are set aside
    (`not_a_complaint`). Reports leave it out and count it as withdrawn.
    """
    return await case.act(body.step())


@router.post("/reopen", summary="Open the incident again")
async def reopen(case: TheCase, body: ReopenIn) -> Incident:
    """Give the case back to its authority, with the reason."""
    return await case.act(body.step())
