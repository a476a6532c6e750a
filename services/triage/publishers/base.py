"""The port to the pages that speak for the region: one public answer per guid."""

from typing import Protocol


class PublishError(Exception):
    """The page did not take the answer; a permanent failure will not heal."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent


class Publisher(Protocol):
    """Publishes an answer under a post, from the official page."""

    def can_answer(self, url: str | None) -> bool:
        """Tell whether a post at this address is on a page this publisher serves."""
        ...

    async def publish(self, text: str, target: str, guid: str) -> str:
        """Publish under the post at `target` and return the answer's address.

        The same guid gives the same answer again, never a second one: it may be
        called anew after a lost response. Raises PublishError.
        """
        ...
