"""X's two sets of words: `post.*` of its OpenAPI, `tweet.*` of its prose and answers.

Answers are read in either; requests use the one that is configured.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Names:
    """How requests call things: the parameter, and the fields that are asked for."""

    parameter: str
    fields: tuple[str, ...]
    can_tell_authors: bool


TWEET: Final = Names(
    "tweet.fields",
    (
        "conversation_id",
        "created_at",
        "entities",
        "lang",
        "note_tweet",
        "public_metrics",
        "referenced_tweets",
    ),
    can_tell_authors=True,
)
# The OpenAPI lists no field for what a post answers, nor for who wrote it: that comes
# with expansions only, which are paid for.
POST: Final = Names(
    "post.fields",
    (
        "conversation_id",
        "created_at",
        "entities",
        "lang",
        "note_post",
        "public_metrics",
    ),
    can_tell_authors=False,
)


def names_of(option: object) -> Names:
    """Read the operator's choice: `tweet` (the default) or `post`."""
    return POST if option == "post" else TWEET
