"""Pure rules of taking in: no storage, no clock, no network."""
