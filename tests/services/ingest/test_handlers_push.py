"""Taking pushed posts in: once each, with their edits and deletions."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text

from services.ingest.handlers.push import Receipt, receive_once, receive_push
from services.ingest.handlers.receive import place_of
from services.ingest.store.idempotency import KEPT, Call
from shared.audit import log as audit_log
from shared.errors import Invalid
from shared.uow import Work
from shared.vault import Vault
from tests.fakes import FakeQueue
from tests.services.ingest.doubles import Clock
from tests.services.ingest.incoming import post_object
from tests.services.ingest.pushing import batch_of, counts, push, rows, values

POST = """SELECT revision, text, edited_at IS NOT NULL AS edited,
    deleted_at IS NOT NULL AS deleted FROM ingest.post ORDER BY external_id"""
REVISIONS = "SELECT revision, text FROM ingest.post_revision ORDER BY 1"

NOON = "2025-11-11T12:00:00+03:00"
ONE = "2025-11-11T13:00:00+03:00"
TWO = "2025-11-11T14:00:00+03:00"


async def test_the_same_post_twice_is_one_row(work: Work, vault: Vault) -> None:
    first = await push(work, vault, post_object())
    second = await push(work, vault, post_object(metrics={"likes": 4}))

    assert (first, second) == (Receipt(1, 0), Receipt(0, 1))
    assert (await counts(work))["post"] == 1


async def test_an_edit_is_a_revision(work: Work, vault: Vault) -> None:
    await push(work, vault, post_object(text="Яма"))

    receipt = await push(work, vault, post_object(text="Яма засыпана", edited_at=ONE))

    assert receipt == Receipt(1, 0)
    assert await rows(work, POST) == [
        {"revision": 2, "text": "Яма засыпана", "edited": True, "deleted": False}
    ]
    assert await rows(work, REVISIONS) == [{"revision": 1, "text": "Яма"}]


async def test_a_late_older_version_changes_nothing(work: Work, vault: Vault) -> None:
    await push(work, vault, post_object(text="Вторая", edited_at=TWO))

    receipt = await push(work, vault, post_object(text="Первая", edited_at=ONE))

    assert receipt == Receipt(0, 1)
    assert await values(work, "SELECT text FROM ingest.post") == ["Вторая"]
    assert await rows(work, REVISIONS) == []


async def test_a_later_time_of_the_same_content_is_kept_alone(
    work: Work, vault: Vault
) -> None:
    await push(work, vault, post_object(text="Яма"))
    await push(work, vault, post_object(text="Яма", edited_at=TWO))

    receipt = await push(work, vault, post_object(text="Ямы", edited_at=ONE))

    assert receipt == Receipt(0, 1)
    assert await values(work, "SELECT revision FROM ingest.post") == [1]


async def test_all_versions_of_one_call_are_kept(work: Work, vault: Vault) -> None:
    await push(work, vault, post_object(text="Один"))

    receipt = await push(
        work,
        vault,
        post_object(text="Один"),
        post_object(text="Два", edited_at=ONE),
        post_object(text="Три", edited_at=TWO),
        post_object(text="Два", edited_at=ONE),
    )

    assert receipt == Receipt(2, 2)
    assert await values(work, "SELECT text FROM ingest.post") == ["Три"]
    assert await rows(work, REVISIONS) == [
        {"revision": 1, "text": "Один"},
        {"revision": 2, "text": "Два"},
    ]


async def test_a_deletion_empties_all_that_is_kept_of_the_text(
    work: Work, vault: Vault
) -> None:
    await push(work, vault, post_object(text="Звоните +7 912 345-67-89"))
    await push(work, vault, post_object(text="Звоните 8 912 000-00-00", edited_at=ONE))

    receipt = await push(
        work, vault, post_object(text="Звоните", deleted=True, edited_at=TWO)
    )

    assert receipt == Receipt(1, 0)
    assert await rows(work, POST) == [
        {"revision": 3, "text": "", "edited": True, "deleted": True}
    ]
    assert await rows(work, REVISIONS) == [
        {"revision": 1, "text": ""},
        {"revision": 2, "text": ""},
    ]
    assert (await counts(work))["sealed_original"] == 0


async def test_texts_before_a_deletion_of_their_own_call_are_not_kept(
    work: Work, vault: Vault
) -> None:
    receipt = await push(
        work,
        vault,
        post_object(text="Мой номер +7 912 345-67-89"),
        post_object(text=None, deleted=True, edited_at=ONE),
        post_object(text="Вернули", edited_at=TWO),
    )

    assert receipt == Receipt(3, 0)
    assert await values(work, "SELECT text FROM ingest.post") == ["Вернули"]
    assert await rows(work, REVISIONS) == [
        {"revision": 1, "text": ""},
        {"revision": 2, "text": ""},
    ]
    assert (await counts(work))["sealed_original"] == 0


async def test_a_deleted_post_stays_deleted_when_an_older_version_comes(
    work: Work, vault: Vault
) -> None:
    await push(work, vault, post_object(text=None, deleted=True, edited_at=TWO))

    receipt = await push(
        work, vault, post_object(text="Старое"), post_object(edited_at=ONE)
    )

    assert receipt == Receipt(0, 2)
    assert await rows(work, POST) == [
        {"revision": 1, "text": "", "edited": True, "deleted": True}
    ]


async def test_a_restored_post_is_alive_again(work: Work, vault: Vault) -> None:
    await push(work, vault, post_object(text=None, deleted=True, edited_at=ONE))

    receipt = await push(work, vault, post_object(text="Снова здесь", edited_at=TWO))

    assert receipt == Receipt(1, 0)
    assert await rows(work, POST) == [
        {"revision": 2, "text": "Снова здесь", "edited": True, "deleted": False}
    ]


async def test_the_original_is_sealed_only_where_redaction_changed_it(
    work: Work, vault: Vault
) -> None:
    original = "Звонила Иванова Мария Петровна, +7 912 345-67-89"

    await push(work, vault, post_object(text=original), post_object(external_id="A-2"))

    texts = await values(work, "SELECT text FROM ingest.post ORDER BY external_id")
    (sealed,) = await rows(work, "SELECT * FROM ingest.sealed_original")
    place = place_of(UUID(str(sealed["post_id"])), 1)
    assert texts == ["Звонила [имя], [телефон]", "Яма на Садовой, 5"]
    assert vault.unseal(sealed["sealed"], place) == original
    assert original.encode() not in sealed["sealed"]


async def test_the_fingerprint_tells_nothing_without_the_secret(
    work: Work, vault: Vault
) -> None:
    await push(work, vault, post_object())

    receipt = await push(
        work, Vault(b"another secret of thirty-two byt"), post_object()
    )

    assert receipt == Receipt(1, 0), "another secret makes another fingerprint"


async def test_posts_are_matched_in_batches_of_two_hundred(
    work: Work, vault: Vault, queue: FakeQueue
) -> None:
    await push(work, vault, *(post_object(external_id=f"A-{n}") for n in range(450)))

    sizes = await values(
        work, "SELECT cardinality(post_ids) FROM ingest.batch ORDER BY id"
    )
    in_batches = await values(
        work,
        "SELECT count(*) FROM ingest.batch b JOIN ingest.post p ON p.batch_id = b.id "
        "AND p.id = ANY(b.post_ids)",
    )
    assert sizes == [200, 200, 50]
    assert in_batches == [450]
    assert queue.take("ingest", "match_waiting") == [(1,)]
    assert queue.take("ingest", "index_posts") == [(1,)]


async def test_a_call_without_changes_rings_for_nothing(
    work: Work, vault: Vault, queue: FakeQueue
) -> None:
    await push(work, vault, post_object())
    queue.rings.clear()

    await push(work, vault, post_object())

    assert queue.rings == []


async def test_one_call_is_one_entry_of_the_audit_log(work: Work, vault: Vault) -> None:
    await push(work, vault, post_object(), post_object(), {"text": "без полей"})

    async with work.unit(1) as uow:
        (entry,) = await audit_log.rows(uow.session, 1)
        (source,) = list(
            await uow.session.scalars(text("SELECT id::text FROM ingest.source"))
        )
    assert '"action":"posts.received"' in entry.body
    assert f'"key":"{source}"' in entry.body
    assert '"detail":{"accepted":1,"duplicates":1,"rejected":1}' in entry.body


async def test_sources_are_made_as_they_are_named(work: Work, vault: Vault) -> None:
    await push(
        work,
        vault,
        post_object(),
        post_object(network="vk"),
        post_object(source="mfc"),
        post_object(source="mfc", external_id="A-2"),
    )

    found = await rows(
        work, "SELECT kind, network, name, intake FROM ingest.source ORDER BY 3, 2"
    )
    assert found == [
        {"kind": "push", "network": "portal", "name": "city-portal", "intake": "all"},
        {"kind": "push", "network": "vk", "name": "city-portal", "intake": "all"},
        {"kind": "push", "network": "portal", "name": "mfc", "intake": "all"},
    ]
    assert (await counts(work))["post"] == 4


async def test_lines_of_a_disabled_source_are_refused(work: Work, vault: Vault) -> None:
    await push(work, vault, post_object())
    async with work.unit(1) as uow:
        await uow.session.execute(text("UPDATE ingest.source SET state = 'disabled'"))

    receipt = await push(
        work, vault, post_object(external_id="A-2"), post_object(source="mfc")
    )

    assert (receipt.accepted, receipt.duplicates) == (1, 0)
    assert [(each.line, each.reason) for each in receipt.rejected] == [
        (1, "source: is disabled")
    ]


async def test_the_same_post_in_two_regions_is_two_posts(
    work: Work, vault: Vault
) -> None:
    first = await push(work, vault, post_object(text="Север"), region=1)
    second = await push(work, vault, post_object(text="Юг"), region=2)

    assert (first, second) == (Receipt(1, 0), Receipt(1, 0))
    assert await values(work, "SELECT text FROM ingest.post") == ["Север"]


async def test_calls_that_bring_the_same_posts_at_once_store_them_once(
    work: Work, vault: Vault
) -> None:
    objects = [post_object(external_id=f"A-{n}") for n in range(60)]
    forward, backward = batch_of(work, *objects), batch_of(work, *objects[::-1])

    async def call(batch: object) -> Receipt:
        async with work.unit(1) as uow:
            return await receive_push(uow, batch, vault)

    receipts = await asyncio.gather(
        *(call(batch) for batch in (forward, backward, forward))
    )

    assert sum(each.accepted for each in receipts) == 60
    assert sum(each.duplicates for each in receipts) == 120
    assert await counts(work) == {
        "post": 60,
        "post_key": 60,
        "post_revision": 0,
        "sealed_original": 0,
        "index_queue": 60,
    }


async def test_edits_of_one_post_at_once_are_played_one_after_another(
    work: Work, vault: Vault
) -> None:
    await push(work, vault, post_object(text="Ноль"))

    receipts = await asyncio.gather(
        *(
            push(work, vault, post_object(text=f"Правка {n}", edited_at=time))
            for n, time in enumerate([ONE, TWO, "2025-11-11T15:00:00+03:00"])
        )
    )

    accepted = sum(each.accepted for each in receipts)
    (revision,) = await values(work, "SELECT revision FROM ingest.post")
    assert await values(work, "SELECT text FROM ingest.post") == ["Правка 2"]
    assert revision == accepted + 1
    assert len(await rows(work, REVISIONS)) == accepted


def call_of(body: bytes = b"1", *, key: str = "k", client: str = "c") -> Call:
    return Call(region=1, client=client, key=key, request_hash=body)


async def push_once(work: Work, vault: Vault, call: Call, *objects: object) -> Receipt:
    batch = batch_of(work, *objects)
    async with work.unit(1) as uow:
        return await receive_once(uow, batch, vault, call)


async def test_a_repeated_call_gets_its_first_answer(work: Work, vault: Vault) -> None:
    first = await push_once(work, vault, call_of(), post_object(), {"bad": 1})

    again = await push_once(work, vault, call_of(), post_object(), {"bad": 1})

    assert first.accepted == 1
    assert again == first


async def test_a_key_used_for_another_body_is_refused(work: Work, vault: Vault) -> None:
    await push_once(work, vault, call_of(b"1"), post_object())

    with pytest.raises(Invalid, match="another body"):
        await push_once(work, vault, call_of(b"2"), post_object(external_id="A-2"))

    assert (await counts(work))["post"] == 1


async def test_keys_of_two_clients_do_not_meet(work: Work, vault: Vault) -> None:
    await push_once(work, vault, call_of(client="one"), post_object())

    receipt = await push_once(
        work, vault, call_of(b"2", client="two"), post_object(external_id="A-2")
    )

    assert receipt == Receipt(1, 0)


async def test_a_key_is_forgotten_after_a_day(
    work: Work, vault: Vault, clock: Clock
) -> None:
    await push_once(work, vault, call_of(b"1"), post_object())
    clock.now += KEPT
    clock.forward(seconds=1)

    receipt = await push_once(work, vault, call_of(b"2"), post_object(external_id="2"))

    assert receipt == Receipt(1, 0)


async def test_repeated_calls_at_once_have_one_effect_and_one_answer(
    work: Work, vault: Vault
) -> None:
    objects = [post_object(external_id=f"A-{n}") for n in range(20)]

    receipts = await asyncio.gather(
        *(push_once(work, vault, call_of(), *objects) for _ in range(4))
    )

    assert receipts == [Receipt(20, 0)] * 4
    assert (await counts(work))["post"] == 20
