"""Whose certificates are believed when networks are called."""

import ssl
from pathlib import Path

import httpx


def trusted(more: Path | None) -> ssl.SSLContext:
    """Trust the usual authorities, and those of a PEM file besides.

    Raises `ssl.SSLError` when the file has no certificate. Settings of the
    environment, such as SSL_CERT_FILE, count for nothing here.
    """
    context = httpx.create_ssl_context(trust_env=False)
    if more is not None:
        context.load_verify_locations(cafile=more)
    return context
