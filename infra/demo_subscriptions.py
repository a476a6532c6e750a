"""What an operator does at the networks themselves: bots, and addresses of hooks."""

from typing import Any, Final

import httpx

_TITLE: Final = "otklik"
_VERSION: Final = "5.199"
_EVENTS: Final = (
    "wall_post_new",
    "wall_reply_new",
    "wall_reply_edit",
    "wall_reply_delete",
    "wall_reply_restore",
)
_UPDATES: Final = ("message", "channel_post", "edited_message", "edited_channel_post")


class Subscriptions:
    """The fake networks from the side of an operator; everything may be done again."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def make_bot(self, page: str, token: str) -> None:
        """Have a bot that is let into one channel and its group."""
        order = {"kind": "bot", "owner": page, "value": token}
        known = (await self._http.get("/control/telegram/tokens")).raise_for_status()
        if all(each["token"] != token for each in known.json()):
            await self._order("/control/telegram/tokens", order)

    async def confirmation_code(self, token: str, group: int) -> str:
        """Ask which code VK wants to hear from the address of a hook."""
        method = "groups.getCallbackConfirmationCode"
        return str((await self._vk(method, token, group_id=group))["code"])

    async def call_back(self, token: str, group: int, url: str, secret: str) -> None:
        """Have VK push a community's events there, and nowhere else under our name."""
        told = await self._vk("groups.getCallbackServers", token, group_id=group)
        ours = [each for each in told["items"] if each["title"] == _TITLE]
        for each in ours:
            await self._vk(
                "groups.deleteCallbackServer",
                token,
                group_id=group,
                server_id=each["id"],
            )
        made = await self._vk(
            "groups.addCallbackServer",
            token,
            group_id=group,
            url=url,
            title=_TITLE,
            secret_key=secret,
        )
        await self._vk(
            "groups.setCallbackSettings",
            token,
            group_id=group,
            server_id=made["server_id"],
            **dict.fromkeys(_EVENTS, 1),
        )

    async def set_webhook(self, token: str, url: str, secret: str) -> None:
        """Have Telegram push a bot's updates there."""
        order = {"url": url, "secret_token": secret, "allowed_updates": [*_UPDATES]}
        await self._order(f"/telegram/bot{token}/setWebhook", order)

    async def _order(self, path: str, order: dict[str, Any]) -> None:
        (await self._http.post(path, json=order)).raise_for_status()

    async def _vk(self, method: str, token: str, **params: object) -> Any:  # noqa: ANN401 -- any JSON
        form = {name: str(value) for name, value in params.items()}
        answer = await self._http.post(
            f"/vk/method/{method}",
            data={**form, "access_token": token, "v": _VERSION},
        )
        told = answer.raise_for_status().json()
        if "response" not in told:
            raise httpx.HTTPError(f"VK refused {method}: {told}")
        return told["response"]
