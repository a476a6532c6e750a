"""What pages speak with: their own tokens, of their own region, while they are good."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from services.triage.domain.answering import Failure, Page
from services.triage.publishers import PublishError
from services.triage.publishers.all import open_publishers
from services.triage.publishers.voices import Means, Voices, is_own
from services.triage.settings import Settings
from shared.db import Database
from shared.ids import new_id
from shared.models.networks import Credential
from shared.networks.access import Access, Token
from shared.networks.budget import LocalBudget
from shared.networks.credentials import put_secrets, token_id
from shared.uow import Work
from shared.vault import Vault
from tests.factories import NOW

REGION = 1
VAULT = Vault(b"0123456789abcdef0123456789abcdef")
VK = Page(region_id=REGION, network="vk", native_id="-77", name="Администрация")


def make_credential(kind: str, **changes: Any) -> Credential:  # noqa: ANN401 -- columns
    secrets = changes.pop("secrets", {"token": f"{kind}-token", "group": "77"})
    given = {
        "id": new_id(),
        "region_id": REGION,
        "network": "vk",
        "label": kind,
        "sealed": b"",
        "created_at": NOW,
        "changed_at": NOW,
    }
    row = Credential(kind=kind, **{**given, **changes})
    put_secrets(row, VAULT, secrets)
    return row


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


def voices(
    http: httpx.AsyncClient, work: Work, *, vault: Vault | None = VAULT
) -> Voices:
    settings = Settings(
        vk_base="http://127.0.0.1:8090/vk",
        network_options={"vk": {"community_per_second": 5}},
    )
    budget = LocalBudget(work.clock)
    return Voices(Means(http, budget, work.clock, work.database, vault, settings))


async def keep(owner: Database, *rows: Credential) -> None:
    async with owner.session("*") as session:
        session.add_all(rows)


@pytest.mark.parametrize(
    ("changes", "kind", "label", "secrets", "own"),
    [
        ({}, "community", "x", {"token": "t", "group": "77"}, True),
        ({}, "community", "x", {"token": "t", "group": "78"}, False),
        ({}, "community", "x", {"token": "t"}, False),
        ({}, "service", "x", {"token": "t", "group": "77"}, False),
        ({"credential": "Ключ"}, "community", "Ключ", {"token": "t"}, True),
        (
            {"credential": "Ключ"},
            "community",
            "Другой",
            {"token": "t", "group": "77"},
            False,
        ),
        ({"network": "ok", "native_id": "53"}, "user", "x", {"group": "53"}, True),
        ({"network": "ok", "native_id": "53"}, "user", "x", {}, False),
        (
            {"network": "telegram", "native_id": "800"},
            "bot",
            "x",
            {"token": "800:a"},
            True,
        ),
        (
            {"network": "telegram", "native_id": "80"},
            "bot",
            "x",
            {"token": "800:a"},
            False,
        ),
        ({"network": "max", "native_id": "-7"}, "bot", "x", {"group": "7"}, True),
        ({"network": "max", "native_id": "-7"}, "bot", "x", {"token": "t"}, False),
        ({"network": "sandbox"}, "community", "x", {"group": "77"}, False),
    ],
)
def test_a_page_speaks_with_its_own_token_alone(
    changes: dict[str, str],
    kind: str,
    label: str,
    secrets: dict[str, str],
    own: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    given = {"region_id": 1, "network": "vk", "native_id": "-77", "name": "Страница"}
    page = Page(**{**given, **changes})  # type: ignore[arg-type]
    credential = make_credential(kind, label=label, network=page.network)

    assert is_own(page, credential, Token("t", kind, secrets)) == own


async def test_the_page_gets_its_own_token_and_those_that_read(
    http: httpx.AsyncClient, work: Work, owner: Database
) -> None:
    own = make_credential("community")
    service = make_credential("service", secrets={"token": "s"})
    others = [
        make_credential(
            "community", label="чужая", secrets={"token": "o", "group": "78"}
        ),
        make_credential("community", label="другой регион", region_id=2),
        make_credential("service", region_id=2),
        make_credential("service", label="не годен", state="refused"),
        make_credential("bot", network="telegram"),
    ]
    await keep(owner, own, service, *others)

    access = await voices(http, work).access_of(VK)

    assert access is not None
    assert [(token.id, token.kind) for token in access.tokens] == [
        (token_id(own), "community"),
        (token_id(service), "service"),
    ]
    assert access.tokens[0].secrets == {"token": "community-token", "group": "77"}
    assert access.base == "http://127.0.0.1:8090/vk"
    assert access.options == {"community_per_second": 5, "zone": "UTC"}
    assert None not in {access.keep, access.alone}


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [make_credential("community", region_id=2)],
        [make_credential("community", secrets={"token": "o", "group": "78"})],
        [make_credential("service")],
    ],
    ids=["none", "of another region", "of another community", "reading only"],
)
async def test_without_its_own_token_a_page_does_not_speak(
    http: httpx.AsyncClient, work: Work, owner: Database, rows: list[Credential]
) -> None:
    await keep(owner, *rows)

    assert await voices(http, work).access_of(VK) is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"state": "refused", "error_code": "vk:27"}, "is refused (vk:27)"),
        ({"state": "expired"}, "is expired:"),
        ({"expires_at": NOW - timedelta(minutes=1)}, "is expired:"),
    ],
)
async def test_a_token_that_is_no_longer_good_is_named(
    http: httpx.AsyncClient,
    work: Work,
    owner: Database,
    changes: dict[str, Any],
    told: str,
) -> None:
    await keep(owner, make_credential("community", label="Ключ", **changes))

    with pytest.raises(PublishError, match="credential Ключ") as caught:
        await voices(http, work).access_of(VK)

    assert caught.value.failure is Failure.REAUTH
    assert told in caught.value.message
    assert caught.value.token is None


async def test_without_a_secret_key_nothing_is_opened(
    http: httpx.AsyncClient, work: Work, owner: Database
) -> None:
    await keep(owner, make_credential("community"))

    assert await voices(http, work, vault=None).access_of(VK) is None


@pytest.mark.parametrize(
    ("settings", "answering"),
    [
        (Settings(), ["sandbox", "vk", "telegram", "max"]),
        (
            Settings(ok_answers=True, secret_key=SecretStr("0" * 64)),
            ["sandbox", "vk", "ok", "telegram", "max"],
        ),
    ],
)
async def test_on_ok_answers_go_out_only_when_the_operator_says_so(
    work: Work, settings: Settings, answering: list[str]
) -> None:
    async with open_publishers(settings, work) as publishers:
        able = [one.network for one in publishers.all if one.capabilities.answers]

    assert able == answering


async def test_a_page_without_a_key_to_open_tokens_is_told_so(work: Work) -> None:
    async with open_publishers(Settings(), work) as publishers:
        vk = publishers.all[1]
        access: Access | None = await vk._access_of(VK)  # type: ignore[attr-defined]

    assert access is None
