"""Servers of the fake VK that push, and one that is told."""

from typing import Any

from tests.infra.sandbox.fakes.vk import GROUP, NUMBER, Desk, Vk

EVENTS = (
    "wall_post_new",
    "wall_reply_new",
    "wall_reply_edit",
    "wall_reply_delete",
    "wall_reply_restore",
)
URL = "https://desk.example/vk"
SECRET = "cb-secret"


async def subscribed(vk: Vk, desk: Desk, **events: int) -> int:
    """Register a server that confirms itself and wants all events."""
    mine: dict[str, Any] = {"token": GROUP, "group_id": NUMBER}
    code = await vk.ask("groups.getCallbackConfirmationCode", **mine)
    desk.code = desk.code or code["code"]
    made = await vk.ask(
        "groups.addCallbackServer", **mine, url=URL, title="desk", secret_key=SECRET
    )
    wanted: dict[str, Any] = {**(events or dict.fromkeys(EVENTS, 1))}
    await vk.ask(
        "groups.setCallbackSettings", **mine, server_id=made["server_id"], **wanted
    )
    await deliver(vk)
    return int(made["server_id"])


async def deliver(vk: Vk, *, seconds: int = 0) -> None:
    """Send what is due now, and second by second for so long."""
    await vk.order("vk/deliver")
    for _ in range(seconds):
        vk.wall.pass_by(seconds=1)
        await vk.order("vk/deliver")


async def status(vk: Vk) -> list[str]:
    found = await vk.ask("groups.getCallbackServers", token=GROUP, group_id=NUMBER)
    return [one["status"] for one in found["items"]]


async def plan(vk: Vk, mode: str, **more: Any) -> None:  # noqa: ANN401 -- JSON
    await vk.order("vk/deliveries", mode=mode, **more)
