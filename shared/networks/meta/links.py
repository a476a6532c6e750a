"""Addresses on Facebook and Instagram that need nobody's name."""

from typing import Final

FACEBOOK: Final = "https://www.facebook.com"
INSTAGRAM: Final = "https://www.instagram.com"


def post_url(post: str) -> str:
    """Address a post by its id, `page_post`.

    Meta's own `permalink_url` may have the author's name in it.
    """
    owner, _, number = post.rpartition("_")
    if not owner:
        return f"{FACEBOOK}/{number}"
    return f"{FACEBOOK}/permalink.php?story_fbid={number}&id={owner}"


def comment_url(post: str, comment: str) -> str:
    """Address a comment, `post_comment`, under the address of its post."""
    joint = "&" if "?" in post else "?"
    return f"{post}{joint}comment_id={comment.rpartition('_')[2]}"
