"""Decides what a post is, who must answer, and carries the answer to publication.

Owns the schema `triage`. Receives `PostsMatched` and `IncidentsImported`, sends
`PostsLabelled` and `TokenRefused` to ingest, `IncidentsChanged` and
`CandidatesDecided` to reports.
"""
