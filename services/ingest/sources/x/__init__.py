"""X: searches, mentions of an account, conversations.

`links` says what a link leads to, `connector` opens it; `watch` is polled; `parse`,
`text` and `shapes` read what X sends. Calls, errors and the guard that counts posts and
money are in `shared.networks.x`.
"""

from services.ingest.sources.x.connector import XConnector

__all__ = ["XConnector"]
