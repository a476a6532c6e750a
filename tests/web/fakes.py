"""A fake identity: invented people, their passwords and roles."""

from dataclasses import dataclass, field

from shared.errors import Unavailable
from web.identity import SessionToken, SignedIn, TooManyAttempts

PASSWORD = "Придуманный пароль 7"


def person(login: str, name: str, *roles: str) -> SignedIn:
    """Make a person of the invented region."""
    return SignedIn(
        user_name=name,
        login=login,
        roles=frozenset(roles),
        region_code="zaozerye",
        region_name="Заозёрская область",
        zone="Europe/Moscow",
    )


PEOPLE = (
    person("admin", "Вера Тихонова", "admin"),
    person("moderator", "Анна Серова", "moderator"),
    person("executor", "Ирина Лапина", "executor"),
    person("approver", "Павел Орлов", "approver"),
    person("leader", "Олег Климов", "leader"),
    person("auditor", "Нина Белова", "auditor"),
)


@dataclass
class FakeIdentity:
    """Keeps sessions in memory; the login «locked» has tried too often."""

    is_broken: bool = False
    is_away: bool = False

    sessions: dict[str, SignedIn] = field(
        default_factory=lambda: {f"ses_{one.login}": one for one in PEOPLE}
    )

    async def sign_in(
        self, login: str, password: str, *, client: str
    ) -> SessionToken | None:
        """Open a session for a known person with the known password."""
        if login == "locked":
            raise TooManyAttempts(10)
        found = next((one for one in PEOPLE if one.login == login), None)
        if found is None or password != PASSWORD:
            return None
        token = SessionToken(f"ses_{login}_{client}")
        self.sessions[token] = found
        return token

    async def who(self, token: SessionToken) -> SignedIn | None:
        """Name the person of a session."""
        if self.is_away:
            raise Unavailable("the identity store is away")
        if self.is_broken:
            raise ConnectionError("the identity store is broken")
        return self.sessions.get(token)

    async def sign_out(self, token: SessionToken) -> None:
        """Forget a session."""
        self.sessions.pop(token, None)
