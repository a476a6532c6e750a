"""A start that fails for a reason the operator can mend."""


class CannotStart(Exception):
    """Says what is wrong and which setting mends it; printed without a traceback."""
