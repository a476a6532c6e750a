"""Routes of the reports service: parse, ask a handler, answer."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.reports import handlers, schemas, store
from services.reports.deps import Administrator, Question, Reader
from shared import dead_letters

router = APIRouter(prefix="/reports", tags=["reports"])


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the errors of an operation."""
    return {
        status: {
            "description": REFUSED[status],
            "content": {"application/problem+json": {"schema": PROBLEM}},
        }
        for status in (401, 403, *statuses, 503)
    }


PROBLEM = schemas.Problem.model_json_schema()
REFUSED = {
    401: "No credential, or one that is no longer good.",
    403: "The credential lacks the scope, or its region is not named.",
    404: "There is no such thing in this region.",
    422: "A parameter does not hold what it must.",
    503: "A part we depend on does not answer; nothing was changed.",
}


@router.get(
    "/kpi",
    summary="Figures of a period, by day, authority and municipality",
    responses=refusals(422),
)
async def kpi(uow: Reader, asked: Question) -> schemas.Kpi:
    """Complaints, incidents, answers, share in time, median and p90, overdue now.

    Days are those of the region's time zone. Rows with fewer than five answers are
    flagged `low_volume`; nothing is ranked.
    """
    return schemas.kpi_out(await handlers.report(uow, asked))


@router.get(
    "/kpi.csv",
    summary="The same figures as a file for a spreadsheet",
    response_class=Response,
    responses={
        200: {
            "description": "UTF-8 with a byte order mark, semicolons; one table with "
            "the sections total, day, authority and municipality. In Russian a "
            "decimal comma, in English a decimal point. Texts that a spreadsheet "
            "would run as a formula carry an apostrophe in front.",
            "content": {
                "text/csv": {
                    "schema": {"type": "string"},
                    "example": "Section;Code;Name;Complaints;…\r\nTotal;;;41;…\r\n",
                }
            },
        },
        **refusals(422),
    },
)
async def kpi_csv(
    uow: Reader,
    asked: Question,
    lang: Annotated[
        Literal["ru", "en"], Query(description="Language of the header.")
    ] = "ru",
) -> Response:
    """Hand the report out; who took it is written to the audit log."""
    name, content = await handlers.export_csv(uow, asked, language=lang)
    return Response(
        content,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get(
    "/definitions",
    summary="What each figure means, in words, versioned",
    responses=refusals(422),
)
async def definitions(
    uow: Reader,
    version: Annotated[
        int | None,
        Query(
            ge=1,
            le=100_000,
            description="An earlier dictionary; by default the one in force.",
        ),
    ] = None,
) -> schemas.Dictionary:
    """The dictionary is data: a changed formula is a new version, the old one stays."""
    entries = await store.definitions(uow.session, until=version)
    return schemas.Dictionary(
        version=max((entry.version for entry in entries), default=0),
        definitions=[schemas.Definition.model_validate(entry) for entry in entries],
    )


@router.get(
    "/status",
    summary="How many facts there are, and what is stuck on its way",
    responses=refusals(),
)
async def status(uow: Reader) -> schemas.Status:
    """Tell whether the figures are complete."""
    incidents, candidates = await store.fact_counts(uow.session, region=uow.region_id)
    waiting = await dead_letters.waiting(uow.session, uow.schema, uow.region_id)
    return schemas.Status(
        incidents=incidents,
        candidates=candidates,
        outbox=waiting.outbox,
        dead_letters=waiting.dead_letters,
    )


@router.get(
    "/dead-letters",
    summary="Messages that could not be taken in, with their errors",
    responses=refusals(),
)
async def letters(uow: Administrator) -> schemas.Letters:
    """The newest 100 of the region; only an administrator may see them."""
    found = await dead_letters.listed(uow.session, uow.schema, uow.region_id)
    return schemas.Letters(
        items=[schemas.Letter.model_validate(letter) for letter in found]
    )


@router.post(
    "/dead-letters/{letter_id}/replay",
    summary="Send such a message again",
    status_code=202,
    responses=refusals(404, 422),
)
async def replay(
    uow: Administrator,
    letter_id: Annotated[UUID, Path(description="From the list of dead letters.")],
) -> schemas.Replayed:
    """The next sweep (within 10 s) takes it along; the replay is audited."""
    await handlers.replay_letter(uow, letter_id)
    return schemas.Replayed(id=letter_id)


@router.post(
    "/rebuild",
    summary="Count the daily roll-up anew from the facts",
    status_code=202,
    responses=refusals(),
)
async def rebuild(uow: Administrator) -> schemas.Rebuilt:
    """Needed after the region's time zone was changed; the worker does it at once."""
    handlers.ask_for_rebuild(uow)
    return schemas.Rebuilt()
