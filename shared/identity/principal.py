"""Who acts, in which region, with which rights; pure."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person does at the desk (product.md, "Who uses it")."""

    ADMIN = "admin"
    MODERATOR = "moderator"
    EXECUTOR = "executor"
    APPROVER = "approver"
    LEADER = "leader"
    AUDITOR = "auditor"


class Scope(StrEnum):
    """What a credential may do; keys name them, roles imply them."""

    INGEST_READ = "ingest:read"
    INGEST_WRITE = "ingest:write"
    ARCHIVE_READ = "archive:read"
    TRIAGE_READ = "triage:read"
    TRIAGE_WRITE = "triage:write"
    REPORTS_READ = "reports:read"
    AUDIT_READ = "audit:read"
    ADMIN = "admin"


ROLE_SCOPES: dict[Role, frozenset[Scope]] = {
    Role.ADMIN: frozenset(Scope),
    Role.MODERATOR: frozenset(
        {Scope.TRIAGE_READ, Scope.TRIAGE_WRITE, Scope.ARCHIVE_READ}
    ),
    Role.EXECUTOR: frozenset({Scope.TRIAGE_READ, Scope.TRIAGE_WRITE}),
    Role.APPROVER: frozenset(
        {
            Scope.TRIAGE_READ,
            Scope.TRIAGE_WRITE,
            Scope.ARCHIVE_READ,
            Scope.REPORTS_READ,
        }
    ),
    Role.LEADER: frozenset({Scope.TRIAGE_READ, Scope.ARCHIVE_READ, Scope.REPORTS_READ}),
    Role.AUDITOR: frozenset(
        {
            Scope.TRIAGE_READ,
            Scope.ARCHIVE_READ,
            Scope.REPORTS_READ,
            Scope.AUDIT_READ,
        }
    ),
}


class Kind(StrEnum):
    """Whether a human, a program or Otklik itself acts."""

    PERSON = "person"
    CLIENT = "client"
    SYSTEM = "system"


@dataclass(frozen=True)
class Principal:
    """The one who acts in a unit of work.

    `named_person` is true for a signed-in user and for a key bound to one: only
    then may something be approved (product.md, Conduct 3). `authority` is the code
    of the authority an executor works for.
    """

    kind: Kind
    id: UUID | None
    name: str
    region_id: int
    region_code: str
    roles: frozenset[Role] = frozenset()
    scopes: frozenset[Scope] = frozenset()
    authority: str | None = None
    named_person: bool = False


SYSTEM = Principal(Kind.SYSTEM, None, "otklik", 0, "")


def scopes_of(names: list[str]) -> frozenset[Scope]:
    """Read scope names; a bare service name stands for all its scopes.

    Raises ValueError naming the first unknown one.
    """
    found: set[Scope] = set()
    for name in names:
        matching = {s for s in Scope if s == name or s.startswith(f"{name}:")}
        if not matching:
            known = ", ".join(Scope)
            raise ValueError(f"unknown scope {name!r}; known are {known}")
        found |= matching
    return frozenset(found)


def key_roles(scopes: frozenset[Scope]) -> frozenset[Role]:
    """Say which desk roles a key stands for when no person is bound to it.

    It has the approver's role so that an approval fails for the true reason: a
    program is not a named person.
    """
    desk = frozenset({Role.MODERATOR, Role.EXECUTOR, Role.APPROVER})
    if Scope.ADMIN in scopes:
        return desk | {Role.ADMIN}
    return desk if Scope.TRIAGE_WRITE in scopes else frozenset()
