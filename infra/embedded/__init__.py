"""Starts PostgreSQL, Valkey and our processes for `make up`."""
