"""Settings of a source as a form: its options, its credential, its address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from web.deliveries import WEBHOOK, guide_of
from web.formats import Formats
from web.languages import Language
from web.shapes.watching import Credential, Option, Watched
from web.tokens import kind_name
from web.troubles import CREDENTIAL_STATES
from web.views.health import ASKED
from web.words import Label, label

USUAL_PAUSES: Mapping[str, int] = {"feed": 900, "page": 40}
SHORTEST_PAUSES: Mapping[str, int] = {"feed": 30, "page": 10}


@dataclass(frozen=True, slots=True)
class OptionField:
    """One option in its form; a `whole` is empty where the usual one is in force."""

    name: str
    type: str
    title: str
    hint: str
    value: str
    least: int | None
    most: int | None
    choices: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a network delivers, and what to enter there."""

    address: str
    steps: tuple[str, ...]
    note: str
    has_secret: bool
    is_reachable: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """What may be changed of a source, as it stands or as it was entered."""

    entered: Mapping[str, str]
    options: tuple[OptionField, ...]
    credentials: tuple[Label, ...]
    is_asked: bool
    is_feed: bool
    has_name: bool
    usual_pause: str
    shortest_pause: int


def settings_of(
    source: Watched,
    options: Iterable[Option],
    credentials: Iterable[Credential],
    show: Formats,
    entered: Mapping[str, str] | None = None,
) -> Settings:
    """Make the form of a source ready; what was entered before a refusal stays."""
    stands = {
        "name": source.name,
        "url": source.url or "",
        "municipality": source.municipality or "",
        "intake": source.intake,
        "poll_every_s": str(source.poll_every_s or ""),
        "credential_id": source.credential_id or "",
    }
    values = {name: _written(value) for name, value in source.options.items()}
    return Settings(
        entered=entered or stands,
        options=fields(options, entered or values, show.language),
        credentials=tuple(_choice(each, show.language) for each in credentials),
        is_asked=source.kind in ASKED,
        is_feed=source.kind == "feed",
        has_name=has_name(source),
        usual_pause=show.number(USUAL_PAUSES.get(source.kind, 0)),
        shortest_pause=SHORTEST_PAUSES.get(source.kind, 0),
    )


def has_name(source: Watched) -> bool:
    """Tell whether people name a source; what pushes names itself in its posts."""
    return source.kind in ASKED or source.kind == WEBHOOK


def _written(value: bool | int | str) -> str:  # noqa: FBT001 -- a value of JSON
    return str(value).lower() if isinstance(value, bool) else str(value)


def _choice(credential: Credential, language: Language) -> Label:
    state = label(CREDENTIAL_STATES, credential.state, language)
    is_good = credential.state == "ok"
    why = "" if is_good or state is None else f" ({state.text})"
    kind = kind_name(credential.network, credential.kind, language)
    return Label(f"{credential.label}{why}: {kind}", code=credential.id)


def fields(
    options: Iterable[Option], values: Mapping[str, str], language: Language
) -> tuple[OptionField, ...]:
    """Make the fields of options ready, each with its usual value said."""
    return tuple(_field(each, values.get(each.name, ""), language) for each in options)


def _field(option: Option, value: str, language: Language) -> OptionField:
    said = option.said.get(language.code)
    told = [said.hint] if said and said.hint else []
    if option.type == "whole":
        limits = {"usual": option.usual, "least": option.least, "most": option.most}
        usual = language.say("Usually %(usual)s; from %(least)s to %(most)s.", **limits)
        told.append(usual)
    return OptionField(
        name=option.name,
        type=option.type,
        title=said.title if said else option.name,
        hint=" ".join(told),
        value=value or ("" if option.type == "whole" else _written(option.usual)),
        least=option.least,
        most=option.most,
        choices=tuple(
            Label(each.said.get(language.code, each.value), code=each.value)
            for each in option.values
        ),
    )


def set_by(options: Iterable[Option], entered: Mapping[str, str]) -> dict[str, object]:
    """Read the options from a form; an empty field means the usual value."""
    chosen: dict[str, object] = {}
    for each in options:
        if value := entered.get(each.name):
            chosen[each.name] = value == "true" if each.type == "switch" else value
    return chosen


def delivery_of(
    source: Watched, path: str, base: str, language: Language
) -> Delivery | None:
    """Say where and how a source is delivered; `base` is how we are reached."""
    guide = guide_of(slug_of(source), source.place_kind)
    if guide is None:
        return None
    return Delivery(
        address=base.rstrip("/") + path,
        steps=tuple(language.say(each) for each in guide.steps),
        note=language.say(guide.note) if guide.note else "",
        has_secret=source.kind == WEBHOOK,
        is_reachable=urlsplit(base).scheme == "https",
    )


def slug_of(source: Watched) -> str:
    """Name what delivers: the signed webhook, or the network."""
    return WEBHOOK if source.kind == WEBHOOK else source.network or ""
