"""Sources as people describe and see them."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    model_validator,
)

from services.ingest.domain.checks import Refused, identifier, web_address
from services.ingest.domain.posts import Network
from services.ingest.handlers.sources import Draft
from services.ingest.handlers.watching import Wish

SHORTEST_PAUSE = 30
SHORTEST_NETWORK_PAUSE = 10
LONGEST_PAUSE = 24 * 3600


def _name(value: object) -> str:
    try:
        return identifier(value, "name")
    except Refused as error:
        raise ValueError(error.reason) from error


def _address(value: object) -> str | None:
    try:
        return None if value is None else web_address(value)
    except Refused as error:
        raise ValueError(error.reason) from error


Name = Annotated[str, BeforeValidator(_name)]
Address = Annotated[str | None, BeforeValidator(_address)]
Code = Annotated[str, Field(min_length=1, max_length=100)]
NetworkPause = Annotated[int, Field(ge=SHORTEST_NETWORK_PAUSE, le=LONGEST_PAUSE)]
Link = Annotated[str, Field(min_length=1, max_length=2000)]
Options = dict[str, JsonValue]
Intake = Literal["all", "matched"]
_MAY_BE_TAKEN_AWAY = frozenset({"municipality", "credential_id", "poll_every_s"})

_EXAMPLE: dict[str, JsonValue] = {
    "kind": "feed",
    "name": "Новости Клёновска",
    "url": "https://news.example/rss",
    "municipality": "klenovsk",
    "poll_every_s": 900,
}
_LINKED: dict[str, JsonValue] = {
    "link": "https://vk.com/klenovsk_overheard",
    "municipality": "klenovsk",
    "poll_every_s": 60,
}


class NewSource(BaseModel):
    """A link to a page, a feed, or a system that will push.

    With `link` the network is recognised and the rest may be left out. Without it,
    `kind` and `name` say what it is: a `feed` at a `url`, a system that calls
    `POST /ingest/posts` (`push`), or one that signs its calls (`webhook`). What is
    asked offers to triage what a rule catches, what pushes everything, unless
    `intake` says otherwise.
    """

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [_LINKED, _EXAMPLE]}
    )

    link: Link | None = None
    kind: Literal["feed", "push", "webhook"] | None = None
    name: Name | None = None
    network: Network | None = None
    url: Address = None
    municipality: Code | None = None
    intake: Intake | None = None
    poll_every_s: NetworkPause | None = None
    credential_id: UUID | None = None
    options: Options = Field(default_factory=dict)
    accept_notice: bool = Field(
        default=False,
        description="The legal and money notice of a network that is off by default "
        "was read and accepted, by whoever makes this call.",
    )

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if (self.link is None) == (self.kind is None):
            raise ValueError("give a link, or a kind and a name")
        if self.link is not None:
            if self.network is not None or self.url is not None:
                raise ValueError("the link says network and url")
            return self
        return self._without_link()

    def _without_link(self) -> Self:
        if self.name is None:
            raise ValueError("give it a name")
        if self.credential_id is not None or self.options:
            raise ValueError("credential_id and options are for links only")
        if self.kind == "feed" and self.url is None:
            raise ValueError("a feed needs a url")
        if self.kind != "feed" and self.poll_every_s is not None:
            raise ValueError("poll_every_s is for what is asked only")
        if self.poll_every_s is not None and self.poll_every_s < SHORTEST_PAUSE:
            raise ValueError(f"a feed is asked every {SHORTEST_PAUSE} s at most")
        return self

    def draft(self) -> Draft:
        """Hand what has no link to the handler."""
        is_feed = self.kind == "feed"
        return Draft(
            kind=self.kind or "push",
            network=self.network or (Network.RSS if is_feed else Network.PORTAL),
            name=self.name or "",
            url=self.url,
            municipality=self.municipality,
            intake=self.intake or ("matched" if is_feed else "all"),
            poll_every_s=self.poll_every_s,
        )

    def wish(self) -> Wish:
        """Hand a link to the handler."""
        return Wish(
            self.link or "",
            self.name,
            self.municipality,
            self.intake,
            self.poll_every_s,
            self.credential_id,
            self.options,
            self.accept_notice,
        )


class SourceChange(BaseModel):
    """Fields to change; what is left out stays.

    Posts taken in under an old `name` keep it in the search index until that is built
    anew, and in the queue. Systems that push have no name to change: it comes with
    their posts.
    """

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"state": "paused"}]}
    )

    state: Literal["active", "paused", "disabled"] | None = None
    name: Name | None = None
    intake: Intake | None = None
    url: Address = None
    municipality: Code | None = None
    poll_every_s: NetworkPause | None = None
    credential_id: UUID | None = None
    options: Options | None = None

    def changes(self) -> dict[str, Any]:
        """Name what was sent; what is in `_MAY_BE_TAKEN_AWAY` may be null."""
        sent = self.model_dump(exclude_unset=True)
        return {
            name: value
            for name, value in sent.items()
            if value is not None or name in _MAY_BE_TAKEN_AWAY
        }


class LinkAsked(BaseModel):
    """A link as somebody pasted it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"link": "vk.com/klenovsk_overheard"}]},
    )

    link: Link
