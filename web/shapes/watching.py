"""Watched pages, their tests and credentials as services/ingest answers them."""

from datetime import date, datetime

from pydantic import Field

from web.shapes.base import Listing, Shape
from web.shapes.ingest import Source


class Budget(Shape):
    """Whether any token of a source may be used now."""

    stopped: bool = False
    parked_until: datetime | None = None


class Remark(Shape):
    """Something to know of a place: a code, its figures, both said in English."""

    code: str
    figures: dict[str, int | str] = Field(default_factory=dict)
    text: str = ""


class Watched(Source):
    """A source with all that is known of how it goes."""

    municipality: str | None = None
    poll_every_s: int | None = None
    next_poll_at: datetime | None = None
    place_kind: str | None = None
    native: str | None = None
    health: str = "new"
    error_kind: str | None = None
    error_code: str | None = None
    failing_since: datetime | None = None
    lag_s: int | None = None
    skew_s: int | None = None
    unknown: dict[str, int] = Field(default_factory=dict)
    accepted_by: str | None = None
    accepted_at: datetime | None = None
    credential_id: str | None = None
    options: dict[str, bool | int | str] = Field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    budget: Budget | None = None


class SourceList(Listing):
    """All sources of the region."""

    items: tuple[Watched, ...] = ()


class OptionSaid(Shape):
    """What an option is called in one language."""

    title: str
    hint: str = ""


class OptionValue(Shape):
    """One value of a choice."""

    value: str
    said: dict[str, str] = Field(default_factory=dict)


class Option(Shape):
    """What may be set for a source."""

    name: str
    type: str
    usual: bool | int | str
    least: int | None = None
    most: int | None = None
    values: tuple[OptionValue, ...] = ()
    said: dict[str, OptionSaid] = Field(default_factory=dict)


class OptionList(Listing):
    """All that may be set for a source."""

    items: tuple[Option, ...] = ()


class Hook(Shape):
    """Where a network delivers."""

    path: str


class Secret(Shape):
    """A new secret of a signed webhook, told once."""

    secret: str


class NewSource(Source):
    """A source that was just added, with the secret of a signed webhook."""

    secret: str | None = None


class Recognised(Shape):
    """What a link leads to."""

    network: str
    kind: str
    native: str
    url: str
    name: str = ""
    token_kinds: tuple[str, ...] = ()
    has_token: bool = False
    needs_notice: bool = False
    source_id: str | None = None
    options: tuple[Option, ...] = ()


class TestError(Shape):
    """Why a test failed."""

    __test__ = False

    kind: str
    code: str | None = None
    message: str = ""


class Tested(Shape):
    """What a network told about a place."""

    ok: bool
    title: str | None = None
    native: str | None = None
    followers: int | None = None
    can: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    error: TestError | None = None


class Figure(Shape):
    """A figure of a page on a day."""

    name: str
    day: date
    value: int
    precision: str = "exact"


class FigureList(Listing):
    """Figures of a page, the newest day first."""

    items: tuple[Figure, ...] = ()


class Credential(Shape):
    """A credential without what it holds."""

    id: str
    network: str
    kind: str
    label: str
    state: str = "ok"
    last_error: str | None = None
    error_code: str | None = None
    expires_at: datetime | None = None
    last_used_at: datetime | None = None


class KnownNetwork(Shape):
    """A network that can be watched."""

    network: str
    token_kinds: tuple[str, ...] = ()
    pushes: bool = False


class CredentialList(Listing):
    """The region's credentials, and the networks there are."""

    items: tuple[Credential, ...] = ()
    networks: tuple[KnownNetwork, ...] = ()
