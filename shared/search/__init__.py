"""Full-text index of the archive: one port, answered by PostgreSQL or Meilisearch."""

from shared.search.port import Document, Hit, Page, Query, Search

__all__ = ["Document", "Hit", "Page", "Query", "Search"]
