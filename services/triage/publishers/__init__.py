"""Where answers are published; one module per kind of page."""

from services.triage.publishers.base import Publisher, PublishError, Publishers
from services.triage.publishers.sandbox import SandboxPublisher

__all__ = ["PublishError", "Publisher", "Publishers", "SandboxPublisher"]
