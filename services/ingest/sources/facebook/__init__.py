"""Facebook: pages, what visitors write there and where they are tagged.

`links` says what a link leads to, `connector` opens it; `page` knows the edges that
`sources.meta` polls, `parse` reads what stands there, `events` what is pushed. Calls
and errors are in `shared.networks.meta`.
"""

from services.ingest.sources.facebook.connector import FacebookConnector
from services.ingest.sources.facebook.events import FacebookHook

__all__ = ["FacebookConnector", "FacebookHook"]
