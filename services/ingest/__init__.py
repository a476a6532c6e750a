"""Takes posts in, once each: push API, files, feeds, rules and the archive search.

Owns the schema `ingest`. Sends `PostsMatched` to triage, receives `PostsLabelled`.
"""
