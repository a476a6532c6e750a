"""SQLModel tables, one module per owner; importing this package registers all."""

from shared.models import identity, ingest, networks, reports, triage

__all__ = ["identity", "ingest", "networks", "reports", "triage"]
