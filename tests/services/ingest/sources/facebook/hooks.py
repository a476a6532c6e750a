"""Deliveries as Facebook makes them."""

import json
from collections.abc import Mapping
from typing import Any

from infra.sandbox.graph.call import APP_SECRET
from infra.sandbox.graph.hooks import signed
from infra.sandbox.networks.facebook.events import events_of
from infra.sandbox.networks.facebook.ids import page_id
from infra.sandbox.stage import Happening, Stage
from services.ingest.sources.connector import Delivery

SECRETS = {"verify_token": "our-word", "app_secret": APP_SECRET}


def batch_of(stage: Stage, *lines: Happening) -> dict[str, Any]:
    """Write lines of the log as one batch; empty where Facebook says nothing."""
    entries = [
        {
            "id": page_id(page),
            "time": int(line.at.timestamp()),
            "changes": [{"field": name, "value": value}],
        }
        for line in lines
        for page, name, value in events_of(stage)(line)
    ]
    return {"object": "page", "entry": entries} if entries else {}


def delivery(
    body: bytes | Mapping[str, Any], *, secret: str = APP_SECRET, method: str = "POST"
) -> Delivery:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {name.lower(): each for name, each in signed(raw, secret).items()}
    return Delivery(method, headers, {}, raw)
