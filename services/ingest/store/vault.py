"""Sealing, which answering shares: see `shared.vault`."""

from shared.vault import Vault, vault_of

__all__ = ["Vault", "vault_of"]
