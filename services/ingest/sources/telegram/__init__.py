"""Telegram: a bot's queue or webhook, an account's session, public previews.

`links` recognises, `connector` chooses. `bot` and `hook` hear the Bot API (`reader`,
`messages`, `texts`), `mtproto` follows a channel through the port `history`, `preview`
reads t.me/s. What answering shares is in `shared.networks.telegram`.
"""

from services.ingest.sources.telegram.connector import TelegramConnector
from services.ingest.sources.telegram.hook import TelegramHook

__all__ = ["TelegramConnector", "TelegramHook"]
