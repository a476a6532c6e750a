"""The demonstration's processes are told where the fake networks are."""

import json

from infra.demo_networks import BOTS, WATCHED, bot_token, environment_of
from infra.sandbox.world import load_region

SANDBOX = "http://127.0.0.1:8091"


def test_calls_of_the_networks_go_to_the_sandbox() -> None:
    told = environment_of(SANDBOX, {})

    options = json.loads(told.pop("OTKLIK_NETWORK_OPTIONS"))
    assert told == {
        "OTKLIK_VK_BASE": f"{SANDBOX}/vk",
        "OTKLIK_OK_BASE": f"{SANDBOX}/ok",
        "OTKLIK_TELEGRAM_BASE": f"{SANDBOX}/telegram",
        "OTKLIK_FEED_ALLOW": "127.0.0.1:8091",
    }
    assert options["telegram"] == {"preview_base": f"{SANDBOX}/tme"}


def test_what_the_operator_has_set_stays() -> None:
    given = {
        "OTKLIK_VK_BASE": "https://api.vk.ru",
        "OTKLIK_NETWORK_OPTIONS": '{"ok": {"per_second": 1}, "x": {"a": 2}}',
    }

    told = environment_of(SANDBOX, given)

    options = json.loads(told["OTKLIK_NETWORK_OPTIONS"])
    assert told["OTKLIK_VK_BASE"] == "https://api.vk.ru"
    assert (options["ok"]["per_second"], options["x"]) == (1, {"a": 2})


def test_every_page_of_the_three_networks_is_watched_once() -> None:
    pages = [
        page.code
        for page in load_region().pages
        if page.network in {"vk", "ok", "telegram"}
    ]

    assert sorted(wish.page for wish in WATCHED) == sorted(pages)
    assert len({bot_token(page) for page in BOTS}) == len(BOTS)
