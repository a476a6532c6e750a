"""Methods of communities: who they are, and how to hear of their events."""

from collections.abc import Callable
from typing import Any, Final

from infra.sandbox.networks.vk.call import (
    API_VERSION,
    GROUP,
    Call,
    Method,
    for_admins,
)
from infra.sandbox.networks.vk.errors import VkError
from infra.sandbox.networks.vk.objects import group
from infra.sandbox.networks.vk.servers import (
    EVENTS,
    SILENT_EVENTS,
    WAIT,
    CallbackServer,
    Servers,
    confirmation_code,
)
from infra.sandbox.stage import StagePage

_CREATOR: Final = 700_000_000


def methods(servers: Servers) -> dict[str, Method]:
    """Bind the methods to the subscriptions they change."""

    def bound(handle: Callable[[Servers, Call], Any]) -> Method:
        return for_admins(lambda call: handle(servers, call))

    return {
        "groups.getById": Method(get_by_id),
        "groups.getCallbackConfirmationCode": for_admins(get_confirmation_code),
        "groups.addCallbackServer": bound(_add_server),
        "groups.editCallbackServer": bound(_edit_server),
        "groups.deleteCallbackServer": bound(_delete_server),
        "groups.getCallbackServers": bound(_get_servers),
        "groups.getCallbackSettings": bound(_get_settings),
        "groups.setCallbackSettings": bound(_set_settings),
        "groups.getLongPollServer": bound(_get_long_poll),
        "groups.getLongPollSettings": bound(_get_long_poll_settings),
        "groups.setLongPollSettings": bound(_set_long_poll_settings),
    }


def get_by_id(call: Call) -> dict[str, Any]:
    """Give communities by numbers or screen names; unknown ones are left out."""
    named = call.text("group_ids") or call.text("group_id")
    fields = call.text("fields").split(",")
    pages = [_named(call, name) for name in named.split(",") if name]
    if not named and call.token.kind == GROUP:
        pages = [call.own_page()]
    if not pages:
        raise VkError(100, "group_ids is undefined")
    groups = [group(page, fields) for page in pages if page is not None]
    return {"groups": groups, "profiles": []}


def get_confirmation_code(call: Call) -> dict[str, Any]:
    page = call.group()
    return {"code": confirmation_code(page, call.network.clock())}


def _add_server(servers: Servers, call: Call) -> dict[str, Any]:
    page = call.group()
    made = servers.add(
        page.code,
        url=_address(call),
        title=call.text("title"),
        secret=call.text("secret_key"),
    )
    return {"server_id": made.id}


def _edit_server(servers: Servers, call: Call) -> int:
    """Change a server; it must confirm itself anew, and a stopped one starts again."""
    page = call.group().code
    server = servers.find(page, call.number("server_id"))
    server.url = _address(call)
    server.title = call.text("title", server.title)
    server.secret = call.text("secret_key", server.secret)
    server.status = WAIT
    server.line.resume()
    servers.keep(page, server)
    return 1


def _delete_server(servers: Servers, call: Call) -> int:
    servers.remove(call.group().code, call.number("server_id"))
    return 1


def _get_servers(servers: Servers, call: Call) -> dict[str, Any]:
    found = servers.of(call.group().code)
    if wanted := call.text("server_ids"):
        found = [one for one in found if str(one.id) in wanted.split(",")]
    return {"count": len(found), "items": [_server(one) for one in found]}


def _get_settings(servers: Servers, call: Call) -> dict[str, Any]:
    server = servers.find(call.group().code, call.number("server_id"))
    return {"api_version": API_VERSION, "events": _switches(server.events)}


def _set_settings(servers: Servers, call: Call) -> int:
    page = call.group().code
    server = servers.find(page, call.number("server_id"))
    _switch(call, server.events)
    servers.keep(page, server)
    return 1


def _get_long_poll(servers: Servers, call: Call) -> dict[str, Any]:
    page = call.group()
    if not servers.long_poll(page.code).is_enabled:
        raise VkError(100, "longpoll for this group is not enabled")
    return {
        "key": servers.new_key(page.code),
        "server": f"{call.base_url}/vk/lp/{page.number}",
        "ts": str(call.network.stage.last_seq),
    }


def _get_long_poll_settings(servers: Servers, call: Call) -> dict[str, Any]:
    poll = servers.long_poll(call.group().code)
    return {
        "api_version": API_VERSION,
        "events": _switches(poll.events),
        "is_enabled": poll.is_enabled,
    }


def _set_long_poll_settings(servers: Servers, call: Call) -> int:
    poll = servers.long_poll(call.group().code)
    if "enabled" in call.params:
        poll.is_enabled = call.flag("enabled")
    _switch(call, poll.events)
    return 1


def _named(call: Call, name: str) -> StagePage | None:
    bare = name.removeprefix("club").removeprefix("public").removeprefix("-")
    return call.network.stage.find_page(int(bare) if bare.isdecimal() else name)


def _address(call: Call) -> str:
    url = call.text("url")
    if not url.startswith(("http://", "https://")):
        raise VkError(100, "url is invalid")
    return url


def _server(server: CallbackServer) -> dict[str, Any]:
    return {
        "id": server.id,
        "title": server.title,
        "creator_id": _CREATOR,
        "url": server.url,
        "secret_key": server.secret,
        "status": server.status,
    }


def _switches(events: set[str]) -> dict[str, int]:
    return {name: int(name in events) for name in (*EVENTS, *SILENT_EVENTS)}


def _switch(call: Call, events: set[str]) -> None:
    """Turn on and off what the call names; the rest stays as it is."""
    for name in (*EVENTS, *SILENT_EVENTS):
        if name in call.params:
            (events.add if call.flag(name) else events.discard)(name)
