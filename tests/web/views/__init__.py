"""Tests of what is made ready for templates."""
