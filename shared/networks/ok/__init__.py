"""Odnoklassniki's API: what watching groups and answering in them share.

`signature` signs calls, `client` makes them, `errors` says what a refusal means, and
`answer` has the three steps of an answer (look, send, find).
"""

from shared.networks.ok.client import Ok

__all__ = ["Ok"]
