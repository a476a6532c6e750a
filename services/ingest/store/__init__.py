"""Queries on the schema `ingest`, one module for each thing that is stored."""
