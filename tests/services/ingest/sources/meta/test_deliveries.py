"""Our hooks behind the sandbox's: signed batches that go astray lose nothing."""

import httpx
import pytest

from infra.sandbox.graph.call import APP_ID, APP_SECRET
from infra.sandbox.stage.plans import Delivery as Planned
from infra.sandbox.stage.plans import DeliveryMode
from services.ingest.sources.base import Evidence
from services.ingest.sources.connector import Connector, Delivery, Hook, Place
from services.ingest.sources.facebook import FacebookConnector, FacebookHook
from services.ingest.sources.instagram import InstagramConnector, InstagramHook
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.facebook import world as facebook
from tests.services.ingest.sources.instagram import world as instagram
from tests.services.ingest.sources.meta.server import MetaServer

SECRETS = {"verify_token": "our-word", "app_secret": APP_SECRET}
MODES = [each for each in DeliveryMode if each is not DeliveryMode.STOP]


class Subscriber:
    """Hears of a page as an app does; what an event names is read at the next poll."""

    def __init__(
        self, meta: MetaServer, place: Place, hook: Hook, connector: Connector
    ) -> None:
        self.meta = meta
        self.place = place
        self.hook = hook
        self.statuses: list[int] = []
        self.told: set[str] = set()
        self.poller = Poller(connector.open(place, meta.access()))
        meta.receiver = self._receive

    def _receive(self, request: httpx.Request) -> httpx.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        query = dict(request.url.params)
        delivery = Delivery(request.method, headers, query, request.content)
        now = self.meta.now
        reception = self.hook.receive(self.place, delivery, SECRETS, now)
        self.statuses.append(reception.status)
        if reception.fetched is not None:
            self.poller.archive.take(reception.fetched.posts, now)
        self.told.update(name.partition("/")[2] for name in reception.touched)
        touched = [*self.poller.cursor.get("touched", []), *reception.touched]
        self.poller.cursor = {**self.poller.cursor, "touched": touched}
        return httpx.Response(reception.status, text=reception.body)

    async def subscribe(self, subject: str, page: str, fields: str) -> None:
        """Register the address, and let the app hear of the page."""
        base = f"http://sandbox.invalid/{self.meta.code}/v25.0"
        app, own = f"{APP_ID}|{APP_SECRET}", self.meta.token().secrets["token"]
        address = {
            "object": subject,
            "callback_url": "https://otklik.example/hook",
            "verify_token": SECRETS["verify_token"],
            "fields": fields,
        }
        transport = httpx.ASGITransport(app=self.meta.app)
        async with httpx.AsyncClient(transport=transport) as client:
            for path, token, said in (
                (f"{APP_ID}/subscriptions", app, address),
                (f"{page}/subscribed_apps", own, {"subscribed_fields": fields}),
            ):
                params = {"access_token": token, **said}
                made = await client.post(f"{base}/{path}", params=params)
                assert made.json() == {"success": True}

    async def wait(self, seconds: int = 0) -> None:
        self.meta.forward(seconds=seconds)
        await self.meta.hooks.deliver_due()

    async def read(self) -> None:
        while await self.poller.poll(self.meta.now):
            pass


@pytest.fixture
async def fb() -> Subscriber:
    made = Subscriber(
        facebook.FacebookServer(), facebook.PLACE, FacebookHook(), FacebookConnector()
    )
    await made.subscribe("page", facebook.NUMBER, "feed,mention")
    return made


@pytest.fixture
async def ig() -> Subscriber:
    made = Subscriber(
        instagram.InstagramServer(),
        instagram.PLACE,
        InstagramHook(),
        InstagramConnector(),
    )
    await made.subscribe("instagram", "me", "comments,mentions")
    return made


@pytest.mark.parametrize("mode", MODES)
async def test_events_of_a_page_that_go_astray_lose_nothing(
    fb: Subscriber, mode: DeliveryMode
) -> None:
    post = fb.meta.publish("Пишите")
    await fb.read()
    fb.meta.network.deliveries.add(Planned(mode=mode, seconds=30))
    comment, bad = fb.meta.comment(post, "Яма"), fb.meta.comment(post, "Снесите")
    await fb.wait()
    fb.meta.edit(comment, "Яма на Лесной")
    fb.meta.delete(bad)
    await fb.wait(1)

    for _ in range(2):
        await fb.wait(60)
    await fb.read()

    archive, gone = fb.poller.archive, fb.meta.key(bad)
    assert archive.standing == fb.meta.standing()
    assert {gone, fb.meta.key(comment)} <= {f"comment:{name}" for name in fb.told}
    assert archive.evidence[gone] is Evidence.EVENT
    assert (403 in fb.statuses) is (mode is DeliveryMode.FORGE)


@pytest.mark.parametrize("mode", MODES)
async def test_events_of_an_account_that_go_astray_lose_nothing(
    ig: Subscriber, mode: DeliveryMode
) -> None:
    post = ig.meta.publish("Пишите", by_page=True)
    await ig.read()
    ig.meta.network.deliveries.add(Planned(mode=mode, seconds=30))
    keys = set()
    for said in ("Яма", "И у нас"):
        keys.add(ig.meta.key(ig.meta.comment(post, said)))
        await ig.wait(1)

    for _ in range(2):
        await ig.wait(60)
    await ig.read()

    assert ig.poller.archive.standing == ig.meta.standing()
    assert {f"comment:{name}" for name in ig.told} == keys
    assert (403 in ig.statuses) is (mode is DeliveryMode.FORGE)
