"""Numbers of pages, posts, comments and people as Graph writes them."""

from typing import Final

from infra.sandbox.stage import AuthorKind, Item, Stage, StagePage, Writer

_PAGES_FROM: Final = 61_550_000_000_000
_PEOPLE_FROM: Final = 24_000_000_000_000
_OBJECTS_FROM: Final = 122_000_000_000_000_000
_OBJECTS_OF_A_PAGE: Final = 100_000_000_000
_NUMBERS_FROM: Final = 900_000_000


def page_id(page: StagePage) -> str:
    return str(_PAGES_FROM + page.number - _NUMBERS_FROM)


def writer_id(writer: Writer) -> str:
    if writer.kind is AuthorKind.GROUP:
        return str(_PAGES_FROM + writer.id - _NUMBERS_FROM)
    return str(_PEOPLE_FROM + writer.id)


def object_id(page: StagePage, number: int) -> str:
    """Number an item among those of all pages."""
    place = page.number - _NUMBERS_FROM
    return str(_OBJECTS_FROM + place * _OBJECTS_OF_A_PAGE + number)


def post_id(page: StagePage, number: int) -> str:
    return f"{page_id(page)}_{object_id(page, number)}"


def comment_id(page: StagePage, item: Item) -> str:
    return f"{object_id(page, item.root or 0)}_{object_id(page, item.id)}"


def find_page(stage: Stage, name: str) -> StagePage | None:
    """Find a page by its id or its name in addresses."""
    if not name.isdecimal():
        return stage.find_page(name)
    number = int(name) - _PAGES_FROM + _NUMBERS_FROM
    return stage.find_page(number) if number > _NUMBERS_FROM else None


def find_item(stage: Stage, name: str) -> Item | None:
    """Find a post (`page_post`) or a comment (`post_comment`), deleted or not."""
    above, _, told = name.partition("_")
    if not above.isdecimal() or not told.isdecimal():
        return None
    place, number = divmod(int(told) - _OBJECTS_FROM, _OBJECTS_OF_A_PAGE)
    page = stage.find_page(_NUMBERS_FROM + place) if place > 0 else None
    item = None if page is None else stage.find(page.code, number)
    if page is None or item is None:
        return None
    right = post_id(page, number) if item.root is None else comment_id(page, item)
    return item if name == right else None
