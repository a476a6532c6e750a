"""A browser of the tests: the pages on the fake API, with and without HTMX."""

import dataclasses
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx
import pytest
from pydantic import SecretStr
from starlette.types import Receive, Scope, Send

from tests.web import fake_data as data
from tests.web.dom import Page
from tests.web.fake_api import FakeApi
from tests.web.fakes import FakeIdentity
from web import guard
from web.app import create_app
from web.identity import SessionToken, SignedIn
from web.reference import ReferenceCache
from web.settings import Settings
from web.visit import NONCE_COOKIE, SESSION_COOKIE

SECRET = SecretStr("a secret of the tests")
NONCE = "a nonce of the tests"
SERVICES = "http://services.invalid"
WEB = "http://desk.invalid"


@dataclass
class Answer:
    """What came back, parsed."""

    status: int
    headers: httpx.Headers
    page: Page
    body: bytes

    @property
    def location(self) -> str:
        """Where the browser is sent, with HTMX or without."""
        return self.headers.get("location") or self.headers.get("hx-redirect") or ""


class Browser:
    """Speaks to the pages as one signed-in person."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        client.cookies.set(NONCE_COOKIE, NONCE)

    def enter_as(self, login: str) -> None:
        """Hold a session of an invented person."""
        self.client.cookies.set(SESSION_COOKIE, f"ses_{login}")

    def leave(self) -> None:
        """Hold no session."""
        self.client.cookies.delete(SESSION_COOKIE)

    @property
    def guard(self) -> str:
        """The guard that the pages put into this person's forms."""
        session = self.client.cookies.get(SESSION_COOKIE)
        return guard.sign(SECRET, NONCE, session)

    async def get(self, path: str, target: str | None = None) -> Answer:
        """Ask for a page, or for the part of it that HTMX aims at."""
        return _read(await self.client.get(path, headers=_htmx(target)))

    async def post(
        self,
        path: str,
        fields: Mapping[str, str] | None = None,
        target: str | None = None,
        **more: object,
    ) -> Answer:
        """Send a form with its guard."""
        form = {guard.FIELD: self.guard, **(fields or {})}
        return _read(
            await self.client.post(
                path,
                data=form,
                headers=_htmx(target),
                **more,  # type: ignore[arg-type]
            )
        )


def _htmx(target: str | None) -> dict[str, str]:
    return {} if target is None else {"HX-Request": "true", "HX-Target": target}


def _read(response: httpx.Response) -> Answer:
    is_html = response.headers.get("content-type", "").startswith("text/html")
    page = Page.of(response.text if is_html else "")
    return Answer(response.status_code, response.headers, page, response.content)


def settings() -> Settings:
    """The settings every test runs with."""
    return Settings(secret=SECRET, page_size=50)


def the_present() -> datetime:
    """The moment at which all tests happen."""
    return data.NOW


class Stage:
    """The pages, put together once; each test has its own services and people."""

    def __init__(self) -> None:
        self.services = FakeApi().app()
        self.people = FakeIdentity()
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.play), base_url=SERVICES
        )
        self.app = create_app(
            settings(), http_client=self.http, identity=self, now=the_present
        )

    def begin(self, api: FakeApi, identity: FakeIdentity) -> None:
        """Clear the stage for the next test."""
        self.services, self.people = api.app(), identity
        fresh = ReferenceCache(the_present)
        parts = self.app.state.parts
        self.app.state.parts = dataclasses.replace(parts, reference=fresh)

    async def play(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call of the pages to the services of this test."""
        await self.services(scope, receive, send)

    async def sign_in(
        self, login: str, password: str, *, client: str
    ) -> SessionToken | None:
        """Ask the people of this test."""
        return await self.people.sign_in(login, password, client=client)

    async def who(self, token: SessionToken) -> SignedIn | None:
        """Ask the people of this test."""
        return await self.people.who(token)

    async def sign_out(self, token: SessionToken) -> None:
        """Ask the people of this test."""
        await self.people.sign_out(token)


@pytest.fixture(scope="session")
def stage() -> Stage:
    """Compile templates and catalogues once for all tests."""
    return Stage()


@pytest.fixture
def api() -> FakeApi:
    """The services, in memory."""
    return FakeApi()


@pytest.fixture
def identity() -> FakeIdentity:
    """The people, in memory."""
    return FakeIdentity()


@pytest.fixture
async def stranger(
    stage: Stage, api: FakeApi, identity: FakeIdentity
) -> AsyncIterator[Browser]:
    """A browser nobody has signed in with."""
    stage.begin(api, identity)
    pages = httpx.ASGITransport(stage.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=pages, base_url=WEB) as client:
        yield Browser(client)


@pytest.fixture
def browser(stranger: Browser) -> Browser:
    """A browser of the regional administrator."""
    stranger.enter_as("admin")
    return stranger


@pytest.fixture(params=[False, True], ids=["without HTMX", "with HTMX"])
def htmx(request: pytest.FixtureRequest) -> bool:
    """Every page is asked for twice."""
    return bool(request.param)
