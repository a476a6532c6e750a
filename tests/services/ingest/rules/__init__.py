"""The rule engine: language, matcher, help, hostile input."""
