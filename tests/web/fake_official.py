"""The fake of what services/triage answers about official pages."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.web.fake_watching import found

Json = dict[str, Any]


def pages() -> list[Json]:
    """Make pages in every state."""
    return [
        _page("o-1", "vk", "-7", "Правительство", credential="Ключ сообщества"),
        _page("o-2", "vk", "-8", "Минздрав", credential="Пропавший"),
        _page("o-3", "vk", "-9", "Горводоканал", authority="water"),
        _page("o-4", "ok", "53", "Область в ОК"),
        _page("o-5", "sandbox", "official", "Песочница региона"),
        _page("o-6", "vk", "-6", "Старая", retired_at="2026-11-01T09:00:00Z"),
        _page("o-7", "telegram", "zaozersk_bot", "Бот области"),
    ]


def _page(page_id: str, network: str, native: str, name: str, **more: object) -> Json:
    return {
        "id": page_id,
        "network": network,
        "native_id": native,
        "name": name,
        "url": f"https://vk.com/club{native}" if network == "vk" else None,
        "registered_at": "2026-10-01T09:00:00Z",
        "registered_by": "Вера Тихонова",
        **more,
    }


class FakeOfficial:
    """Official pages in memory."""

    def __init__(self) -> None:
        self.pages = pages()
        self.networks = ["sandbox", "telegram", "vk"]

    def routes(self) -> list[tuple[str, Any, list[str]]]:
        """Name the addresses and what answers there."""
        path = "/triage/official-pages"
        return [
            (path, self._all, ["GET", "POST"]),
            (f"{path}/{{id}}", self._change, ["PATCH"]),
            (f"{path}/{{id}}/{{verb}}", self._step, ["POST"]),
        ]

    async def _all(self, request: Request, sent: Json) -> Response:
        if request.method == "GET":
            return JSONResponse({"items": self.pages, "networks": self.networks})
        self.pages.append(_page("o-new", "vk", "", "") | sent)
        return JSONResponse(self.pages[-1], status_code=201)

    async def _change(self, request: Request, sent: Json) -> Response:
        one = found(self.pages, request) or {}
        one |= sent
        return JSONResponse(one)

    async def _step(self, request: Request, _: Json) -> Response:
        one = found(self.pages, request) or {}
        verb = request.path_params["verb"]
        field = "paused_at" if verb in {"pause", "resume"} else "retired_at"
        is_over = verb in {"pause", "retire"}
        one[field] = "2026-11-20T09:00:00Z" if is_over else None
        return JSONResponse(one)
