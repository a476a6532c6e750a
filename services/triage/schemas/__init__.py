"""The HTTP shapes of triage, in and out."""
