"""Every publisher of the installation, in the order they are asked."""

import httpx

from services.triage.publishers.base import Publishers
from services.triage.publishers.sandbox import SandboxPublisher
from services.triage.settings import Settings


def publishers_of(http: httpx.AsyncClient, settings: Settings) -> Publishers:
    """Make the publishers the settings allow; the caller owns the HTTP client."""
    return Publishers.of([SandboxPublisher.from_settings(http, settings)])
