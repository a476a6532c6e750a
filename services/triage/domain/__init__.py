"""The rules of deciding and answering: pure, no storage, no clock, no network."""
