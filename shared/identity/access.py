"""Signing in, and turning a bearer token into a principal."""

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.errors import Conflict, Forbidden, TooManyRequests, Unauthenticated
from shared.identity import store
from shared.identity.principal import (
    ROLE_SCOPES,
    Kind,
    Principal,
    Role,
    Scope,
    key_roles,
)
from shared.models.identity import (
    ApiKey,
    Credential,
    Membership,
    Municipality,
    Region,
    Session,
    SignInAttempt,
    User,
)

SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=2)
KEY_LIFE = timedelta(days=365)
ATTEMPTS = 10
ATTEMPT_WINDOW = timedelta(minutes=10)

_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """Make a hash to verify when the login is unknown: both answers take as long."""
    return _hasher.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """Hash with argon2id and the library's current parameters."""
    return _hasher.hash(password)


def password_matches(password_hash: str, password: str) -> bool:
    """Compare in constant time."""
    try:
        return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def new_token(prefix: str) -> str:
    """Make an unguessable token; the prefix helps secret scanners and people."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def token_hash(token: str) -> str:
    """Hash a random token for storage (no salt needed: it is not guessable)."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


async def sign_in(
    session: AsyncSession, login: str, password: str, *, now: datetime
) -> tuple[str, Session, User]:
    """Check login and password and open a session in the person's first region.

    Raises Unauthenticated (the same for unknown login and wrong password),
    Forbidden for a person without a region, TooManyRequests after ATTEMPTS
    failures in ATTEMPT_WINDOW. The failed attempt is recorded by the caller in a
    transaction of its own: `record_failure`.
    """
    failed = await store.failures_since(session, login, now - ATTEMPT_WINDOW)
    if failed >= ATTEMPTS:
        raise TooManyRequests(
            "Too many failed attempts for this login.",
            retry_after=int(ATTEMPT_WINDOW.total_seconds()),
        )
    found = await store.user_by_login(session, login)
    matches = password_matches(found[1] if found else _nobody(), password)
    if found is None or not matches:
        raise Unauthenticated("Login or password is wrong.")
    user = found[0]
    places = await store.memberships(session, user.id)
    if not places:
        raise Forbidden("This person belongs to no region yet.")
    token = new_token("ses")
    opened = Session(
        token_hash=token_hash(token),
        user_id=user.id,
        region_id=places[0].region_id,
        created_at=now,
        last_seen_at=now,
        expires_at=now + SESSION_LIFE,
    )
    session.add(opened)
    return token, opened, user


async def record_failure(session: AsyncSession, login: str, *, now: datetime) -> None:
    """Remember a failed attempt and forget the old ones."""
    await store.forget_failures(session, now - ATTEMPT_WINDOW)
    session.add(SignInAttempt(login=login, at=now))


async def principal_of(
    session: AsyncSession, token: str, *, region_code: str | None, now: datetime
) -> Principal:
    """Resolve a session token or an API key.

    A key bound to several regions needs `region_code` (header `Otklik-Region`).
    Raises Unauthenticated or Forbidden.
    """
    hashed = token_hash(token)
    if token.startswith("ses_"):
        return await _person(session, hashed, now)
    key = await store.key_by_hash(session, hashed, now=now)
    if key is None:
        raise Unauthenticated("The API key is unknown, expired or revoked.")
    region = await _region_of_key(session, key, region_code)
    return await _client(session, key, region)


async def _person(session: AsyncSession, hashed: str, now: datetime) -> Principal:
    signed = await store.session_by_hash(session, hashed, now=now)
    if signed is None or signed.session.last_seen_at < now - SESSION_IDLE:
        raise Unauthenticated("The session has ended; sign in again.")
    if signed.session.last_seen_at < now - timedelta(minutes=1):
        await store.touch_session(session, signed.session, now)
    return person(signed)


def person(signed: store.Signed) -> Principal:
    """Build the principal of a signed-in person."""
    roles = frozenset(Role(membership.role) for membership in signed.memberships)
    if not roles:
        raise Unauthenticated("This person no longer belongs to the region.")
    return Principal(
        kind=Kind.PERSON,
        id=signed.user.id,
        name=signed.user.name,
        region_id=signed.session.region_id,
        region_code=signed.region.code,
        roles=roles,
        scopes=frozenset().union(*(ROLE_SCOPES[role] for role in roles)),
        authority=next(
            (m.authority for m in signed.memberships if m.authority is not None), None
        ),
        named_person=True,
    )


async def _region_of_key(
    session: AsyncSession, key: ApiKey, region_code: str | None
) -> Region:
    bound = await store.regions_by_ids(session, key.region_ids)
    if region_code is None and len(bound) == 1:
        return bound[0]
    for region in bound:
        if region.code == region_code:
            return region
    if region_code is None:
        raise Forbidden("This key serves several regions: send Otklik-Region.")
    raise Forbidden(f"This key is not bound to a region {region_code!r}.")


async def _client(session: AsyncSession, key: ApiKey, region: Region) -> Principal:
    scopes = frozenset(Scope(scope) for scope in key.scopes)
    roles = key_roles(scopes)
    name, authority, named = key.name, None, False
    acts_as = key.id
    if key.user_id is not None:
        user = await store.user_by_id(session, key.user_id)
        if user is None or user.disabled_at is not None:
            raise Unauthenticated("The person this key is bound to is disabled.")
        places = await store.memberships(session, user.id, region.id)
        roles = frozenset(Role(place.role) for place in places)
        authority = next((p.authority for p in places if p.authority), None)
        # What the key does is done by its person: four eyes compare people.
        name, named, acts_as = f"{user.name} ({key.name})", True, user.id
    return Principal(
        kind=Kind.CLIENT,
        id=acts_as,
        name=name,
        region_id=region.id or 0,
        region_code=region.code,
        roles=roles,
        scopes=scopes,
        authority=authority,
        named_person=named,
    )


async def create_key(  # noqa: PLR0913 -- every part of a key is named by its caller
    session: AsyncSession,
    *,
    name: str,
    region_ids: list[int],
    scopes: frozenset[Scope],
    now: datetime,
    life: timedelta = KEY_LIFE,
    user_id: UUID | None = None,
    token: str | None = None,
) -> str:
    """Create an API key and return it; this is the only time it can be read.

    `token` is for a key another part of this installation made up itself.
    """
    token = token or new_token("otk")
    session.add(
        ApiKey(
            name=name,
            token_hash=token_hash(token),
            region_ids=region_ids,
            scopes=sorted(scopes),
            user_id=user_id,
            created_at=now,
            expires_at=now + life,
        )
    )
    return token


async def create_region(
    session: AsyncSession, code: str, name: str, *, zone: str, now: datetime
) -> Region:
    """Create a tenant; raises Conflict when the code is taken."""
    if await store.region_by_code(session, code) is not None:
        raise Conflict(f"There is a region {code!r} already.")
    region = Region(code=code, name=name, zone=zone, created_at=now)
    session.add(region)
    await session.flush()
    return region


async def create_user(
    session: AsyncSession, login: str, name: str, password: str, *, now: datetime
) -> User:
    """Create a person without any role yet; raises Conflict when the login is taken."""
    if await store.login_taken(session, login):
        raise Conflict(f"There is a user {login!r} already.")
    user = User(login=login, name=name, created_at=now)
    session.add(user)
    await session.flush()
    session.add(Credential(user_id=user.id, password_hash=hash_password(password)))
    return user


def grant(
    session: AsyncSession,
    user: User,
    region: Region,
    role: Role,
    *,
    authority: str | None = None,
) -> None:
    """Give a person a role in a region."""
    session.add(
        Membership(
            user_id=user.id, region_id=region.id or 0, role=role, authority=authority
        )
    )


def add_municipality(
    session: AsyncSession, region: Region, code: str, name: str, aliases: list[str]
) -> None:
    """Add a place of the first level to a region."""
    session.add(
        Municipality(region_id=region.id or 0, code=code, name=name, aliases=aliases)
    )
