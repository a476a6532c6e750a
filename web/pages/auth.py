"""Sign-in, sign-out, and the way to each person's first page."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.deps import FormDep, MemberDep
from web.identity import SessionToken, SignedIn, TooManyAttempts
from web.links import is_local
from web.pages.asked import texts
from web.render import SEE_OTHER, render, set_cookie
from web.views.notices import Notice
from web.visit import SESSION_COOKIE, parts_of, visit_of

router = APIRouter()
_UNAUTHORISED = 401
_TOO_MANY = 429
_FIRST_PAGES = (
    ("/queue", ("moderator",)),
    ("/approvals", ("approver",)),
    ("/incidents", ("executor",)),
    ("/report", ("leader",)),
    ("/archive", ("auditor",)),
)


@router.get("/", name="home")
async def home(member: MemberDep) -> Response:
    """Open the page that this person works on."""
    return RedirectResponse(first_page(member.user), SEE_OTHER)


@router.get("/sign-in", name="sign_in")
async def show_sign_in(request: Request) -> Response:
    """Ask for login and password."""
    visit = await visit_of(request)
    if visit.user:
        return RedirectResponse(first_page(visit.user), SEE_OTHER)
    return await _form(request, request.query_params.get("next", ""))


@router.post("/sign-in")
async def sign_in(request: Request, form: FormDep) -> Response:
    """Open a session."""
    entered = texts(form)
    # A password may begin or end with a space: it is taken as typed.
    password = form.get("password")
    visit = await visit_of(request)
    say = visit.language.say
    try:
        token = await parts_of(request).identity.sign_in(
            entered.get("login", ""),
            password if isinstance(password, str) else "",
            client=request.client.host if request.client else "",
        )
    except TooManyAttempts as error:
        notice = _refusal(
            say("Too many attempts"),
            visit.language.count(
                "Sign-in is closed for %(n)s minute.",
                "Sign-in is closed for %(n)s minutes.",
                error.retry_minutes,
            ),
        )
        return await _form(request, entered.get("next", ""), entered, notice, _TOO_MANY)
    if token is None:
        notice = _refusal(
            say("Login or password is wrong"),
            say("Check the keyboard layout and Caps Lock, then try again."),
        )
        return await _form(
            request, entered.get("next", ""), entered, notice, _UNAUTHORISED
        )
    return _welcome(request, token, entered.get("next", ""))


@router.post("/sign-out", name="sign_out")
async def sign_out(request: Request) -> Response:
    """End the session."""
    visit = await visit_of(request)
    if visit.token:
        await parts_of(request).identity.sign_out(visit.token)
    response = RedirectResponse("/sign-in", SEE_OTHER)
    response.delete_cookie(SESSION_COOKIE)
    return response


def first_page(user: SignedIn) -> str:
    """Choose by role; administrators begin with the queue."""
    for path, roles in _FIRST_PAGES:
        if user.works_as(*roles):
            return path
    return "/archive"


def _welcome(request: Request, token: SessionToken, target: str) -> Response:
    response = RedirectResponse(target if is_local(target) else "/", SEE_OTHER)
    set_cookie(request, response, SESSION_COOKIE, token)
    return response


def _refusal(title: str, text: str) -> Notice:
    return Notice("danger", "alert-circle", title, text)


async def _form(
    request: Request,
    target: str,
    entered: dict[str, str] | None = None,
    notice: Notice | None = None,
    status: int = 200,
) -> Response:
    return await render(
        request,
        "auth/sign_in.html",
        status=status,
        target=target if is_local(target) else "",
        login=(entered or {}).get("login", ""),
        notice=notice,
    )
