"""SQLModel tables, one module per owner; importing this package registers all."""

from shared.models import identity, ingest, networks, posting, reports, rules, triage

__all__ = ["identity", "ingest", "networks", "posting", "reports", "rules", "triage"]
