"""What the sandbox's VK does with an answer, our client can live with."""

from collections.abc import AsyncIterator

import pytest

from services.ingest.sources.base import ErrorKind
from shared.networks.failures import NetworkError
from shared.networks.vk import Vk
from shared.networks.vk.answer import find, look, send
from shared.networks.vk.links import Spot
from tests.infra.sandbox.fakes.vk import NUMBER, OWNER, PAGE
from tests.services.ingest.sources.vk.sandbox import TOKENS, SandboxVk, sandbox_vk


@pytest.fixture
async def vk() -> AsyncIterator[SandboxVk]:
    async with sandbox_vk() as sandbox:
        yield sandbox


class TestAnswering:
    """One public answer, whatever happens to the response."""

    TEXT = "Здравствуйте! Яму засыплют до пятницы."

    @pytest.fixture
    def spot(self, vk: SandboxVk) -> Spot:
        post = vk.publish("Пишите здесь")
        return Spot(OWNER, post.id, vk.publish("Яма", parent=post.id).id)

    async def test_the_same_guid_publishes_once(
        self, vk: SandboxVk, spot: Spot
    ) -> None:
        api = Vk(vk.access(*TOKENS), group=NUMBER)

        first = await send(api, spot, self.TEXT, group=NUMBER, guid="r1")
        again = await send(api, spot, self.TEXT, group=NUMBER, guid="r1")

        texts = list(vk.standing().values())
        assert (first == again, texts.count(self.TEXT)) == (True, 1)

    async def test_a_lost_response_is_found_in_the_thread(
        self, vk: SandboxVk, spot: Spot
    ) -> None:
        api = Vk(vk.access(*TOKENS), group=NUMBER)
        await vk.vk.order("vk/writes", mode="lost")
        since = vk.now
        with pytest.raises(NetworkError) as caught:
            await send(api, spot, self.TEXT, group=NUMBER, guid="r1")

        found = await find(api, spot, self.TEXT, group=NUMBER, since=since)
        again = await send(api, spot, self.TEXT, group=NUMBER, guid="r1")

        assert (caught.value.kind, caught.value.code) == (ErrorKind.RETRY, None)
        assert found is not None
        assert (found.id, list(vk.standing().values()).count(self.TEXT)) == (again, 1)

    async def test_the_target_is_seen_as_it_stands(
        self, vk: SandboxVk, spot: Spot
    ) -> None:
        api = Vk(vk.access(*TOKENS), group=NUMBER)
        stands = await look(api, spot, group=NUMBER)
        await send(api, spot, self.TEXT, group=NUMBER, guid="r1")
        answered = await look(api, spot, group=NUMBER)
        vk.network.stage.close_comments(PAGE, spot.post, at=vk.now)
        closed = await look(api, spot, group=NUMBER)
        assert spot.comment is not None
        vk.delete(spot.comment)
        gone = await look(api, spot, group=NUMBER)

        assert (stands.exists, stands.open, stands.text) == (True, True, "Яма")
        assert [each.text for each in answered.answers] == [self.TEXT]
        assert (closed.exists, closed.open, gone.exists) == (True, False, False)

    @pytest.mark.parametrize(
        ("mode", "kind"),
        [
            ("rejected", ErrorKind.SKIP_ITEM),
            ("limited", ErrorKind.WAIT),
            ("deleted-target", ErrorKind.SKIP_ITEM),
        ],
    )
    async def test_a_refusal_publishes_nothing(
        self, vk: SandboxVk, spot: Spot, mode: str, kind: ErrorKind
    ) -> None:
        api = Vk(vk.access(*TOKENS), group=NUMBER)
        await vk.vk.order("vk/writes", mode=mode)

        with pytest.raises(NetworkError) as caught:
            await send(api, spot, self.TEXT, group=NUMBER, guid="r1")

        assert caught.value.kind is kind
        assert self.TEXT not in vk.standing().values()

    async def test_a_target_edited_at_the_last_moment_is_seen_by_the_next_look(
        self, vk: SandboxVk, spot: Spot
    ) -> None:
        api = Vk(vk.access(*TOKENS), group=NUMBER)
        await vk.vk.order("vk/writes", mode="edited-target")
        before = await look(api, spot, group=NUMBER)

        await send(api, spot, self.TEXT, group=NUMBER, guid="r1")
        after = await look(api, spot, group=NUMBER)

        assert [each.text for each in after.answers] == [self.TEXT]
        assert (before.text, after.text) == ("Яма", "Яма (upd)")
