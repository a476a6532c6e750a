"""What Otklik never keeps (product.md, Conduct 1 and 5), looked for everywhere.

Where the clauses of Conduct 2, rules as reviewed objects, are tested is named below.
"""

from collections.abc import AsyncIterator
from importlib import import_module

import httpx
import pytest
from sqlalchemy import text

from services.ingest.jobs import Tools
from services.ingest.sources.connector import Connector
from services.ingest.sources.tiktok import TikTokConnector
from services.ingest.sources.x import XConnector
from shared.db import EVERY_REGION, Database
from shared.search import Query
from tests.fakes import FakeQueue
from tests.services.ingest.doubles import Quiet
from tests.services.ingest.incoming import post_object
from tests.services.ingest.pushing import ndjson, offered
from web.troubles import NOTICES

AUTHOR = {
    "id": "zhitel-77001",
    "name": "Вымышлена Авторова",
    "url": "https://vk.example/zhitel-77001",
    "phone": "+7 900 770-01-77",
}
AUTHOR_FIELDS = {
    "author": AUTHOR,
    "author_id": AUTHOR["id"],
    "author_name": AUTHOR["name"],
    "owner": {"screen_name": AUTHOR["id"]},
    "from": AUTHOR,
    "user": AUTHOR["name"],
}
PRIVATE = {
    "phone": "+7 912 345-67-89",
    "email": "zhilec@pochta.example",
    "name": "Иванова Мария Петровна",
    "flat": "кв. 147",
    "passport": "4509 123456",
}
TEXT = (
    "Яма у дома 5 по улице Садовой. Звоните {phone}, пишите {email}, "
    "спросить {name}, {flat}, паспорт {passport}."
).format(**PRIVATE)


async def every_value(owner: Database) -> AsyncIterator[tuple[str, str]]:
    """Each value of every column of every table, read as text."""
    columns = text("""
        SELECT table_schema, table_name, column_name FROM information_schema.columns
        WHERE table_schema IN ('ingest', 'triage', 'reports', 'audit', 'search')
        ORDER BY 1, 2, 3
    """)
    async with owner.session(EVERY_REGION) as session:
        for schema, table, column in (await session.execute(columns)).all():
            query = f'SELECT "{column}"::text FROM "{schema}"."{table}"'  # noqa: S608 -- names of the catalogue
            for value in await session.scalars(text(query)):
                yield f"{schema}.{table}.{column}", value or ""


async def places_of(owner: Database, *secrets: str) -> list[tuple[str, str]]:
    """Name the columns that hold one of the secrets, and which."""
    return sorted(
        {
            (place, secret)
            async for place, value in every_value(owner)
            for secret in secrets
            if secret in value or secret.encode().hex() in value
        }
    )


@pytest.fixture
async def lived_through(client: httpx.AsyncClient, quiet: Quiet) -> None:
    """Posts with authors and personal data went the whole way and were edited."""
    first = post_object(text=TEXT) | AUTHOR_FIELDS
    other = post_object(external_id="A-2", metrics={"likes": 1, "author": AUTHOR})
    edit = first | {
        "text": f"{TEXT} Ещё раз.",
        "edited_at": "2025-11-11T13:00:00+03:00",
    }
    for body in (ndjson(first, other), ndjson(edit)):
        answer = await client.post(
            "/ingest/posts", content=body, headers={"Idempotency-Key": str(len(body))}
        )
        assert answer.json()["rejected"] == []
        await quiet()


async def test_no_author_is_kept_anywhere(
    lived_through: None, owner: Database, queue: FakeQueue
) -> None:
    assert await places_of(owner, *AUTHOR.values()) == []
    assert not any(value in str(queue.rings) for value in AUTHOR.values())


async def test_no_table_has_a_place_for_an_author(owner: Database) -> None:
    columns = text("""
        SELECT table_schema || '.' || table_name || '.' || column_name
        FROM information_schema.columns
        WHERE table_schema IN ('ingest', 'search')
            AND (table_name || '.' || column_name) ~ '(author(?!ity)|person|resident)'
    """)

    async with owner.session(EVERY_REGION) as session:
        assert list(await session.scalars(columns)) == []


async def test_personal_data_are_readable_nowhere(
    lived_through: None, owner: Database
) -> None:
    """The search is proven to look everywhere: it finds what may be kept."""
    assert await places_of(owner, *PRIVATE.values()) == []
    assert ("ingest.post.text", "Садовой") in await places_of(owner, "Садовой")
    assert ("audit.event.body", "posts.received") in await places_of(
        owner, "posts.received"
    )


async def test_personal_data_reach_neither_triage_nor_the_index(
    lived_through: None, tools: Tools, queue: FakeQueue
) -> None:
    sent = [post.text for message in offered(queue) for post in message.posts]
    page = await tools.search.search(Query(region_id=1, q="Садовая"))
    texts = [*sent, *(hit.document.text for hit in page.hits)]

    assert len(sent) == 3
    assert len(page.hits) == 2
    assert not [text for text in texts for each in PRIVATE.values() if each in text]
    for q in ("Иванова", "9123456789", "345-67-89", "zhilec"):
        assert (await tools.search.search(Query(region_id=1, q=q))).hits == ()


async def test_a_search_for_a_person_is_logged_without_the_name(
    client: httpx.AsyncClient, lived_through: None, owner: Database
) -> None:
    asked = f"{PRIVATE['name']} {PRIVATE['phone']}"

    answer = await client.get("/archive/posts", params={"q": asked})

    assert answer.json()["items"] == []
    assert await places_of(owner, *PRIVATE.values()) == []
    assert await places_of(owner, "archive.searched") == [
        ("audit.event.body", "archive.searched")
    ]


async def test_a_deletion_leaves_no_word_of_the_text(
    client: httpx.AsyncClient, lived_through: None, owner: Database, quiet: Quiet
) -> None:
    gone = post_object(text="Яма", deleted=True, edited_at="2025-11-11T14:00:00+03:00")
    await client.post("/ingest/posts", content=ndjson(gone))
    other = post_object(
        external_id="A-2", deleted=True, edited_at="2025-11-11T14:00:00+03:00"
    )
    await client.post("/ingest/posts", content=ndjson(other))

    await quiet()
    async with owner.session(EVERY_REGION) as session:
        # What was sent before stays in the outbox until triage acknowledges it.
        await session.execute(text("DELETE FROM ingest.outbox"))

    kept = await places_of(owner, "Садовой", "Ещё раз")
    assert [place for place in kept if not place[0].startswith("search.word")] == []


_SOURCES = "tests.services.ingest.sources"

CONDUCT_1 = {
    "nothing that is kept of a payload tells who wrote it": (
        f"{_SOURCES}.test_raws",
        "test_nothing_of_a_payload_tells_who_wrote_it",
    ),
    "what was found on a person's own wall holds no number of theirs": (
        "tests.services.ingest.test_handlers_veils",
        "test_no_column_holds_the_number_of_a_person",
    ),
    "nor does what systems push and files bring": (
        "tests.services.ingest.test_handlers_veils",
        "test_what_systems_push_and_files_bring_is_veiled_as_well",
    ),
    "what no connector opens is not added": (
        "tests.services.ingest.test_api_watching",
        "test_what_is_recognised_to_be_refused_is_not_watched",
    ),
    "nobody's page of VK is watched": (
        f"{_SOURCES}.vk.test_connector",
        "test_a_person_is_neither_opened_nor_checked",
    ),
    "nor is one that has a name": (
        f"{_SOURCES}.vk.test_wall",
        "test_people_and_unknown_names_are_not_watched",
    ),
    "nobody's page of OK is watched": (
        f"{_SOURCES}.ok.test_connector",
        "test_what_is_not_watched_is_refused_with_the_reason",
    ),
    "nobody in MAX is watched": (
        f"{_SOURCES}.max.test_connector",
        "test_what_can_not_be_watched_is_refused_with_the_reason",
    ),
    "nobody in Telegram is watched": (
        "tests.shared.networks.telegram.test_telethon",
        "test_name_of_a_person_is_no_channel",
    ),
    "nobody's journal is watched": (
        f"{_SOURCES}.feed.test_parse",
        "test_a_persons_journal_is_refused_as_a_feed_as_well",
    ),
    "nobody's page of Facebook is watched": (
        f"{_SOURCES}.facebook.test_connector",
        "test_what_is_no_page_is_refused",
    ),
    "no account of Instagram but our own is watched": (
        f"{_SOURCES}.instagram.test_account",
        "test_account_of_others_is_disabled",
    ),
    "X is not searched for what one person writes or is written": (
        f"{_SOURCES}.x.test_connector",
        "test_searches_of_people_and_long_ones_are_refused",
    ),
    "of an account of X its own posts are never read": (
        f"{_SOURCES}.x.test_watch",
        "test_of_an_account_what_others_write_to_it_is_read",
    ),
    "a network that is off by default needs somebody to answer for it": (
        "tests.services.ingest.test_api_watching",
        "test_a_network_that_is_off_is_watched_when_its_notice_is_accepted",
    ),
}
"""No person is an object of search: whose pages are watched, network by network."""


@pytest.mark.parametrize("clause", CONDUCT_1)
def test_every_clause_of_conduct_1_has_its_test(clause: str) -> None:
    module, name = CONDUCT_1[clause]

    assert callable(getattr(import_module(module), name))


@pytest.mark.parametrize("connector", [XConnector(), TikTokConnector()])
def test_where_accounts_may_be_peoples_a_named_person_says_that_they_are_not(
    connector: Connector,
) -> None:
    assert connector.off_by_default
    assert "that an account you add is an authority's" in NOTICES[connector.network]


CONDUCT_2 = {
    "topics are public services, no rule is about politics, protest or religion": (
        "tests.shared.test_library_starter",
        "test_no_rule_and_no_topic_is_about_opinions",
    ),
    "no rule looks for a person": (
        "tests.shared.test_library_starter",
        "test_no_rule_looks_for_a_person",
    ),
    "a rule has an owner, a stated purpose and an expiry date": (
        "tests.services.ingest.test_api_rules",
        "test_a_rule_without_what_it_needs_is_refused",
    ),
    "it says before it expires, and stops": (
        "tests.services.ingest.test_api_rules",
        "test_a_rule_says_before_it_expires_and_when_it_has",
    ),
    "an expired rule catches nothing": (
        "tests.services.ingest.test_handlers_matching",
        "test_a_rule_expires_at_midnight_where_the_region_is",
    ),
    "every change has an author and a reason": (
        "tests.services.ingest.test_api_rules",
        "test_a_change_without_a_reason_is_refused",
    ),
    "it has a measured share of rejected hits": (
        "tests.services.ingest.test_handlers_rule_quality",
        "test_decisions_about_posts_are_counted_for_the_rules_that_caught_them",
    ),
    "a rule whose hits are rejected is flagged": (
        "tests.services.ingest.test_handlers_rule_quality",
        "test_a_rule_whose_hits_are_rejected_is_flagged_and_stays_in_force",
    ),
    "a rule that mostly catches opinions is flagged and suspended": (
        "tests.services.ingest.test_handlers_rule_quality",
        "test_a_rule_that_catches_mostly_opinions_is_suspended_by_itself",
    ),
    "only a reviewed version with a reason puts it into force again": (
        "tests.services.ingest.test_handlers_rule_quality",
        "test_only_a_new_version_with_a_reason_puts_it_into_force_again",
    ),
    "people see it with figures": (
        "tests.web.pages.test_rules",
        "test_a_rule_paused_for_opinions_says_so_with_figures",
    ),
}


@pytest.mark.parametrize("clause", CONDUCT_2)
def test_every_clause_of_conduct_2_has_its_test(clause: str) -> None:
    module, name = CONDUCT_2[clause]

    assert callable(getattr(import_module(module), name))


CONDUCT_6 = {
    "what is kept for a time goes by itself": (
        "tests.services.ingest.test_handlers_retention",
        "test_payloads_are_erased_when_their_time_is_over",
    ),
    "the log proves what went under which rule": (
        "tests.services.ingest.test_handlers_retention",
        "test_what_was_erased_stays_provable",
    ),
    "addresses that name people go with them": (
        "tests.services.ingest.test_handlers_veils",
        "test_addresses_are_erased_with_the_payloads_of_their_time",
    ),
    "no setting keeps it for ever": (
        "tests.services.ingest.test_handlers_retention",
        "test_payloads_are_kept_neither_never_nor_for_ever",
    ),
}
"""Of what ingest keeps for a time only: raw payloads, addresses that name people."""


@pytest.mark.parametrize("clause", CONDUCT_6)
def test_every_clause_of_conduct_6_has_its_test(clause: str) -> None:
    module, name = CONDUCT_6[clause]

    assert callable(getattr(import_module(module), name))
