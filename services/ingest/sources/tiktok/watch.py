"""Accounts with their comments, videos, hashtags and words of TikTok."""

from datetime import datetime, timedelta
from typing import Final

from services.ingest.sources.base import Cursor, Fetched, SourceError
from services.ingest.sources.connector import Access, Place
from services.ingest.sources.remarks import clock, put_off
from services.ingest.sources.steps import PASSING
from services.ingest.sources.tiktok.harvest import Harvest
from services.ingest.sources.tiktok.reading import WATCHED_DAYS, Reading
from services.ingest.sources.tiktok.state import load, save
from shared.networks.tiktok import AccessTokens, TikTok

MOST_CALLS: Final = 10
ENOUGH: Final = timedelta(seconds=4)
"""A poll makes no further call then: the next turn may be 20 s away, and what was read
must not be lost with a poll that takes too long."""

EVERY_MINUTES: Final = 20
"""TikTok's quota of a thousand requests a day is shared by all sources of a token."""

_SOON: Final = timedelta(minutes=2)


class TikTokSource:
    """Videos of the last days by a search, and the comments under an account's."""

    def __init__(self, place: Place, access: Access, tokens: AccessTokens) -> None:
        self._place = place
        self._access = access
        self._tokens = tokens

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """What is new, changed or missing; raises `SourceError`.

        When a later call of a poll can not be made just now, the rest is brought.
        """
        state = load(cursor)
        account = self._place.native if self._place.kind == "account" else ""
        tiktok = TikTok(self._access, self._tokens)
        reading = Reading(self._place, tiktok, state, Harvest(now, account))
        reading.begin()
        has_failed, began = False, self._access.clock()
        for calls in range(int(self._access.options.get("calls_per_poll", MOST_CALLS))):
            if self._access.clock() - began > ENOUGH:
                break
            try:
                if not await reading.go_on():
                    break
            except SourceError as error:
                if not reading.gives_up(error) and (
                    not calls or error.kind not in PASSING
                ):
                    raise
                has_failed, reading.notes = True, reading.notes or (put_off(error),)
                break
        days = float(self._access.options.get("watched_days", WATCHED_DAYS))
        if self._place.kind != "video":
            state.forget(int((now - timedelta(days=days)).timestamp()))
        is_busy = bool(state.slices or state.branches)
        harvest = reading.harvest
        return Fetched(
            posts=tuple(harvest.posts),
            cursor=save(state),
            refused=tuple(harvest.refused),
            notes=reading.notes or clock(tiktok.skew),
            more=is_busy and not has_failed,
            poll_after=_SOON if has_failed else None if is_busy else self._pause(),
            unknown=dict(harvest.unknown) or None,
        )

    def _pause(self) -> timedelta:
        told = self._access.options.get("every_minutes", EVERY_MINUTES)
        return timedelta(minutes=max(1.0, float(told)))
