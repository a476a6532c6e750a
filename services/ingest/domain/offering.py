"""Which posts triage must hear of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """How a revision of a post stands after matching."""

    takes_all: bool  # its source makes a candidate of every post
    deleted: bool
    revision: int
    caught: bool  # by a rule in force, not only a monitored one
    caught_before: bool  # in an earlier revision


def is_offered(post: Standing) -> bool:
    """Say whether triage must hear of a post, in this order.

    1. A living post of a source that takes all, or one that a rule has caught.
    2. A post triage may know from an earlier revision: it was deleted, or its text
       no longer says what a rule looks for.
    """
    if not post.deleted and (post.takes_all or post.caught):
        return True
    return post.revision > 1 and (post.takes_all or post.caught_before)
