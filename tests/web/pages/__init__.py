"""Tests of the page families: every page with HTMX and without it."""
