"""What an operator may set for one source: declared in `options.toml`, checked here."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, TypeAlias

Setting: TypeAlias = bool | int | str
Type: TypeAlias = Literal["whole", "switch", "choice", "text"]

LANGUAGES: Final = ("ru", "en")
_SWITCHED: Final[Mapping[object, bool]] = {"true": True, "false": False}


class NotAnOption(ValueError):
    """A setting the network does not have, or a value it does not take."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} {reason}")
        self.name = name
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Value:
    """One of the values of a `choice`, and what it is called."""

    value: str
    said: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Option:
    """One setting: its type, usual value and limits, and its name in each language.

    `most` is the largest number, or the longest text.
    """

    network: str
    places: tuple[str, ...]
    name: str
    type: Type
    usual: Setting
    titles: Mapping[str, str]
    hints: Mapping[str, str]
    least: int | None = None
    most: int | None = None
    values: tuple[Value, ...] = ()

    def read(self, given: object) -> Setting:
        """Take a value as JSON, a form or a command line have it.

        Raises `NotAnOption` for one that is not of the type or outside the limits.
        """
        match self.type:
            case "switch":
                return self._switch(given)
            case "choice":
                return self._choice(given)
            case "text":
                return self._text(given)
            case "whole":
                return self._whole(given)

    def _switch(self, given: object) -> bool:
        value = given if isinstance(given, bool) else _SWITCHED.get(str(given))
        if value is None:
            raise NotAnOption(self.name, "must be true or false")
        return value

    def _choice(self, given: object) -> str:
        known = [each.value for each in self.values]
        if given not in known:
            raise NotAnOption(self.name, f"must be one of: {', '.join(known)}")
        return str(given)

    def _text(self, given: object) -> str:
        most = self.most or 0
        if not isinstance(given, str) or len(given) > most or not given.isprintable():
            raise NotAnOption(self.name, f"must be a text of {most} characters at most")
        return given.strip()

    def _whole(self, given: object) -> int:
        least, most = self.least or 0, self.most or 0
        is_number = isinstance(given, int | str) and not isinstance(given, bool)
        try:
            value = int(str(given)) if is_number else None
        except ValueError:
            value = None
        if value is None or not least <= value <= most:
            reason = f"must be a whole number from {least} to {most}"
            raise NotAnOption(self.name, reason)
        return value


def options_for(network: str, place_kind: str | None) -> tuple[Option, ...]:
    """List the options of one kind of place, in the order of the form."""
    return tuple(
        each
        for each in declared()
        if each.network == network and place_kind in each.places
    )


def checked(
    network: str, place_kind: str | None, given: Mapping[str, Any]
) -> dict[str, Setting]:
    """Read what was set for a source; raises `NotAnOption` for what is not declared.

    What has its usual value is left out, so that a better usual value reaches all.
    """
    known = {each.name: each for each in options_for(network, place_kind)}
    read: dict[str, Setting] = {}
    for name, value in given.items():
        if name not in known:
            names = ", ".join(known) or "none"
            raise NotAnOption(name, f"is no option of this source; there are: {names}")
        setting = known[name].read(value)
        if setting != known[name].usual:
            read[name] = setting
    return read


@cache
def declared() -> tuple[Option, ...]:
    """Read all options in the order of their file."""
    return tuple(_option(each) for each in _file()["option"])


@cache
def of_the_installation() -> Mapping[str, frozenset[str]]:
    """Name what only the environment of the installation may set, by network."""
    named = _file()["installation"]
    return {network: frozenset(names) for network, names in named.items()}


@cache
def _file() -> dict[str, Any]:
    text = files(__package__).joinpath("options.toml").read_text("utf-8")
    return tomllib.loads(text)


def _option(told: Mapping[str, Any]) -> Option:
    return Option(
        network=told["network"],
        places=tuple(told["places"]),
        name=told["name"],
        type=told["type"],
        usual=told["usual"],
        titles=_said(told),
        hints=_said(told, "hint_"),
        least=told.get("least"),
        most=told.get("most"),
        values=tuple(Value(v["value"], _said(v)) for v in told.get("values", ())),
    )


def _said(told: Mapping[str, Any], prefix: str = "") -> Mapping[str, str]:
    return {name: told.get(f"{prefix}{name}", "") for name in LANGUAGES}
