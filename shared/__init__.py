"""What two packages need; if only one needs it, it does not belong here."""
