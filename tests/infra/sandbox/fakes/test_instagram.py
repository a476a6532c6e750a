"""The fake Instagram: accounts, replies, mentions, hashtags, webhooks."""

import pytest

from infra.sandbox.networks.instagram import FAKE
from infra.sandbox.networks.instagram.ids import object_id
from infra.sandbox.stage import Item, StagePage
from tests.infra.sandbox.fakes.meta import Caller, Desk, Receiver, calling

PAGE = "ig-oblast"
OTHER = "ig-vetlogorsk"
NUMBER = "17841400000000002"
OTHER_NUMBER = "17841400000000001"
TOKEN = f"ig-page-{NUMBER}"
OBLAST = StagePage(PAGE, 900_000_002, "ig_oblast", "Область", True, None, members=900)
VETLOGORSK = StagePage(OTHER, 900_000_001, "ig_vetlogorsk", "Город", False, None)


def instagram(receiver: Receiver | None = None) -> Caller:
    return calling(FAKE, [OBLAST, VETLOGORSK], TOKEN, receiver)


@pytest.fixture
def ig() -> Caller:
    return instagram()


def name(ig: Caller, item: Item) -> str:
    return object_id(ig.stage.page(item.page), item.id)


def own(ig: Caller, text: str = "Сквер готов", *, page: str = PAGE) -> Item:
    return ig.post(text, writer=None, page=page)


async def test_page_tells_which_account_is_linked(ig: Caller) -> None:
    told = await ig.ask("me", fields="instagram_business_account{id,username}")

    assert told["instagram_business_account"] == {"id": NUMBER, "username": "ig_oblast"}


async def test_only_the_own_account_is_shown(ig: Caller) -> None:
    own(ig)
    fields = "username,name,followers_count,media_count"
    told = await ig.ask(NUMBER, fields=fields)
    codes = [
        await ig.error(path) for path in (OTHER_NUMBER, f"{OTHER_NUMBER}/media", "5")
    ]

    assert (told["username"], told["media_count"]) == ("ig_oblast", 1)
    assert codes == [(100, 33)] * 3


async def test_own_publications_and_those_that_tag_us_are_lists_apart(
    ig: Caller,
) -> None:
    own(ig)
    ig.post("Яма перед домом")
    told = [
        await ig.ask(f"{NUMBER}/{lane}", fields="caption") for lane in ("media", "tags")
    ]

    captions = [each["data"][0]["caption"] for each in told]
    assert captions == ["Сквер готов", "Яма перед домом"]


async def test_replies_come_with_comments_and_have_an_edge(ig: Caller) -> None:
    post = own(ig)
    first = ig.post("Качели?", parent=post.id)
    below = [ig.post(f"Ответ {number}", parent=first.id) for number in range(3)]
    nested = ig.post("И ещё", parent=below[0].id)
    fields = "text,replies.limit(2){text,parent_id}"

    told = await ig.ask(f"{name(ig, post)}/comments", fields=fields)
    replies = told["data"][0]["replies"]
    after = replies["paging"]["cursors"]["after"]
    rest = await ig.ask(f"{name(ig, first)}/replies", fields="text", after=after)

    assert [each["text"] for each in told["data"]] == ["Качели?"]
    assert [each["text"] for each in replies["data"]] == ["Ответ 0", "Ответ 1"]
    assert {each["parent_id"] for each in replies["data"]} == {name(ig, first)}
    assert "next" in replies["paging"]
    assert [each["text"] for each in rest["data"]] == ["Ответ 2", nested.text]


async def test_hidden_comment_is_shown_as_such(ig: Caller) -> None:
    post = own(ig)
    comment = ig.post("Брань", parent=post.id, extra={"hidden": True})

    told = await ig.ask(name(ig, comment), fields="hidden,username,from")

    assert told["hidden"] is True
    assert told["username"] == told["from"]["username"]


async def test_comments_of_others_are_not_shown(ig: Caller) -> None:
    tagged = ig.post("Яма")
    comment = ig.post("И у нас", parent=tagged.id)
    foreign = own(ig, page=OTHER)

    codes = [await ig.error(name(ig, each)) for each in (tagged, comment, foreign)]

    assert codes == [(100, 33)] * 3


async def test_deleted_things_are_gone(ig: Caller) -> None:
    post = own(ig)
    comment = ig.post("Качели?", parent=post.id)
    ig.stage.delete(PAGE, post.id, at=ig.network.clock())

    codes = [await ig.error(name(ig, each)) for each in (post, comment)]

    assert codes == [(100, 33)] * 2


async def test_mentions_are_fields_of_the_account(ig: Caller) -> None:
    post = own(ig, page=OTHER)
    comment = ig.post("@ig_oblast, мост!", parent=post.id, page=OTHER)
    media = own(ig, "@ig_oblast, дорога!", page=OTHER)
    silent = ig.post("Просто так", parent=post.id, page=OTHER)
    number = name(ig, comment)

    told = await ig.ask(
        NUMBER, fields=f"mentioned_comment.comment_id({number}){{text,media{{id}}}}"
    )
    seen = await ig.ask(
        NUMBER, fields=f"mentioned_media.media_id({name(ig, media)}){{caption}}"
    )
    wrong = await ig.error(
        NUMBER, fields=f"mentioned_comment.comment_id({name(ig, silent)}){{text}}"
    )
    ig.stage.delete(OTHER, comment.id, at=ig.network.clock())
    gone = await ig.error(
        NUMBER, fields=f"mentioned_comment.comment_id({number}){{text}}"
    )

    assert told["mentioned_comment"] == {
        "text": "@ig_oblast, мост!",
        "media": {"id": name(ig, post)},
        "id": number,
    }
    assert seen["mentioned_media"]["caption"] == "@ig_oblast, дорога!"
    assert [wrong, gone] == [(100, 33)] * 2


async def test_thirty_first_hashtag_of_a_week_is_18(ig: Caller) -> None:
    def search(tag: str) -> dict[str, str]:
        return {"path": "ig_hashtag_search", "user_id": NUMBER, "q": tag}

    for number in range(30):
        await ig.ask(**search(f"яма{number}"))
    again = await ig.ask(**search("яма0"))
    refused = await ig.error(**search("люк"))
    counted = ig.counters["over_limit"]
    listed = await ig.ask(f"{NUMBER}/recently_searched_hashtags")
    ig.wall.pass_by(days=7)
    later = await ig.ask(**search("люк"))

    assert (refused, counted, len(listed["data"])) == ((18, None), 1, 30)
    assert again["data"][0] in listed["data"]
    assert later["data"]


async def test_finds_are_of_a_day_and_have_no_author(ig: Caller) -> None:
    ig.post("Вчерашняя #ямы")
    ig.wall.pass_by(hours=25)
    ig.post("Яма #Ямы", page=OTHER)
    asked = {"user_id": NUMBER}
    found = await ig.ask("ig_hashtag_search", **asked, q="ямы")
    path = f"{found['data'][0]['id']}/recent_media"

    told = await ig.ask(path, **asked, fields="caption,permalink")
    codes = [
        await ig.error(path, **asked, fields="username"),
        await ig.error(path, user_id=OTHER_NUMBER, fields="id"),
        await ig.error("ig_hashtag_search", **asked, q="🙂"),
    ]

    assert [each["caption"] for each in told["data"]] == ["Яма #Ямы"]
    assert codes == [(100, None), (100, 33), (24, None)]


async def test_metrics_are_totals_and_an_unknown_one_spoils_all(ig: Caller) -> None:
    own(ig)
    path, total = f"{NUMBER}/insights", "total_value"
    told = await ig.ask(path, metric="views,reach", metric_type=total)
    codes = [
        await ig.error(path, metric="views,impressions", metric_type=total),
        await ig.error(path, metric="views"),
    ]

    assert [each["name"] for each in told["data"]] == ["views", "reach"]
    assert codes == [(100, None)] * 2


async def test_account_answers_below_its_own_and_where_it_is_named(ig: Caller) -> None:
    post = own(ig)
    comment = ig.post("Качели?", parent=post.id)
    named = ig.post("@ig_oblast, мост!", parent=own(ig, page=OTHER).id, page=OTHER)
    made = [
        await ig.ask(f"{name(ig, post)}/comments", method="POST", message="Раз"),
        await ig.ask(f"{name(ig, comment)}/replies", method="POST", message="Два"),
        await ig.ask(
            f"{NUMBER}/mentions",
            method="POST",
            message="Три",
            comment_id=name(ig, named),
        ),
    ]
    gone = await ig.error(f"{NUMBER}/mentions", method="POST", comment_id="5")

    texts = [item.text for item in ig.stage.items() if name(ig, item) in str(made)]
    assert sorted(texts) == ["Два", "Раз", "Три"]
    assert {item.writer.id for item in ig.stage.items() if item.text in texts} == {
        ig.stage.page(PAGE).number
    }
    assert gone == (100, 33)


@pytest.mark.parametrize("path", [f"{NUMBER}/stories", "me/feed/x"])
async def test_unknown_edges_are_refused_or_ignored(ig: Caller, path: str) -> None:
    answer = await ig.raw(path)

    assert answer.status_code in {200, 400}


async def test_webhooks_tell_of_new_comments_and_mentions_alone() -> None:
    desk = Desk()
    ig = instagram(desk)
    await ig.subscribe("instagram", "me", "comments,mentions")
    post = own(ig)
    comment = ig.post("Качели?", parent=post.id)
    ig.stage.edit(PAGE, comment.id, "Где качели?", at=ig.network.clock())
    ig.stage.delete(PAGE, comment.id, at=ig.network.clock())
    foreign = own(ig, page=OTHER)
    named = ig.post("@ig_oblast, мост!", parent=foreign.id, page=OTHER)
    media = own(ig, "@ig_oblast!", page=OTHER)
    await ig.deliver()
    told = [(field, value) for _, field, value in desk.changes]

    assert [field for field, _ in told] == ["comments", "mentions", "mentions"]
    assert told[0][1]["media"]["id"] == name(ig, post)
    assert told[1][1] == {
        "media_id": name(ig, foreign),
        "comment_id": name(ig, named),
    }
    assert told[2][1] == {"media_id": name(ig, media)}
    assert {entry for entry, _, _ in desk.changes} == {NUMBER}
