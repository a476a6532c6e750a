"""SQLModel tables, one module per owner; importing this package registers all."""

from shared.models import identity

__all__ = ["identity"]
