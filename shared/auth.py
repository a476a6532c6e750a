"""FastAPI dependencies: who calls, with which right, in which transaction."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Header, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from shared.db import EVERY_REGION
from shared.errors import Forbidden, Unauthenticated
from shared.identity import access
from shared.identity.principal import Principal, Scope
from shared.uow import UnitOfWork, Work

_bearer = HTTPBearer(
    auto_error=False,
    description="An API key (`otklik apikey create`) or a session token.",
)


def work_of(request: Request) -> Work:
    """Return the app's means to open units of work."""
    work: Work = request.app.state.work
    return work


async def work_in(request: Request) -> Work:
    """Be `work_of` as a dependency: FastAPI runs what is not async in a thread."""
    return work_of(request)


async def who_calls(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    otklik_region: Annotated[
        str | None, Header(description="Region code, for keys of several regions.")
    ] = None,
) -> Principal:
    """Resolve the bearer token; 401 when there is none or it is no longer good."""
    if credentials is None:
        raise Unauthenticated("Send `Authorization: Bearer <key>`.")
    work = work_of(request)
    async with work.database.session(EVERY_REGION) as session:
        return await access.principal_of(
            session,
            credentials.credentials,
            region_code=otklik_region,
            now=work.clock(),
        )


def needs(scope: Scope) -> Callable[..., Awaitable[Principal]]:
    """Make a dependency that lets only callers with a scope through."""

    async def allowed(
        principal: Annotated[Principal, Depends(who_calls)],
    ) -> Principal:
        if scope not in principal.scopes:
            raise Forbidden(f"This credential lacks the scope {scope.value!r}.")
        return principal

    return allowed


def unit(scope: Scope) -> Callable[..., AsyncIterator[UnitOfWork]]:
    """Make a dependency that opens the request's unit of work.

    It commits before the answer is sent (`scope="function"` in `Depends`).
    """

    async def opened(
        request: Request, principal: Annotated[Principal, Depends(needs(scope))]
    ) -> AsyncIterator[UnitOfWork]:
        async with work_of(request).unit(principal.region_id, principal) as uow:
            yield uow

    return opened
