"""X's API: what watching it needs, and answering in it would.

`client` makes calls, `guard` keeps them below what the operator will pay, `errors` says
what a refusal means, `ids` reads times from ids, `names` are X's two sets of words.
"""

from shared.networks.x.client import X

__all__ = ["X"]
