"""What stands on the fake networks can be seen on the sandbox's own pages."""

from datetime import timedelta

import httpx
import pytest

from infra.sandbox.network import Network
from infra.sandbox.networks import NetworkContext
from infra.sandbox.networks.telegram.shapes import comment_id, group_number
from infra.sandbox.stage import AuthorKind, Item, Writer
from infra.sandbox.world import Pace, World
from shared.networks.ok.links import group_url, topic_url
from shared.networks.telegram.names import link_of
from shared.networks.vk.links import comment_url, post_url
from tests.infra.sandbox.networks import Wall, caller, network
from tests.infra.sandbox.worlds import START

RESIDENT = Writer(AuthorKind.USER, 700_000_011, "Ирина Т.")
QUIET = World(seed=1, start=START, pace=Pace(1, 1, timedelta(hours=1)))


@pytest.fixture
def running() -> Network:
    """A world where hardly anybody writes."""
    return network(QUIET, Wall())


def told(running: Network, code: str, page: str) -> tuple[NetworkContext, list[Item]]:
    """Have a post, a resident's comment and the page's answer to it."""
    running.networks.catch_up()
    context = running.networks.context(code)
    stage = context.stage
    post = stage.publish(page, "Яма <на> Садовой", at=START, writer=RESIDENT)
    comment = stage.publish(page, "И у нас", at=START, writer=RESIDENT, parent=post.id)
    answer = stage.publish(page, "Засыплем", at=START, parent=comment.id)
    return context, [post, comment, answer]


async def opened(running: Network, link: str) -> tuple[str, httpx.Response]:
    """Open a permalink as the pages of a demonstration lead to it."""
    async with caller(running) as client:
        sent = await client.get(link.replace("https://", "/site/"))
        where = sent.headers.get("location", "")
        return where, await client.get(where.partition("#")[0] or "/nowhere")


async def test_an_answer_on_a_wall_stands_under_what_it_answers(
    running: Network,
) -> None:
    context, (post, comment, answer) = told(running, "vk", "vk-vetlogorsk")
    owner = -context.stage.page("vk-vetlogorsk").number

    where, shown = await opened(running, comment_url(owner, post.id, answer.id))
    listed_at, listed = await opened(running, f"https://vk.com/club{-owner}")

    assert where == f"/pages/vk-vetlogorsk/posts/{post.id}#reply-{answer.id}"
    order = [
        shown.text.index(part)
        for part in ("Яма &lt;на&gt; Садовой", f"post-{comment.id}", "Засыплем")
    ]
    assert order == sorted(order)
    assert shown.text.count("Засыплем") == 1
    assert "Официальный ответ · Подслушано | Ветлогорск" in shown.text
    assert listed_at == "/pages/vk-vetlogorsk"
    assert f"/pages/vk-vetlogorsk/posts/{post.id}" in listed.text


async def test_permalinks_of_each_network_lead_to_the_post(running: Network) -> None:
    vk, (on_wall, reply, _) = told(running, "vk", "vk-vetlogorsk")
    ok, (topic, *_) = told(running, "ok", "ok-luginino")
    telegram, (post, comment, _) = told(running, "telegram", "tg-yagodino")
    owner = -vk.stage.page("vk-vetlogorsk").number
    group = f"{53_000_000_000_000 + ok.stage.page('ok-luginino').number}"
    number = 155_000_000_000_000 + 100_000_000_000 + topic.id
    chat = group_number(telegram.stage.page("tg-yagodino"))
    expected = {
        post_url(owner, on_wall.id): f"vk-vetlogorsk/posts/{on_wall.id}",
        comment_url(owner, on_wall.id, reply.id): f"vk-vetlogorsk/posts/{on_wall.id}",
        topic_url(group, number): f"ok-luginino/posts/{topic.id}",
        group_url(group): "ok-luginino",
        "https://ok.ru/ok_luginino": "ok-luginino",
        link_of("tg_yagodino", post.id) or "": f"tg-yagodino/posts/{post.id}",
        link_of(f"c/{chat}", comment_id(comment.id)) or "": (
            f"tg-yagodino/posts/{post.id}"
        ),
        "https://t.me/tg_yagodino_bot": "tg-yagodino",
        "https://t.me/s/tg_yagodino": "tg-yagodino",
    }

    found = {link: (await opened(running, link))[0] for link in expected}

    assert {link: where.partition("#")[0] for link, where in found.items()} == {
        link: f"/pages/{where}" for link, where in expected.items()
    }


@pytest.mark.parametrize(
    "path",
    [
        "/site/vk.com/wall-900000001_5",
        "/site/vk.com/wall-5_5",
        "/site/vk.com/nobody",
        "/site/ok.ru/group/53000900000001/topic/5",
        "/site/t.me/c/5/5",
        "/site/t.me/+invited",
        "/site/elsewhere.invalid/",
        "/pages/vk-vetlogorsk/posts/5",
    ],
)
async def test_what_is_not_there_is_told_plainly(running: Network, path: str) -> None:
    async with caller(running) as client:
        shown = await client.get(path)

    assert (shown.status_code, "Такой страницы нет" in shown.text) == (404, True)


async def test_a_deleted_post_is_gone(running: Network) -> None:
    context, (post, *_) = told(running, "vk", "vk-vetlogorsk")
    context.stage.delete("vk-vetlogorsk", post.id, at=START)

    async with caller(running) as client:
        shown = await client.get(f"/pages/vk-vetlogorsk/posts/{post.id}")

    assert shown.status_code == 404
