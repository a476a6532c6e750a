"""Queries on the schema `triage`."""
