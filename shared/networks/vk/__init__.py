"""VKontakte's API: what watching walls and answering under them share.

`services/ingest/sources/vk` reads with it, `services/triage/publishers/vk` answers with
it, and since services never import each other, it lives here: the calls with their
tokens and limits, the table of errors, the exchange of user tokens, and the three steps
of an answer (look, send, find).
"""

from shared.networks.vk.client import Vk

__all__ = ["Vk"]
