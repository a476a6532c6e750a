"""Odnoklassniki: groups, their discussions, hashtags.

`links` says what a link leads to, `connector` opens it; `group` (with `reading`, its
steps) and `tag` are polled; `parse` and `shapes` read what OK sends. Calls, errors and
signatures are in `shared.networks.ok`: answering needs them, too.
"""

from services.ingest.sources.ok.connector import OkConnector

__all__ = ["OkConnector"]
