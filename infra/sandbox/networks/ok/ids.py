"""Numbers of groups, topics, people and comments as OK writes them."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from infra.sandbox.networks.ok.times import unix_ms
from infra.sandbox.stage import AuthorKind, Item, Stage, StagePage, Writer

_GROUPS_FROM: Final = 53_000_000_000_000
_PEOPLE_FROM: Final = 570_000_000_000
_TOPICS_FROM: Final = 155_000_000_000_000
_TOPICS_OF_A_GROUP: Final = 100_000_000_000
_PAGES_FROM: Final = 900_000_000


def group_id(page: StagePage) -> str:
    return str(_GROUPS_FROM + page.number)


def topic_id(page: StagePage, number: int) -> str:
    """Number a topic among those of all groups."""
    place = page.number - _PAGES_FROM
    return str(_TOPICS_FROM + place * _TOPICS_OF_A_GROUP + number)


def writer_ref(writer: Writer) -> str:
    """Refer to a person or a group: `user:57…`, `group:53…`."""
    return f"{writer_kind(writer)}:{writer_id(writer)}"


def writer_kind(writer: Writer) -> str:
    return "group" if writer.kind is AuthorKind.GROUP else "user"


def writer_id(writer: Writer) -> str:
    is_group = writer.kind is AuthorKind.GROUP
    return str((_GROUPS_FROM if is_group else _PEOPLE_FROM) + writer.id)


def comment_id(item: Item, topic: str) -> str:
    """Name a comment as OK does: base64 with `=` at its end, meant to be opaque."""
    at = unix_ms(item.created_at, skewed=False)
    return _encoded(f"{at}:-{item.id}:{at}:{topic}:1")


def find_group(stage: Stage, number: str) -> StagePage | None:
    native = int(number) - _GROUPS_FROM if number.isdecimal() else 0
    return stage.find_page(native) if native > 0 else None


def find_topic(stage: Stage, number: str) -> Item | None:
    """Find a topic by its number, deleted or not."""
    if not number.isdecimal():
        return None
    place, item = divmod(int(number) - _TOPICS_FROM, _TOPICS_OF_A_GROUP)
    page = stage.find_page(_PAGES_FROM + place) if place > 0 else None
    found = None if page is None else stage.find(page.code, item)
    return found if found is not None and found.root is None else None


def find_comment(stage: Stage, topic: Item, name: str) -> Item | None:
    parts = (_decoded(name) or "").split(":")
    number = parts[1].removeprefix("-") if len(parts) > 1 else ""
    item = stage.find(topic.page, int(number)) if number.isdecimal() else None
    return item if item is not None and item.root == topic.id else None


def anchor_of(at: int, number: int) -> str:
    return _encoded(f"{at}:{number}")


def place_of(anchor: str) -> tuple[int, int] | None:
    """Read an anchor; None for one that is not ours."""
    at, _, number = (_decoded(anchor) or "").partition(":")
    return (int(at), int(number)) if at.isdecimal() and number.isdecimal() else None


def _encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode()


def _decoded(text: str) -> str | None:
    try:
        return urlsafe_b64decode(text.encode()).decode()
    except ValueError:
        return None
