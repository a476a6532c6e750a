"""The public previews of channels: twenty posts a page, and the card of a contact."""

from html import escape
from itertools import islice
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from infra.sandbox.networks.telegram.server import Server
from infra.sandbox.stage import Item, Stage, StagePage
from infra.sandbox.world import Kind

POSTS_ON_A_PAGE: Final = 20
_THOUSAND: Final = 1_000
_MILLION: Final = 1_000_000

_PAGE: Final = (
    "<!DOCTYPE html><html><head><meta charset='utf-8'>{prev}</head><body><main>"
    '<section class="tgme_channel_history js-message_history">{posts}</section></main>'
    '{more}<div class="tgme_channel_info">'
    '<div class="tgme_channel_info_header_title"><span dir="auto">{title}</span></div>'
    '<div class="tgme_channel_info_counters"><div class="tgme_channel_info_counter">'
    '<span class="counter_value">{members}</span> '
    '<span class="counter_type">subscribers</span></div></div></div></body></html>'
)
_CARD: Final = (
    '<!DOCTYPE html><html><body><div class="tgme_page">'
    '<div class="tgme_page_title">{name}</div><div class="tgme_page_description">'
    "If you have Telegram, you can contact @{name} right away.</div></div></body>"
    "</html>"
)
_POST: Final = (
    '<div class="tgme_widget_message_wrap">'
    '<div class="tgme_widget_message js-widget_message{service}" '
    'data-post="{key}">'
    '<div class="tgme_widget_message_bubble">{quote}{photo}{text}'
    '<div class="tgme_widget_message_footer">{views}'
    '<span class="tgme_widget_message_meta">{edited}'
    '<a class="tgme_widget_message_date" href="https://t.me/{name}/{id}">'
    '<time datetime="{at}" class="time">{time}</time>'
    "</a></span></div></div></div></div>"
)


def add_routes(router: APIRouter, server: Server) -> None:
    """Show previews; whatever has none leads to a card, as on t.me."""
    network = server.network

    @router.get("/tme/s/{name}")
    async def preview(name: str, before: int | None = None) -> Response:
        if not network.meter.admit("preview", network.now(), limit=2):
            return Response("Too Many Requests", 429, {"Retry-After": "30"})
        page = network.stage.find_page(name)
        if page is None or page.is_banned:
            return RedirectResponse(f"/tme/{name}", 302)
        return HTMLResponse(_page(network.stage, page, before))

    @router.get("/tme/{name}")
    async def card(name: str) -> Response:
        return HTMLResponse(_CARD.format(name=escape(name)))


def _page(stage: Stage, page: StagePage, before: int | None) -> str:
    above = _newest_first(stage, page.code, before)
    posts = above[:POSTS_ON_A_PAGE][::-1]
    lowest, has_more = (posts[0].id if posts else 0), len(above) > len(posts)
    address = f"/s/{page.screen_name}?before={lowest}"
    return _PAGE.format(
        prev=f'<link rel="prev" href="{address}">' if has_more else "",
        posts="".join(_post(stage, page, post) for post in posts),
        more=(
            f'<a class="tme_messages_more js-messages_more" href="{address}" '
            f'data-before="{lowest}"></a>'
            if has_more
            else ""
        ),
        title=escape(page.name),
        members=label(page.members),
    )


def _newest_first(stage: Stage, code: str, before: int | None) -> list[Item]:
    """Give the posts of a page, and one more if there are more."""
    if before is None:
        return stage.posts(code)[: POSTS_ON_A_PAGE + 1]
    older = (stage.find(code, number) for number in range(before - 1, 0, -1))
    standing = (
        item
        for item in older
        if item is not None and item.kind is Kind.POST and not item.is_deleted
    )
    return list(islice(standing, POSTS_ON_A_PAGE + 1))


def _post(stage: Stage, page: StagePage, post: Item) -> str:
    views = post.counters.views
    return _POST.format(
        service=" service_message" if "service" in post.extra else "",
        # A shape nobody knows: a post that is numbered in another way.
        key="new" if "strange" in post.extra else f"{page.screen_name}/{post.id}",
        name=page.screen_name,
        id=post.id,
        quote=_quote(stage, page, post),
        photo=_photo(post),
        text=_text(post),
        views=""
        if views is None
        else f'<span class="tgme_widget_message_views">{label(views)}</span>',
        edited="" if post.edited_at is None else "edited &nbsp;",
        at=post.created_at.isoformat(),
        time=f"{post.created_at:%H:%M}",
    )


def _text(post: Item) -> str:
    text = "pinned a message" if "service" in post.extra else post.text
    if not text:
        return ""
    lines = escape(text, quote=False).replace("\n", "<br/>")
    return (
        '<div class="tgme_widget_message_text js-message_text" dir="auto">'
        f"{lines}</div>"
    )


def _quote(stage: Stage, page: StagePage, post: Item) -> str:
    """Show the older post that a post answers, above it and in the same dress."""
    older = stage.find(page.code, int(post.extra.get("answers", 0)))
    if older is None:
        return ""
    return (
        f'<a class="tgme_widget_message_reply" href="https://t.me/{page.screen_name}/'
        f'{older.id}"><div class="tgme_widget_message_text js-message_reply_text">'
        f"{escape(older.text, quote=False)}</div></a>"
    )


def _photo(post: Item) -> str:
    if not (post.extra.get("photo") or "album" in post.extra):
        return ""
    return (
        '<a class="tgme_widget_message_photo_wrap" style="width:800px;'
        f"background-image:url('https://cdn.invalid/{post.id}.jpg')\"></a>"
    )


def label(count: int) -> str:
    """Write a count as Telegram does: exact below a thousand, then with a K or M."""
    if count < _THOUSAND:
        return str(count)
    factor, letter = (_THOUSAND, "K") if count < _MILLION else (_MILLION, "M")
    return (
        f"{count / factor:.3g}{letter}"
        if count < factor * 100
        else (f"{count // factor}{letter}")
    )
