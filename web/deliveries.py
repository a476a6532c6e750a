"""What to enter at a network, step by step, so that it delivers to us by itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from web.languages import N_

WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Guide:
    """Steps of one network; it delivers for places of these kinds only (empty: all)."""

    places: frozenset[str]
    steps: tuple[str, ...]
    note: str = ""


_OF_META = (
    N_(
        "In the settings of the application open Webhooks and put this address into "
        "the field Callback URL."
    ),
    N_(
        "Invent a verify token and enter it there. In Otklik add the application's "
        "secrets: a line verify_token=… with it and a line app_secret=…"
    ),
    N_("Subscribe to feed or comments, and install the application on the page."),
)

GUIDES: Mapping[str, Guide] = {
    "vk": Guide(
        frozenset({"wall"}),
        (
            N_(
                "Only for a community of your own: in VKontakte open Manage → API "
                "usage → Callback API and put this address into the field of the "
                "server's address."
            ),
            N_(
                "Invent a secret key and enter it there. In Otklik replace the secret "
                "of the community's token: a line token=…, a line secret=… with this "
                "key, and a line confirmation=… with the string the server has to "
                "return, as VKontakte shows it."
            ),
            N_("Press Confirm in VKontakte: it asks this address at once."),
            N_(
                "Under Event types tick wall posts and all comments: added, edited, "
                "deleted, restored."
            ),
        ),
        N_(
            "The page is polled besides: VKontakte tells of no edited or deleted posts."
        ),
    ),
    "telegram": Guide(
        frozenset({"bot"}),
        (
            N_(
                "Invent a secret of letters, digits, _ and -. In Otklik replace the "
                "secret of the bot's token: a line token=… and a line secret=… with it."
            ),
            N_(
                "Call the bot's method setWebhook with url = this address and "
                "secret_token = the secret."
            ),
            N_(
                "To go back to polling call deleteWebhook, then resume the source here."
            ),
        ),
        N_(
            "While a webhook is set, Telegram does not let the bot be polled: the "
            "source may say that it needs a person, and what is delivered is taken "
            "all the same."
        ),
    ),
    "max": Guide(
        frozenset({"bot"}),
        (
            N_(
                "Invent a secret of letters, digits, _ and -. In Otklik replace the "
                "secret of the bot's token: a line token=… and a line secret=… with it."
            ),
            N_(
                "Subscribe the bot (POST /subscriptions): url is this address, secret "
                "the secret."
            ),
        ),
    ),
    "facebook": Guide(frozenset({"page"}), _OF_META),
    "instagram": Guide(frozenset({"account"}), _OF_META),
    WEBHOOK: Guide(
        frozenset(),
        (
            N_("Give this address and the secret to the people of the other system."),
            N_(
                "It sends POST with posts as JSON or NDJSON, like POST /ingest/posts, "
                "and signs each call as Standard Webhooks says: webhook-id, "
                "webhook-timestamp, webhook-signature."
            ),
            N_(
                "The answer 202 tells for each line whether it was taken. The clocks "
                "may differ by five minutes."
            ),
        ),
    ),
}


def guide_of(slug: str, place_kind: str | None) -> Guide | None:
    """Find the steps for a source; None where its network does not deliver it."""
    guide = GUIDES.get(slug)
    if guide is None or (guide.places and place_kind not in guide.places):
        return None
    return guide
