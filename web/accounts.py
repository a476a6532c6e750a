"""Signing people in for real: the port `web.identity` on shared/identity."""

import math

from shared.clock import Clock
from shared.db import EVERY_REGION, Database
from shared.errors import Forbidden, TooManyRequests, Unauthenticated, Unavailable
from shared.identity import access, store
from shared.identity.principal import Principal
from shared.uow import Work
from web.identity import SessionToken, SignedIn, TooManyAttempts

IDLE = access.SESSION_IDLE


class Accounts:
    """Sessions in the database; every sign-in and sign-out is audited."""

    def __init__(self, work: Work | None = None) -> None:
        self._connected = work

    def connect(self, work: Work) -> None:
        """Give the accounts their database, once the process has opened it."""
        self._connected = work

    @property
    def _work(self) -> Work:
        if self._connected is None:
            raise Unavailable("The pages have not opened their database yet.")
        return self._connected

    @property
    def _database(self) -> Database:
        return self._work.database

    @property
    def _clock(self) -> Clock:
        return self._work.clock

    async def sign_in(
        self,
        login: str,
        password: str,
        *,
        client: str,  # noqa: ARG002 -- the port names it; failures count per login
    ) -> SessionToken | None:
        """Open a session; None when login or password are wrong."""
        try:
            return await self._open(login, password)
        except TooManyRequests as error:
            raise TooManyAttempts(math.ceil(error.retry_after / 60)) from error
        except (Unauthenticated, Forbidden):
            async with self._database.session(EVERY_REGION) as session:
                await access.record_failure(session, login[:200], now=self._clock())
            return None

    async def who(self, token: SessionToken) -> SignedIn | None:
        """Name the person of a live session; None when it ended."""
        now = self._clock()
        async with self._database.session(EVERY_REGION) as session:
            signed = await store.session_by_hash(
                session, access.token_hash(token), now=now
            )
        if signed is None or signed.session.last_seen_at < now - IDLE:
            return None
        return SignedIn(
            user_name=signed.user.name,
            login=signed.user.login,
            roles=frozenset(membership.role for membership in signed.memberships),
            region_code=signed.region.code,
            region_name=signed.region.name,
            zone=signed.region.zone,
        )

    async def sign_out(self, token: SessionToken) -> None:
        """End a session; ending an ended one is fine."""
        principal = await self._principal(token)
        if principal is None:
            return
        async with self._work.unit(principal.region_id, principal) as uow:
            await store.delete_session(uow.session, access.token_hash(token))
            uow.audit("session.ended", "user", principal.id)

    async def _open(self, login: str, password: str) -> SessionToken:
        now = self._clock()
        async with self._database.session(EVERY_REGION) as session:
            token, _, _ = await access.sign_in(session, login, password, now=now)
        principal = await self._principal(SessionToken(token))
        if principal is not None:
            async with self._work.unit(principal.region_id, principal) as uow:
                uow.audit("session.opened", "user", principal.id)
        return SessionToken(token)

    async def _principal(self, token: SessionToken) -> Principal | None:
        try:
            async with self._database.session(EVERY_REGION) as session:
                return await access.principal_of(
                    session, token, region_code=None, now=self._clock()
                )
        except Unauthenticated:
            return None
