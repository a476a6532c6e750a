"""Importing the file: choose, look at what was understood, map, take in, watch."""

from fastapi import APIRouter
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.clients import ApiError
from web.clients.ingest import Upload
from web.deps import FormDep, Member, MemberDep
from web.languages import N_
from web.pages.asked import texts
from web.render import SEE_OTHER, go, render
from web.views import imports as views
from web.views.notices import Notice, incomplete, refused

router = APIRouter()
PROFILES = ("auto", "im47")
_MAX_CLIENT_ERROR = 499
_MAP = "map:"
_SKIP = "-"


@router.get("/imports", name="imports")
async def new(request: Request, member: MemberDep) -> Response:
    """Ask for a file."""
    return await _choose(request, member)


@router.post("/imports")
async def preview(request: Request, member: MemberDep, form: FormDep) -> Response:
    """Have the file read and checked, and show what was understood."""
    entered, file = texts(form), form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        notice = incomplete(member.language, {"file": N_("Choose a file.")})
        return await _choose(request, member, notice, entered, 422)
    profile = entered.get("profile", "")
    upload = Upload(
        file.filename,
        await file.read(),
        file.content_type or "application/octet-stream",
    )
    try:
        read = await member.api.ingest.preview(
            upload, profile if profile in PROFILES else PROFILES[0]
        )
    except ApiError as error:
        if error.status > _MAX_CLIENT_ERROR:
            raise
        notice = refused(error, member.language)
        return await _choose(request, member, notice, entered, error.status)
    return await render(
        request,
        "imports/preview.html",
        "imports/_preview.html",
        file_name=file.filename,
        read=views.preview(read, member.show),
        fields=views.fields(member.language),
    )


@router.post("/imports/{import_id}/commit", name="import_commit")
async def commit(
    import_id: str, request: Request, member: MemberDep, form: FormDep
) -> Response:
    """Take the file in with the chosen columns."""
    try:
        await member.api.ingest.commit(import_id, _mapping(texts(form)))
    except ApiError as error:
        if error.status > _MAX_CLIENT_ERROR:
            raise
        notice = refused(error, member.language)
        return await _progress(request, member, import_id, notice, error.status)
    return await go(request, f"/imports/{import_id}")


@router.get("/imports/{import_id}", name="import")
async def show(import_id: str, request: Request, member: MemberDep) -> Response:
    """Show how far an import has come; the fragment asks again while it runs."""
    return await _progress(request, member, import_id)


@router.get("/imports/{import_id}/commit")
async def after_reload(import_id: str) -> Response:
    """Lead a reloaded commit address to the progress page."""
    return RedirectResponse(f"/imports/{import_id}", SEE_OTHER)


def _mapping(entered: dict[str, str]) -> dict[str, str | None]:
    """Say which field each column holds: None leaves it out, no word keeps it aside."""
    return {
        name.removeprefix(_MAP): None if value == _SKIP else value
        for name, value in entered.items()
        if name.startswith(_MAP) and value
    }


async def _progress(
    request: Request,
    member: Member,
    import_id: str,
    notice: Notice | None = None,
    status: int = 200,
) -> Response:
    state = await member.api.ingest.import_state(import_id)
    return await render(
        request,
        "imports/show.html",
        "imports/_progress.html",
        status=status,
        notice=notice,
        progress=views.progress(state, member.show),
    )


async def _choose(
    request: Request,
    member: Member,
    notice: Notice | None = None,
    entered: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    return await render(
        request,
        "imports/index.html",
        "imports/_form.html",
        status=status,
        notice=notice,
        profile=(entered or {}).get("profile", PROFILES[0]),
        recognised=[member.language.say(text) for text in views.RECOGNISED],
    )
