"""VKontakte: walls, comments, searches and what VK pushes.

`links` says what a link leads to, `connector` opens it; `wall` and `search` are
polled, `callback` and `longpoll` receive, `stream` and its parts hear beside the
search; `parse` and `shapes` read what VK sends.
Calls, errors and tokens are in `shared.networks.vk`: answering needs them, too.
"""

from services.ingest.sources.vk.callback import VkHook
from services.ingest.sources.vk.connector import VkConnector

__all__ = ["VkConnector", "VkHook"]
