"""Journeys on a whole installation, started as a user starts it."""
