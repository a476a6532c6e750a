"""Feeds: how they are asked for over real connections, and how they are read."""
