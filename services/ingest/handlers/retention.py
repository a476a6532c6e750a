"""What is kept for a time only goes by itself when that time is over (Conduct 6)."""

from datetime import timedelta
from typing import Final

from services.ingest.store import raw_payloads, sealed_links
from shared.uow import UnitOfWork

MOST: Final = 1_000
"""Payloads one transaction erases: nobody waits long for its locks."""


async def expire_raw(uow: UnitOfWork, kept: timedelta, *, most: int = MOST) -> bool:
    """Erase some raw payloads whose time is over; True when more may be left.

    So it is with sealed addresses of posts. A line in the audit log says how many
    went, and under which rule.
    """
    before = uow.now - kept
    raws = await raw_payloads.erase(
        uow.session, uow.region_id, before=before, most=most
    )
    links = await sealed_links.erase(
        uow.session, uow.region_id, before=before, most=most
    )
    for action, erased in (("raw.expired", raws), ("address.expired", links)):
        if erased:
            uow.audit(
                action,
                "region",
                uow.region_id,
                erased=erased,
                before=before.isoformat(),
                kept_days=kept.days,
            )
    return most in {raws, links}
