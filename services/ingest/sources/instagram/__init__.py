"""Instagram: professional accounts of our own, their comments, mentions, hashtags.

`links` says what a link leads to, `connector` opens it; `account` and `hashtag` know
the edges that `sources.meta` polls, `budget` keeps to thirty hashtags a week, `parse`
reads what stands there, `events` what is pushed. Calls and errors are in
`shared.networks.meta`.
"""

from services.ingest.sources.instagram.connector import InstagramConnector
from services.ingest.sources.instagram.events import InstagramHook

__all__ = ["InstagramConnector", "InstagramHook"]
