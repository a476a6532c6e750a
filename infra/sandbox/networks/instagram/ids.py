"""Numbers of accounts, media, comments, hashtags and people as Graph writes them."""

from base64 import urlsafe_b64encode
from typing import Final
from zlib import crc32

from infra.sandbox.stage import AuthorKind, Item, Stage, StagePage, Writer

_ACCOUNTS_FROM: Final = 17_841_400_000_000_000
_HASHTAGS_FROM: Final = 17_843_000_000_000_000
_OBJECTS_FROM: Final = 17_900_000_000_000_000
_OBJECTS_OF_A_PAGE: Final = 100_000_000_000
_PEOPLE_FROM: Final = 24_000_000_000_000
_NUMBERS_FROM: Final = 900_000_000


def account_id(page: StagePage) -> str:
    return str(_ACCOUNTS_FROM + page.number - _NUMBERS_FROM)


def writer_id(writer: Writer) -> str:
    if writer.kind is AuthorKind.GROUP:
        return str(_ACCOUNTS_FROM + writer.id - _NUMBERS_FROM)
    return str(_PEOPLE_FROM + writer.id)


def username(page: StagePage, writer: Writer) -> str:
    is_page = writer.kind is AuthorKind.GROUP
    return page.screen_name if is_page else f"resident_{writer.id}"


def object_id(page: StagePage, number: int) -> str:
    """Number a publication or comment among those of all accounts."""
    place = page.number - _NUMBERS_FROM
    return str(_OBJECTS_FROM + place * _OBJECTS_OF_A_PAGE + number)


def shortcode(number: str) -> str:
    """Give the short code of an address; it does not tell the number Graph uses."""
    return urlsafe_b64encode(int(number[4:]).to_bytes(8, "big")).decode().strip("=A")


def hashtag_id(tag: str) -> str:
    return str(_HASHTAGS_FROM + crc32(tag.lower().encode()))


def find_account(stage: Stage, name: str) -> StagePage | None:
    number = int(name) - _ACCOUNTS_FROM if name.isdecimal() else 0
    is_one = 0 < number < _NUMBERS_FROM
    return stage.find_page(number + _NUMBERS_FROM) if is_one else None


def find_item(stage: Stage, name: str) -> Item | None:
    """Find a publication or a comment, deleted or not."""
    told = int(name) - _OBJECTS_FROM if name.isdecimal() else 0
    place, number = divmod(max(told, 0), _OBJECTS_OF_A_PAGE)
    page = stage.find_page(_NUMBERS_FROM + place) if place > 0 else None
    return None if page is None else stage.find(page.code, number)
