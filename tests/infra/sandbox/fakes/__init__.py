"""Tests of the fake networks."""
