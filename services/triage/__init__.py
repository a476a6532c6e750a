"""Decides what a post is, who must answer, and carries the answer to publication.

Owns the schema `triage`. Receives `PostsMatched`, sends `PostsLabelled` to ingest
and `IncidentsChanged` and `CandidatesDecided` to reports.
"""
