"""MAX: a bot's updates (by long poll or webhook), and the past of single chats.

`links` recognises, `connector` chooses. `bot` and `hook` hear updates (`updates`),
`chat` reads messages and comments again and again (`reading`, `state`, `harvest`);
`messages` and `texts` read what both bring. What answering shares is in
`shared.networks.max`.
"""

from services.ingest.sources.max.connector import MaxConnector
from services.ingest.sources.max.hook import MaxHook

__all__ = ["MaxConnector", "MaxHook"]
