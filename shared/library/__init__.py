"""Editable data files: words, calendars, lists that people of a region may extend."""
