"""Takes posts in, once each: networks, feeds, hooks, files; rules, the archive search.

Owns the schema `ingest`. Sends `PostsMatched` and `IncidentsImported` to triage,
receives `PostsLabelled` and `TokenRefused`.
"""
