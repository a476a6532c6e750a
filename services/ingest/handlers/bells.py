"""The bells of matching and indexing: what rings again before its turn is one ring."""

from typing import Final

from shared.uow import UnitOfWork

MATCH_JOB: Final = "match_waiting"
MATCH_ALONE_JOB: Final = "match_batch"
INDEX_JOB: Final = "index_posts"

MATCH_GATHERS: Final = 0.2
INDEX_GATHERS: Final = 1.0
"""Seconds in which what comes waits for more: a job for each post would cost more than
the post. A complaint hurries, the search index does not."""

SOURCE_JOB: Final = "index_source"


def ring_match(uow: UnitOfWork, region: int | None = None) -> None:
    """Ring for matching what waits in the region, or in the one that is named."""
    uow.ring(MATCH_JOB, region or uow.region_id, gather=MATCH_GATHERS)


def ring_rest(uow: UnitOfWork) -> None:
    """Ring for matching what still waits: it has waited long enough for more."""
    uow.ring(MATCH_JOB, uow.region_id, gather=0)


def ring_index(uow: UnitOfWork, region: int | None = None) -> None:
    """Ring for indexing what waits in the region, or in the one that is named."""
    uow.ring(INDEX_JOB, region or uow.region_id, gather=INDEX_GATHERS)
