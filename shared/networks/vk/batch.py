"""Several calls in one, by `execute`, where there is a token that may."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from shared.networks.failures import NetworkError
from shared.networks.vk.client import Value, Vk, written
from shared.networks.vk.errors import refusal
from shared.networks.vk.methods import MOST_IN_EXECUTE

Call: TypeAlias = tuple[str, Mapping[str, Value]]

OPTION: Final = "execute"
"""Bundling must be wished: it reads with a person's token, as service keys may not."""


def most_at_once(vk: Vk) -> int:
    """Say how many calls `many` makes for the price of one."""
    return MOST_IN_EXECUTE if _may_bundle(vk) else 1


async def many(vk: Vk, calls: Sequence[Call]) -> list[Any]:
    """Make calls that do not depend on each other, at most `most_at_once` of them.

    A call that VK refused has the `NetworkError` in its place; what is wrong with all
    of them is raised.
    """
    if not _may_bundle(vk) or len(calls) < 2:  # noqa: PLR2004 -- nothing to bundle
        return [await _result(vk, call) for call in calls]
    answer = await vk.answer("execute", code=_code(calls))
    refused = iter(answer.get("execute_errors") or [])
    results = answer["response"] if isinstance(answer["response"], list) else []
    return [
        refusal(method, next(refused, {})) if result is False else result
        for (method, _), result in zip(calls, results, strict=True)
    ]


async def _result(vk: Vk, call: Call) -> Any:  # noqa: ANN401 -- JSON
    method, params = call
    try:
        return await vk.call(method, **params)
    except NetworkError as error:
        if error.code is None:
            raise
        return error


def _may_bundle(vk: Vk) -> bool:
    return bool(vk.access.options.get(OPTION)) and vk.access.token("user") is not None


def _code(calls: Sequence[Call]) -> str:
    """Write the calls in VK's script, whose literals are those of JSON."""
    written_calls = (
        f"API.{method}({json.dumps(written(params), ensure_ascii=False)})"
        for method, params in calls
    )
    return f"return [{','.join(written_calls)}];"
