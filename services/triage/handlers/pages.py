"""Official pages: only those registered here speak, and only while they are in use."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.triage.store import desk as desks
from services.triage.store import postings
from shared.errors import Conflict, Forbidden, NotFound, invalid
from shared.identity.principal import Role
from shared.models.posting import OfficialPage
from shared.uow import UnitOfWork

SPEAKERS = (Role.ADMIN, Role.MODERATOR, Role.APPROVER, Role.EXECUTOR)
"""Whose publications go out from a page unless its registration says otherwise."""

NUMBERED = frozenset({"vk", "ok", "telegram"})
"""Networks that know pages by numbers: of a community, of a group, of a bot."""

_NUMBER = re.compile(r"-?[1-9]\d{0,17}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class NewPage:
    """A page to be registered; `credential` is the label of one, never its token."""

    network: str
    native_id: str
    name: str
    url: str | None = None
    credential: str | None = None
    speakers: tuple[Role, ...] = SPEAKERS
    authority: str | None = None


async def list_pages(uow: UnitOfWork) -> Sequence[OfficialPage]:
    """List the region's pages, retired ones too."""
    return await postings.pages(uow.session, uow.region_id)


async def register_page(uow: UnitOfWork, asked: NewPage) -> OfficialPage:
    """Let a page speak; only an administrator does that, and it is audited."""
    _check_administrator(uow)
    if asked.network in NUMBERED and not _NUMBER.fullmatch(asked.native_id):
        raise invalid("native_id", f"is the page's number in {asked.network}")
    desk = await desks.desk(uow.session, uow.region_id)
    if asked.authority is not None and asked.authority not in desk.authorities:
        raise invalid("authority", f"there is no authority {asked.authority!r}")
    page = OfficialPage(
        region_id=uow.region_id,
        network=asked.network,
        native_id=asked.native_id,
        name=asked.name,
        url=asked.url,
        credential=asked.credential,
        speakers=sorted(map(str, asked.speakers)),
        authority=asked.authority,
        registered_at=uow.now,
        registered_by=uow.principal.id,
        registered_by_name=uow.principal.name,
    )
    try:
        async with uow.session.begin_nested():
            uow.session.add(page)
    except IntegrityError as error:
        raise Conflict("This page is registered already.") from error
    _audit(uow, "official_page.registered", page)
    return page


async def retire_page(uow: UnitOfWork, page_id: UUID) -> OfficialPage:
    """Take a page's voice away: nothing goes out from it any more, at once."""
    _check_administrator(uow)
    page = await postings.page(uow.session, page_id)
    if page is None or page.region_id != uow.region_id:
        raise NotFound("official page", page_id)
    if page.retired_at is None:
        page.retired_at = uow.now
        _audit(uow, "official_page.retired", page)
    return page


def _check_administrator(uow: UnitOfWork) -> None:
    if Role.ADMIN not in uow.principal.roles:
        raise Forbidden("Only an administrator registers or retires official pages.")


def _audit(uow: UnitOfWork, action: str, page: OfficialPage) -> None:
    uow.audit(
        action,
        "official_page",
        page.id,
        network=page.network,
        native_id=page.native_id,
        name=page.name,
        speakers=page.speakers,
        authority=page.authority,
    )
