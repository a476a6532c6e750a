"""The part of X's search language that is staged: words, tags, names, operators."""

import re
import shlex
from collections.abc import Callable
from typing import Final

from infra.sandbox.networks.x.objects import words_of
from infra.sandbox.networks.x.problems import XProblem
from infra.sandbox.networks.x.server import Server
from infra.sandbox.stage import Item

LONGEST: Final = 512
Matches = Callable[[Item], bool]
_KINDS: Final = {"quote": "quoted", "reply": "replied_to", "retweet": "retweeted"}


def matcher(server: Server, query: str) -> Matches:
    """Read a query: all of its terms must fit, `OR` within brackets any."""
    if not query.strip() or len(query) > LONGEST:
        raise XProblem(400, "query: too long, or empty")
    spaced = query.replace("(", " ( ").replace(")", " ) ")
    try:
        terms = shlex.split(spaced)
    except ValueError:
        raise XProblem(400, "query: a quotation does not end") from None
    return _all(server, terms)


def _all(server: Server, terms: list[str]) -> Matches:
    """Fit every term; `a OR b` binds tighter than the rest, as on X."""
    groups: list[list[Matches]] = []
    joins = False
    for term in terms:
        if term in "()":
            continue
        if term == "OR":
            joins = True
            continue
        fits = _term(server, term)
        if joins and groups:
            groups[-1].append(fits)
        else:
            groups.append([fits])
        joins = False
    return lambda item: all(any(fits(item) for fits in group) for group in groups)


def _term(server: Server, term: str) -> Matches:
    if term.startswith("-") and len(term) > 1:
        inner = _term(server, term[1:])
        return lambda item: not inner(item)
    name, _, value = term.partition(":")
    operators: dict[str, Matches] = {
        "conversation_id": lambda item: _conversation(server, item) == value,
        "from": lambda item: _writer(server, item) == value.lower(),
        "is": lambda item: _is(item, value),
        "lang": lambda _: value == "ru",
        "to": lambda item: f"@{value.lower()} " in words_of(server, item).lower(),
        "url": lambda item: value in item.text,
    }
    if value and re.fullmatch(r"[a-z_]+", name):
        if name not in operators or (name == "is" and value not in _KINDS):
            raise XProblem(400, f"query: there is no operator {term}")
        return operators[name]
    return lambda item: term.lower() in words_of(server, item).lower()


def _conversation(server: Server, item: Item) -> str:
    root = item if item.root is None else server.stage.item(item.page, item.root)
    return str(server.posts.chain(root)[0])


def _writer(server: Server, item: Item) -> str:
    page = server.stage.page(item.page)
    return page.screen_name.lower() if item.writer.id == page.number else ""


def _is(item: Item, value: str) -> bool:
    kinds = {each.get("type") for each in item.extra.get("referenced_posts", ())}
    if value == "reply":
        return item.parent is not None
    return _KINDS[value] in kinds
