"""execute: up to 25 calls at once, written as `return [API.wall.get({…}), …];`."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from infra.sandbox.networks.vk.errors import VkError

MOST_CALLS: Final = 25
_CODE: Final = re.compile(r"\s*return\s*(.*?)\s*;?\s*", re.DOTALL)
_CALL: Final = re.compile(r"\s*API\.([A-Za-z]+\.[A-Za-z]+)\s*\(\s*")
_CLOSE: Final = re.compile(r"\s*\)\s*")


@dataclass(frozen=True, slots=True)
class Written:
    """A call as it stands in the code."""

    method: str
    params: dict[str, str]


def parse(code: str) -> tuple[list[Written], bool]:
    """Read the calls, and whether they stand in a list.

    Nothing but calls with literal parameters is understood: more is error 12, too
    many calls are error 13.
    """
    whole = _CODE.fullmatch(code)
    if whole is None or not whole[1]:
        raise VkError(12, "the sandbox reads `return [API.method({…}), …];` only")
    body = whole[1]
    is_list = body.startswith("[")
    if is_list and not body.endswith("]"):
        raise VkError(12, "']' expected")
    calls = _calls(body[1:-1] if is_list else body)
    if not is_list and len(calls) != 1:
        raise VkError(12, "';' expected")
    if len(calls) > MOST_CALLS:
        raise VkError(13, "too many api calls")
    return calls, is_list


def _calls(text: str) -> list[Written]:
    calls: list[Written] = []
    position = 0
    while text[position:].strip():
        found = _CALL.match(text, position)
        if found is None:
            raise VkError(12, f"unexpected token at {position}")
        params, position = _params(text, found.end())
        closed = _CLOSE.match(text, position)
        if closed is None:
            raise VkError(12, f"')' expected at {position}")
        position = closed.end()
        calls.append(Written(found[1], params))
        if text[position:].startswith(","):
            position += 1
        elif text[position:].strip():
            raise VkError(12, f"',' expected at {position}")
    return calls


def _params(text: str, position: int) -> tuple[dict[str, str], int]:
    """Read a literal object; no parameters at all is an empty one."""
    if text.startswith(")", position):
        return {}, position
    try:
        given, end = json.JSONDecoder().raw_decode(text, position)
    except ValueError:
        raise VkError(12, f"object expected at {position}") from None
    if not isinstance(given, dict):
        raise VkError(12, f"object expected at {position}")
    return {str(name): _text(value) for name, value in given.items()}, end


def _text(value: Any) -> str:  # noqa: ANN401 -- any JSON
    """Write a value as it would stand in a form."""
    if isinstance(value, bool):
        return str(int(value))
    return value if isinstance(value, str) else str(value)
