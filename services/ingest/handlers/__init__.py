"""Use cases: where a decision about posts and its effects meet."""
