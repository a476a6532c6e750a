"""Answers in Telegram's groups: one each, known to stand or said to be unknown."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from infra.sandbox.stage import Item
from infra.sandbox.stage.plans import FaultMode, Write, WriteMode
from services.triage.domain.answering import (
    Address,
    Capabilities,
    Failure,
    Page,
    Standing,
    Target,
    TargetState,
)
from services.triage.publishers import Publisher, PublishError
from services.triage.publishers.telegram import TelegramPublisher
from shared.networks.access import Access, Token
from shared.networks.telegram.history import TelegramHistory
from tests.services.ingest.sources.telegram.sandbox import (
    BOT_TOKEN,
    CHANNEL,
    Telegram,
)

BOT = Token("b1", "bot", {"token": BOT_TOKEN})
SESSION = Token("s1", "session", {"session": "…", "api_id": "1", "api_hash": "…"})
TEXT = "Заделаем до пятницы."


class Bench:
    """A publisher, a comment it can answer, and what the public sees there."""

    def __init__(self, *tokens: Token) -> None:
        self.telegram = Telegram()
        self.telegram.networks.ledger.approve(TEXT)
        self.comment = self.telegram.comment(self.telegram.post("Пост"), "Яма")
        self.tokens = tokens
        self.publisher: Publisher = TelegramPublisher(self._access, self._open)

    async def _access(self, page: Page) -> Access | None:
        assert page.name == "Область"
        return self.telegram.access(*self.tokens) if self.tokens else None

    @asynccontextmanager
    async def _open(
        self, access: Access, token: Token
    ) -> AsyncIterator[TelegramHistory]:
        fakes = pytest.importorskip(
            "tests.services.ingest.sources.telegram.fake_history",
            reason="the extra `mtproto` is not installed",
        )
        async with fakes.FakeHistory(self.telegram).open(access, token) as history:
            yield history

    def at(self, item: Item | None = None, url: str | None = None) -> Target:
        key = self.telegram.key(item or self.comment)
        return Target(
            address=Address(
                network="telegram", kind="comment", url=url or f"https://t.me/{key}"
            ),
            page=Page(region_id=1, network="telegram", native_id="1", name="Область"),
        )

    def plan(self, mode: WriteMode) -> None:
        self.telegram.context.writes.add(Write(mode=mode))

    def answers(self) -> list[str]:
        items = self.telegram.stage.items(CHANNEL)
        return [each.text for each in items if each.text == TEXT]


@pytest.fixture
def bench() -> Bench:
    return Bench(BOT, SESSION)


@pytest.fixture
def blind() -> Bench:
    """A bot without an account that could read for it."""
    return Bench(BOT)


async def test_answer_is_public_and_told_as_it_is(blind: Bench) -> None:
    published = await blind.publisher.send(TEXT, blind.at(), "key-1")

    (entry,) = blind.telegram.networks.ledger.all
    key = blind.telegram.key(blind.telegram.stage.item(CHANNEL, entry.item or 0))
    assert (published.link, published.native_id) == (f"https://t.me/{key}", key)
    assert (published.text, entry.target) == (TEXT, blind.comment.id)
    assert published.raw.keys() == {"chat_id", "message_id"}
    assert blind.telegram.report()["unapproved_writes"] == 0


async def test_lost_response_is_called_lost_and_the_answer_found(
    bench: Bench,
) -> None:
    since = bench.telegram.now
    bench.plan(WriteMode.LOST)
    with pytest.raises(PublishError) as failed:
        await bench.publisher.send(TEXT, bench.at(), "key-1")

    found = await bench.publisher.find(bench.at(), f"  {TEXT} ", since)

    assert failed.value.failure is Failure.LOST
    assert found is not None
    assert (found.text, bench.answers()) == (TEXT, [TEXT])


async def test_without_an_account_a_person_has_to_look(blind: Bench) -> None:
    blind.plan(WriteMode.LOST)
    with pytest.raises(PublishError) as lost:
        await blind.publisher.send(TEXT, blind.at(), "key-1")

    with pytest.raises(PublishError, match="look in the group") as unseen:
        await blind.publisher.find(blind.at(), TEXT, blind.telegram.now)

    assert (lost.value.failure, unseen.value.failure) == (Failure.LOST, Failure.HUMAN)
    assert blind.answers() == [TEXT]


async def test_other_words_other_times_and_other_people_are_not_found(
    bench: Bench,
) -> None:
    telegram = bench.telegram
    telegram.comment(bench.comment, TEXT)
    other = telegram.comment(telegram.post("Другой пост"), "Тоже яма")
    await bench.publisher.send(TEXT, bench.at(other), "key-1")
    nothing = await bench.publisher.find(bench.at(), TEXT, telegram.now)
    await bench.publisher.send(TEXT, bench.at(), "key-2")

    found = [
        nothing,
        await bench.publisher.find(bench.at(), "Заделаем!", telegram.now),
        await bench.publisher.find(
            bench.at(), TEXT, telegram.now + timedelta(minutes=5)
        ),
    ]

    assert found == [None, None, None]


async def test_look_tells_our_answers_and_changes_nothing(bench: Bench) -> None:
    before = await bench.publisher.look(bench.at())
    published = await bench.publisher.send(TEXT, bench.at(), "key-1")
    after = await bench.publisher.look(bench.at())

    assert before == TargetState()
    assert [(one.native_id, one.link) for one in after.answers] == [
        (published.native_id, published.link)
    ]
    assert bench.answers() == [TEXT]


async def test_edit_since_the_approval_is_seen(bench: Bench) -> None:
    bench.telegram.forward(minutes=3)
    bench.telegram.edit(bench.comment, "Яма заделана")
    edited_at = bench.telegram.now

    state = await bench.publisher.look(bench.at())

    assert state.edited_at == edited_at


async def test_edit_at_the_last_moment_is_seen_by_the_next_look(bench: Bench) -> None:
    bench.telegram.forward(minutes=3)
    edited_at = bench.telegram.now
    bench.plan(WriteMode.EDITED_TARGET)

    await bench.publisher.send(TEXT, bench.at(), "key-1")
    state = await bench.publisher.look(bench.at())

    assert bench.answers() == [TEXT]
    assert state.edited_at == edited_at


async def test_comment_that_is_gone_is_a_state_and_no_place_to_write(
    bench: Bench,
) -> None:
    bench.telegram.delete(bench.comment)

    state = await bench.publisher.look(bench.at())
    with pytest.raises(PublishError) as refused:
        await bench.publisher.send(TEXT, bench.at(), "key-1")

    assert state == TargetState(standing=Standing.DELETED)
    assert refused.value.failure is Failure.GONE
    assert bench.answers() == []


async def test_group_is_all_that_is_seen_without_an_account(blind: Bench) -> None:
    open_ = await blind.publisher.look(blind.at())
    blind.telegram.stage.ban(CHANNEL, at=blind.telegram.now)

    with pytest.raises(PublishError) as kicked:
        await blind.publisher.look(blind.at())

    assert open_ == TargetState()
    assert kicked.value.failure is Failure.HUMAN


@pytest.mark.parametrize(
    ("mode", "failure"),
    [
        (WriteMode.REJECTED, Failure.HUMAN),
        (WriteMode.LIMITED, Failure.WAIT),
        (WriteMode.DELETED_TARGET, Failure.GONE),
    ],
)
async def test_refusal_says_what_it_means(
    blind: Bench, mode: WriteMode, failure: Failure
) -> None:
    blind.plan(mode)
    begun = blind.telegram.now

    with pytest.raises(PublishError) as refused:
        await blind.publisher.send(TEXT, blind.at(), "key-1")

    until = begun + timedelta(seconds=37) if failure is Failure.WAIT else None
    assert (refused.value.failure, refused.value.until) == (failure, until)
    assert blind.answers() == []


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ({"mode": FaultMode.STATUS, "status": 502}, Failure.LOST),
        ({"mode": FaultMode.CUT}, Failure.LOST),
        ({"mode": FaultMode.RESET}, Failure.LOST),
    ],
)
async def test_whatever_may_have_been_published_is_lost(
    blind: Bench, fault: dict[str, Any], failure: Failure
) -> None:
    blind.telegram.fault(route="sendMessage", **fault)

    with pytest.raises(PublishError) as failed:
        await blind.publisher.send(TEXT, blind.at(), "key-1")

    assert failed.value.failure is failure
    assert BOT_TOKEN not in failed.value.message


async def test_dead_token_is_told_and_not_used_again(blind: Bench) -> None:
    blind.telegram.context.tokens.revoke(BOT_TOKEN)

    kinds = []
    for _ in range(2):
        with pytest.raises(PublishError) as refused:
            await blind.publisher.send(TEXT, blind.at(), "key-1")
        kinds.append(refused.value.failure)

    assert kinds == [Failure.REAUTH, Failure.REAUTH]
    assert blind.telegram.report()["after_fatal"] == 0


def test_it_serves_comments_in_groups_alone(blind: Bench) -> None:
    def serves(url: str | None, network: str = "telegram") -> bool:
        address = Address(network=network, kind="comment", url=url)
        return blind.publisher.serves(address)

    ours = "https://t.me/c/950000005/8595"
    elsewhere = [
        "https://t.me/tg_oblast/4297",
        "https://t.me/c/950000005/8595/../../x",
        "https://t.me.evil.example/c/950000005/8595",
        "https://vk.com/wall-1_2",
        "javascript:alert(1)",
        "",
        None,
    ]
    assert serves(ours)
    assert not serves(ours, "vk")
    assert not any(serves(url) for url in elsewhere)


async def test_no_call_is_made_for_another_address(blind: Bench) -> None:
    target = blind.at(url="https://t.me/tg_oblast/4297")

    with pytest.raises(PublishError) as refused:
        await blind.publisher.send(TEXT, target, "key-1")

    assert refused.value.failure is Failure.BUG
    assert blind.telegram.report()["requests"] == 0


@pytest.mark.parametrize("tokens", [(), (SESSION,)])
async def test_page_without_a_bot_does_not_answer(tokens: tuple[Token, ...]) -> None:
    bench = Bench(*tokens)

    with pytest.raises(PublishError, match="no bot's token") as refused:
        await bench.publisher.send(TEXT, bench.at(), "key-1")

    assert refused.value.failure is Failure.REAUTH
    assert bench.publisher.capabilities == Capabilities(remembers=None, finds=True)


async def test_busy_group_is_not_read_for_ever(bench: Bench) -> None:
    post = bench.telegram.post("Пост")
    for number in range(1_001):
        bench.telegram.comment(post, f"Ответ {number}")

    with pytest.raises(PublishError, match="more than 1000 messages") as given_up:
        await bench.publisher.find(bench.at(), TEXT, bench.telegram.now)

    assert given_up.value.failure is Failure.HUMAN
