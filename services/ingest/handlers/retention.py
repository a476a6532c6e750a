"""What is kept for a time only goes by itself when that time is over (Conduct 6)."""

from datetime import timedelta
from typing import Final

from services.ingest.store import raw_payloads
from shared.uow import UnitOfWork

MOST: Final = 1_000
"""Payloads one transaction erases: nobody waits long for its locks."""


async def expire_raw(uow: UnitOfWork, kept: timedelta, *, most: int = MOST) -> bool:
    """Erase some raw payloads whose time is over; True when more may be left.

    The line in the audit log says how many went, and under which rule.
    """
    before = uow.now - kept
    erased = await raw_payloads.erase(
        uow.session, uow.region_id, before=before, most=most
    )
    if erased:
        uow.audit(
            "raw.expired",
            "region",
            uow.region_id,
            erased=erased,
            before=before.isoformat(),
            kept_days=kept.days,
        )
    return erased == most
