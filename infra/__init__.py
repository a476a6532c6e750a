"""Embedded servers, supervisor, command line and sandbox; nothing imports it."""
