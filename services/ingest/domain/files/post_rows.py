"""A row of a file with posts as a post."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from hashlib import sha256
from typing import Final

from services.ingest.domain.checks import (
    Refused,
    clean_text,
    identifier,
    web_address,
)
from services.ingest.domain.files.cells import (
    count_of,
    flag_of,
    id_of,
    is_nothing,
    moment_of,
    text_of,
)
from services.ingest.domain.files.columns import COUNTERS
from services.ingest.domain.files.headers47 import compact
from services.ingest.domain.files.links import LinkedPost, linked_post, network_of
from services.ingest.domain.files.tables import Cell
from services.ingest.domain.posts import IncomingPost, Network, PostKind


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the person who imports a file says about it."""

    source: str
    zone: tzinfo
    now: datetime
    profile: str = "auto"
    network: Network = Network.FILE
    mapping: Mapping[str, str | None] = field(default_factory=dict)


_NETWORK_NAMES: Final[Mapping[str, Network]] = {
    compact(name): network
    for network, names in {
        Network.VK: "vk вк вконтакте vkontakte vk.com vk.ru",
        Network.OK: "ok ок одноклассники odnoklassniki ok.ru",
        Network.TELEGRAM: "telegram tg тг телеграм телеграмм t.me",
        Network.LIVEJOURNAL: "livejournal жж lj livejournal.com живойжурнал",
        Network.RSS: "rss рсс лента",
        Network.PORTAL: "portal портал сайт",
        Network.TIKTOK: "tiktok тикток tiktok.com",
        Network.X: "x twitter твиттер x.com twitter.com",
        Network.FACEBOOK: "facebook fb фейсбук фб facebook.com",
        Network.INSTAGRAM: "instagram инстаграм инста instagram.com",
        Network.MAX: "max макс max.ru",
        Network.FILE: "file файл",
        Network.OTHER: "other другое прочее",
    }.items()
    for name in names.split()
}
_COMMENTS: Final = frozenset({"comment", "комментарий", "коммент", "ответ", "reply"})
_SCHEMELESS: Final = (
    "vk.com/",
    "vk.ru/",
    "m.vk.com/",
    "t.me/",
    "ok.ru/",
    "max.ru/",
    "www.",
)

Values = Mapping[str, Cell]


def post_of(values: Values, options: ImportOptions) -> IncomingPost:
    """Read the post of a row; raises `Refused` with the field it is refused for.

    Its key is the one given, else the one its link names, else made of source, time
    and text, and never of the author.
    """
    deleted = bool(flag_of(values.get("deleted", "")))
    text = text_in(values.get("text", ""), "text", may_be_empty=deleted)
    url = url_in(values.get("url", ""), "url")
    linked = linked_post(url) if url else None
    published_at = _moment(values, "published_at", options)
    network, source = _origin(values, url, options)
    given = _given_id(values.get("external_id", ""))
    return IncomingPost(
        network=linked.network if linked and not given else network,
        source=source,
        external_id=given or id_by_content(linked, source, published_at, text),
        kind=_kind(values.get("kind", ""), linked),
        parent_id=_parent(values.get("parent_id", "")),
        url=url,
        text=text,
        published_at=published_at,
        edited_at=_edited_at(values, options),
        deleted=deleted,
        metrics=_metrics(values),
    )


def text_in(cell: Cell, name: str, *, may_be_empty: bool = False) -> str:
    text = clean_text(text_of(cell), name)
    if not text and not may_be_empty:
        raise Refused(name, "is empty")
    return text


def url_in(cell: Cell, name: str) -> str | None:
    if is_nothing(cell) or text_of(cell).lower() == "нет":
        return None
    url = text_of(cell)
    return web_address(f"https://{url}" if url.startswith(_SCHEMELESS) else url, name)


def id_by_content(
    linked: LinkedPost | None, source: str, published_at: datetime, text: str
) -> str:
    if linked:
        return linked.external_id
    content = f"{source}\0{published_at.isoformat()}\0{text}"
    return sha256(content.encode()).hexdigest()


def _moment(values: Values, name: str, options: ImportOptions) -> datetime:
    cell = values.get(name, "")
    if is_nothing(cell):
        raise Refused(name, "is missing")
    return moment_of(cell, name, zone=options.zone, now=options.now)


def _edited_at(values: Values, options: ImportOptions) -> datetime | None:
    if is_nothing(values.get("edited_at", "")):
        return None
    return _moment(values, "edited_at", options)


def _origin(
    values: Values, url: str | None, options: ImportOptions
) -> tuple[Network, str]:
    """Network and source; many files name the network in the column of the source."""
    named = text_of(values.get("source", ""))
    as_network = _NETWORK_NAMES.get(compact(named))
    network = _NETWORK_NAMES.get(compact(text_of(values.get("network", ""))))
    by_url = network_of(url) if url else None
    source = options.source if as_network or not named else identifier(named, "source")
    return network or as_network or by_url or options.network, source


def _given_id(cell: Cell) -> str | None:
    return (
        None
        if is_nothing(cell)
        else identifier(id_of(cell, "external_id"), "external_id")
    )


def _parent(cell: Cell) -> str | None:
    return (
        None if is_nothing(cell) else identifier(id_of(cell, "parent_id"), "parent_id")
    )


def _kind(cell: Cell, linked: LinkedPost | None) -> PostKind:
    if text_of(cell).lower() in _COMMENTS:
        return PostKind.COMMENT
    return linked.kind if linked and is_nothing(cell) else PostKind.POST


def _metrics(values: Values) -> dict[str, int | None]:
    return {name: count_of(values[name]) for name in sorted(COUNTERS & values.keys())}
