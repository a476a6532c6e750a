"""Pieces many request and answer shapes share, with the limits of texts."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

TITLE = 300
REMARK = 4_000
REPLY = 10_000
LINK = 2_000
CODE = 100


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain the character NUL")
    return text


Title = Annotated[
    str,
    StringConstraints(max_length=TITLE, min_length=1, strip_whitespace=True),
    AfterValidator(_storable),
]
Remark = Annotated[str, StringConstraints(max_length=REMARK), AfterValidator(_storable)]
ReplyText = Annotated[
    str, StringConstraints(max_length=REPLY), AfterValidator(_storable)
]
Link = Annotated[str, StringConstraints(max_length=LINK), AfterValidator(_storable)]
Search = Annotated[str, StringConstraints(max_length=TITLE)]
Code = Annotated[str, StringConstraints(pattern=r"^[\w.:-]+$", max_length=CODE)]


class Asked(BaseModel):
    """A request: fields nobody knows are refused, not silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True)


class Named(Answer):
    """A thing of a reference list."""

    code: str
    name: str


class NamedTopic(Named):
    """A topic with its group; the English names are empty where nobody wrote them."""

    name_en: str
    group_name: str | None
    group_name_en: str
