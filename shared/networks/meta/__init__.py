"""Meta's Graph API: what watching Facebook and Instagram, and answering there, share.

Calls with their tokens, the usage Meta tells in headers, the table of errors, pages of
an edge, times, and the addresses of posts.
"""

from shared.networks.meta.client import Graph

__all__ = ["Graph"]
