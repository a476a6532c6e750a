"""What residents publish, and what is true about it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    POST = "post"
    COMMENT = "comment"


class Tone(StrEnum):
    """What a text is, in the product's words."""

    COMPLAINT = "complaint"
    QUESTION = "question"
    WISH = "wish"
    THANKS = "thanks"
    UNCONSTRUCTIVE = "unconstructive"
    ADVERT = "advert"
    SPAM = "spam"


@dataclass(frozen=True, slots=True)
class Author:
    """An invented resident; the product drops this at intake."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Truth:
    """What the writer meant: for tests and measuring, never sent out.

    `duplicate_of` is the id of the post that this one copies or retells, `event`
    ties together posts of different residents about one thing that happened.
    """

    tone: Tone
    topic: str | None = None
    municipality: str | None = None
    duplicate_of: str | None = None
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One state of a post: an edited post comes again with the same id."""

    id: str
    page: str
    kind: Kind
    author: Author
    text: str
    published_at: datetime
    edited_at: datetime | None
    parent_id: str | None
    likes: int
    truth: Truth

    @property
    def arrived_at(self) -> datetime:
        """When this state of the post appeared."""
        return self.edited_at or self.published_at
