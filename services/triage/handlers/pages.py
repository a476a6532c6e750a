"""Official pages: only those registered here speak, and only while they are in use."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.triage.handlers.publication import JOB
from services.triage.store import desk as desks
from services.triage.store import postings
from shared.errors import Conflict, Forbidden, NotFound, invalid
from shared.identity.principal import Role
from shared.models.posting import OfficialPage
from shared.uow import UnitOfWork

SPEAKERS = (Role.ADMIN, Role.MODERATOR, Role.APPROVER, Role.EXECUTOR)
"""Whose publications go out from a page unless its registration says otherwise."""

_NUMBERS: Final = {
    "vk": re.compile(r"-[1-9]\d{0,18}"),
    "ok": re.compile(r"[1-9]\d{0,24}"),
    "telegram": re.compile(r"[1-9]\d{0,18}|\w{2,29}bot", re.IGNORECASE),
}
"""What networks call pages that may speak; in Telegram that is a bot."""


@dataclass(frozen=True, kw_only=True)
class NewPage:
    """A page to be registered; `credential` is the label of one, never a secret."""

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
    _check_is_no_person(asked)
    await _check_authority(uow, asked.authority)
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


async def change_page(
    uow: UnitOfWork, page_id: UUID, changes: Mapping[str, str | None]
) -> OfficialPage:
    """Change the name, authority or credential of a page.

    What waits to go out from it goes out as it was approved.
    """
    page = await _ours(uow, page_id)
    await _check_authority(uow, changes.get("authority"))
    changed = {k: v for k, v in changes.items() if getattr(page, k) != v}
    for name, value in changed.items():
        setattr(page, name, value)
    if changed:
        _audit(uow, "official_page.changed", page)
    return page


async def retire_page(uow: UnitOfWork, page_id: UUID) -> OfficialPage:
    """Take a page's voice away: nothing goes out from it any more, at once."""
    page = await _ours(uow, page_id)
    if page.retired_at is None:
        page.retired_at = uow.now
        _audit(uow, "official_page.retired", page)
    return page


async def restore_page(uow: UnitOfWork, page_id: UUID) -> OfficialPage:
    """Give a retired page its voice back; what it had to give back stays given back."""
    page = await _ours(uow, page_id)
    if page.retired_at is not None:
        page.retired_at = None
        _audit(uow, "official_page.restored", page)
    return page


async def pause_page(uow: UnitOfWork, page_id: UUID) -> OfficialPage:
    """Let what goes out from a page wait; its wall is read all the same."""
    page = await _ours(uow, page_id)
    if page.paused_at is None:
        page.paused_at = uow.now
        _audit(uow, "official_page.paused", page)
    return page


async def resume_page(uow: UnitOfWork, page_id: UUID) -> OfficialPage:
    """End a pause: what waits goes out now, each after a look at its post."""
    page = await _ours(uow, page_id)
    if page.paused_at is not None:
        page.paused_at = None
        for posting_id in await postings.wake(uow.session, page.id, now=uow.now):
            uow.ring(JOB, uow.region_id, str(posting_id))
        _audit(uow, "official_page.resumed", page)
    return page


async def _ours(uow: UnitOfWork, page_id: UUID) -> OfficialPage:
    """Find a page of the region for its administrator."""
    _check_administrator(uow)
    page = await postings.page(uow.session, page_id)
    if page is None or page.region_id != uow.region_id:
        raise NotFound("official page", page_id)
    return page


async def _check_authority(uow: UnitOfWork, authority: str | None) -> None:
    desk = await desks.desk(uow.session, uow.region_id)
    if authority is not None and authority not in desk.authorities:
        raise invalid("authority", f"there is no authority {authority!r}")


def _check_is_no_person(asked: NewPage) -> None:
    """Raise Invalid for a profile of a person, where the number alone tells it."""
    form = _NUMBERS.get(asked.network)
    if form is not None and not form.fullmatch(asked.native_id):
        raise invalid(
            "native_id",
            f"must be the number of a page of {asked.network}, and no person's",
        )


def _check_administrator(uow: UnitOfWork) -> None:
    if Role.ADMIN not in uow.principal.roles:
        raise Forbidden("Only an administrator looks after official pages.")


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
        credential=page.credential,
    )
