"""Tests of the archive's full-text index."""
