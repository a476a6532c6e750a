"""Kinds of tokens in words: what each is called, and which lines to paste for it."""

from collections.abc import Mapping
from dataclasses import dataclass

from web.languages import N_, Language


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of token: its name, and the names of the values it is made of."""

    name: str
    lines: str


_KINDS: Mapping[tuple[str, str], Kind] = {
    ("vk", "service"): Kind(N_("application's service key"), "token"),
    ("vk", "community"): Kind(
        N_("community's key"), "token, group, secret, confirmation"
    ),
    ("vk", "user"): Kind(
        N_("administrator's key"), "token, refresh, client_id, device_id, expires_at"
    ),
    ("ok", "user"): Kind(
        N_("administrator's key"),
        "application_key, application_secret_key, access_token, group",
    ),
    ("ok", "application"): Kind(
        N_("application's key"), "application_key, application_secret_key"
    ),
    ("telegram", "bot"): Kind(N_("bot's token"), "token, secret"),
    ("telegram", "session"): Kind(N_("account's session"), "session, api_id, api_hash"),
    ("max", "bot"): Kind(N_("bot's token"), "token, secret"),
    ("x", "app"): Kind(N_("application's token"), "token"),
    ("x", "user"): Kind(N_("account's token"), "token, account_id"),
    ("tiktok", "client"): Kind(N_("application's key"), "client_key, client_secret"),
    ("facebook", "page"): Kind(N_("page's token"), "token, page, app_secret"),
    ("facebook", "app"): Kind(N_("application's secrets"), "verify_token, app_secret"),
    ("instagram", "page"): Kind(N_("page's token"), "token, page, app_secret"),
    ("instagram", "app"): Kind(N_("application's secrets"), "verify_token, app_secret"),
    ("", "webhook"): Kind(N_("secret of a signed webhook"), ""),
}

SPEAKS: Mapping[str, str] = {"vk": "community", "ok": "user", "telegram": "bot"}
"""The kind of token official pages of a network speak with."""


def kind_name(network: str, kind: str, language: Language) -> str:
    """Say what a kind of token is; one we do not know yet is shown as it is."""
    known = _KINDS.get((network, kind)) or _KINDS.get(("", kind))
    return language.say(known.name) if known else kind


def lines_of(network: str, kind: str) -> str:
    """Name the values to paste, the optional ones last; empty for one bare token."""
    known = _KINDS.get((network, kind))
    return known.lines if known else ""
