"""Where answers are published; one module per kind of page."""

from services.triage.publishers.base import Publisher, PublishError
from services.triage.publishers.sandbox import SandboxPublisher

__all__ = ["PublishError", "Publisher", "SandboxPublisher"]
