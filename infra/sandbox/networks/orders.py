"""What the control API of the stages can be told."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

_Text = Annotated[str, Field(max_length=100_000)]


class _Order(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OnPage(_Order):
    """Names a page by our code."""

    page: str


class OnItem(OnPage):
    """Names an item by its page and native number."""

    item: int


class Publishing(OnPage):
    """A new post, or a comment under `parent`; `author` None is the page itself."""

    text: _Text
    parent: int | None = None
    author: int | None = Field(default=None, ge=1)
    author_name: str = "Житель"
    ago_seconds: float = Field(default=0, ge=-86_400)
    likes: int | None = 0
    reposts: int | None = 0
    views: int | None = None
    extra: dict[str, Any] = Field(default_factory=dict)


class Editing(OnItem):
    text: _Text


class Pinning(OnPage):
    item: int | None


class Banning(OnPage):
    is_banned: bool = True


class Closing(OnItem):
    is_closed: bool = True


class Bulk(OnPage):
    number: int = Field(ge=1, le=100_000)


class Issue(_Order):
    """A token to be made; without `lifetime_seconds` it lives for ever."""

    kind: str
    owner: str | None = None
    lifetime_seconds: float | None = Field(default=None, gt=0)
    value: str | None = None


class Revocation(_Order):
    token: str
    is_revoked: bool = True


class Approval(_Order):
    """A text that a person has approved for publishing."""

    text: str
