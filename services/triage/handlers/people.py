"""Executors: people of an authority, known to shared/identity."""

from uuid import UUID

from shared.errors import invalid
from shared.identity import store
from shared.identity.principal import Role
from shared.uow import UnitOfWork


async def executor_name(uow: UnitOfWork, user_id: UUID, authority: str) -> str:
    """Name an executor; raise Invalid unless they work for the authority."""
    places = await store.memberships(uow.session, user_id, uow.region_id)
    works_there = any(
        place.role == Role.EXECUTOR and place.authority == authority for place in places
    )
    user = await store.user_by_id(uow.session, user_id)
    if not works_there or user is None or user.disabled_at is not None:
        raise invalid("executor", "is not an executor of this authority")
    return user.name
