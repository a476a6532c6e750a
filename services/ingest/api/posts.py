"""Posts: pushed in, looked at, originals opened."""

import asyncio
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from services.ingest.deps import (
    Administrator,
    LimitsDep,
    Pushed,
    PushedDep,
    Reader,
    TriageWriter,
    VaultDep,
    WorkDep,
)
from services.ingest.domain.batch import (
    Batch,
    BatchMalformed,
    BatchTooLarge,
    BatchTooLong,
    parse_batch,
)
from services.ingest.handlers import archive, push
from services.ingest.schemas.posts import (
    PUSH_BODY,
    AddressAnswer,
    OpenOriginal,
    OriginalAnswer,
    PostAnswer,
    PushAnswer,
)
from services.ingest.schemas.problems import answers
from shared.errors import Invalid, Malformed, TooLarge

router = APIRouter(prefix="/ingest/posts", tags=["posts"])


@router.post(
    "",
    summary="Push posts",
    openapi_extra=PUSH_BODY,
    responses=answers(
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.TOO_MANY_REQUESTS,
    ),
)
async def push_posts(
    pushed: PushedDep, work: WorkDep, vault: VaultDep, limits: LimitsDep
) -> PushAnswer:
    """Take posts in, each line for itself; a bad line never loses the others.

    What is answered as accepted is stored. Send the same call again whenever the
    answer was lost: posts that are known count as duplicates. While too many posts
    wait to be matched nothing is taken: 429 says when to send again.
    """
    batch = await _read(pushed, work.clock())
    async with work.unit(pushed.principal.region_id, pushed.principal) as uow:
        await push.refuse_when_behind(uow, limits.most_waiting)
        if pushed.call is None:
            receipt = await push.receive_push(uow, batch, vault)
        else:
            receipt = await push.receive_once(uow, batch, vault, pushed.call)
    return PushAnswer.of(receipt)


async def _read(pushed: Pushed, now: datetime) -> Batch:
    """Parse in a thread: other requests go on meanwhile."""
    try:
        return await asyncio.to_thread(
            parse_batch, pushed.body, pushed.content_type, now=now
        )
    except BatchTooLarge as error:
        raise TooLarge(str(error)) from error
    except BatchTooLong as error:
        raise Invalid(str(error)) from error
    except BatchMalformed as error:
        raise Malformed(str(error)) from error


@router.get(
    "/{post_id}",
    summary="One post with its revisions and matches",
    responses=answers(HTTPStatus.NOT_FOUND),
)
async def get_post(post_id: UUID, uow: Reader) -> PostAnswer:
    """Show a post as it stands, redacted."""
    return PostAnswer.of(await archive.view_post(uow, post_id))


@router.post(
    "/{post_id}/original",
    summary="Open the sealed original of a post",
    responses=answers(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND),
)
async def open_original(
    post_id: UUID, asked: OpenOriginal, uow: Administrator, vault: VaultDep
) -> OriginalAnswer:
    """Show the text before redaction; who opened it and why is kept for good.

    For people, not for programs: a key has to be bound to a person.
    """
    revision, text = await archive.open_original(
        uow, vault, post_id, reason=asked.reason
    )
    return OriginalAnswer(revision=revision, text=text)


@router.post(
    "/{post_id}/address",
    summary="Open the sealed address of a post",
    responses=answers(HTTPStatus.NOT_FOUND),
)
async def open_address(
    post_id: UUID, uow: TriageWriter, vault: VaultDep
) -> AddressAnswer:
    """Show where a post stands; who opened it is kept for good.

    A sealed address names a person, so that no other answer has it. It is there for
    people who handle complaints, not for programs, and erased when raw payloads are.
    """
    return AddressAnswer(url=await archive.open_address(uow, vault, post_id))
