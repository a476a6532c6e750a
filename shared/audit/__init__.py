"""The append-only, hash-chained record of what people did. Owns schema `audit`."""
