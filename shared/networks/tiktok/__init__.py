"""TikTok's Research API: calls below its quota, errors, access tokens."""

from shared.networks.tiktok.client import TikTok
from shared.networks.tiktok.tokens import AccessTokens

__all__ = ["AccessTokens", "TikTok"]
