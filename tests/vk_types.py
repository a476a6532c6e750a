"""A second oracle for VK's bodies: the models of vkbottle-types, where installed."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from pydantic import BaseModel, ValidationError

MISSING = (
    "vkbottle-types is not installed: bodies are not validated against it. "
    "`pip install vkbottle-types` beside the development dependencies is enough."
)
_OTHER_NAMES = {"groups.getById": "GroupsGetByIdObject"}


def is_there() -> bool:
    return find_spec("vkbottle_types") is not None


def problems(body: Any, method: str, *, extended: bool = False) -> list[str]:  # noqa: ANN401 -- any JSON
    """Tell what is wrong with an answer of a method; nothing without the package."""
    if not is_there():
        return []
    try:
        model(method, extended=extended).model_validate(body)
    except ValidationError as error:
        return [f"{one['loc']}: {one['msg']}" for one in error.errors()]
    return []


@cache
def model(method: str, *, extended: bool = False) -> type[BaseModel]:
    """Find the model of a method's answer: `wall.get` has WallGetResponse."""
    section, _, name = method.partition(".")
    words = f"{section.title()}{name[0].upper()}{name[1:]}"
    words = _OTHER_NAMES.get(method, words) + ("Extended" if extended else "")
    module = import_module(f"vkbottle_types.responses.{section}")
    found: type[BaseModel] = getattr(module, f"{words}Response")
    return found
