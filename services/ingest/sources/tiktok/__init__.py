"""TikTok by its Research API: accounts with comments, videos, hashtags, words.

`links` says what a link leads to, `connector` opens it; `watch` (with `reading`, its
steps, and `threads`) is polled; `parse` and `shapes` read what TikTok sends. Calls,
quota and access tokens are in `shared.networks.tiktok`.
"""

from services.ingest.sources.tiktok.connector import TikTokConnector

__all__ = ["TikTokConnector"]
