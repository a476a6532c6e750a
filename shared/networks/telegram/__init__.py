"""Telegram's Bot API: what watching chats and answering in them share.

`services/ingest/sources/telegram` reads with it, `services/triage/publishers/telegram`
answers with it: the calls with their limits, the table of errors, how chats and
messages are named, and the three steps of an answer (look, send, find).
"""

from shared.networks.telegram.client import Bot

__all__ = ["Bot"]
