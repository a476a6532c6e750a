"""Turns events of the desk into facts and figures about the authorities' work.

Owns the schema `reports`. Receives `IncidentsChanged` and `CandidatesDecided`.
"""
