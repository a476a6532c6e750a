"""Sets an installation up to watch the bench's five hundred places."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

from infra.sandbox.networks.ok.gate import APPLICATION_KEY, APPLICATION_SECRET
from tests.bench.lag_plan import (
    BOTS,
    HOOKED_BOTS,
    Lane,
    Place,
    bot_token,
    places,
)

_NUMBERS_FROM: Final = 900_000_001
_OK_FROM: Final = 53_000_000_000_000
FEEDS_EVERY: Final = 30
"""Seconds, the least there may be: what nobody sets is asked every 15 minutes."""

_WATCHED: Final = ("wall_post_new", "wall_reply_new", "wall_reply_edit")
_RULES: Final = {
    "Вода": "вода AND (нет OR ржавая OR горячая)",
    "Ямы": "яма AND (двор OR дорога OR колесо)",
    "Свет": "фонарь OR (отключать /3 свет)",
    "Мусор": "мусор AND вывозить",
    "Тепло": "холодно AND (батарея OR подъезд)",
    "Транспорт": "автобус AND (опаздывать OR ждать)",
    "Крыши": "крыша AND течь",
    "Снег": "тротуар AND снег",
    "Собаки": "собака AND (стая OR бездомный)",
    "Врачи": "поликлиника AND (записаться OR терапевт)",
}


class Town:
    """The bench's side of the installation, through its API, as a person would."""

    def __init__(
        self, api: httpx.Client, *, address: str, networks: str, every_s: int | None
    ) -> None:
        self._api = api
        self._address = address
        self._networks = networks
        self._every_s = every_s

    def write_rules(self) -> None:
        """Put rules in force that catch the bench's complaints and nothing else."""
        ends = datetime.now(UTC).date() + timedelta(days=90)
        for name, query in _RULES.items():
            rule = {
                "name": name,
                "query": query,
                "purpose": "Жалобы стенда",
                "owner": "Стенд",
                "expires_on": ends.isoformat(),
            }
            self._post("/ingest/rules", rule)

    def give_tokens(self, *, vk_keys: int, ok_users: int) -> None:
        """Give the region what it reads with."""
        for number in range(vk_keys):
            secrets = {"token": f"vk-service-{number}"}
            self._credential("vk", "service", f"service {number}", secrets)
        for number in range(ok_users):
            secrets = {
                "application_key": APPLICATION_KEY,
                "application_secret_key": APPLICATION_SECRET,
                "access_token": f"ok-reader-{number}",
            }
            self._credential("ok", "user", f"user {number}", secrets)

    def watch(self) -> int:
        """Add every source, and the hooks of those that push; return how many."""
        added = 0
        for bot in range(BOTS):
            self._watch_bot(bot)
            added += 1
        for place in places():
            self._watch_place(place)
            added += 1
        return added

    def _watch_place(self, place: Place) -> None:
        match place.lane:
            case Lane.VK_HOOK:
                self._watch_hooked_wall(place)
            case Lane.RSS:
                self._watch_feed(place)
            case _:
                self._source(_link(place))

    def _watch_feed(self, place: Place) -> None:
        feed = {
            "kind": "feed",
            "name": place.code,
            "url": f"{self._networks}/feeds/{place.code}.xml",
            "poll_every_s": max(self._every_s or 0, FEEDS_EVERY),
        }
        self._post("/ingest/sources", feed)

    def _watch_bot(self, bot: int) -> None:
        secrets = {"token": bot_token(bot), "secret": f"bench-secret-{bot}"}
        credential = self._credential("telegram", "bot", f"bot {bot}", secrets)
        link = f"https://t.me/bench_{bot}_bot"
        if bot >= HOOKED_BOTS:
            self._source(link, credential)
            return
        source = self._source(link, credential, options={"push": "webhook"})
        hook = {"url": self._hook(source), "secret_token": secrets["secret"]}
        url = f"{self._networks}/telegram/bot{bot_token(bot)}/setWebhook"
        httpx.post(url, json=hook, trust_env=False).raise_for_status()

    def _watch_hooked_wall(self, place: Place) -> None:
        number = _NUMBERS_FROM + place.number
        token = f"vk-group-{number}"
        code = self._vk(token, "groups.getCallbackConfirmationCode", group_id=number)
        secrets = {
            "token": token,
            "group": str(number),
            "secret": f"bench{place.number}",
            "confirmation": code["code"],
        }
        credential = self._credential("vk", "community", place.code, secrets)
        source = self._source(_link(place), credential)
        made = self._vk(
            token,
            "groups.addCallbackServer",
            group_id=number,
            url=self._hook(source),
            title="Otklik",
            secret_key=secrets["secret"],
        )
        switched = dict.fromkeys(_WATCHED, 1)
        self._vk(
            token,
            "groups.setCallbackSettings",
            group_id=number,
            server_id=made["server_id"],
            **switched,
        )

    def _vk(self, token: str, method: str, **params: str | int) -> Any:  # noqa: ANN401
        answer = httpx.post(
            f"{self._networks}/vk/method/{method}",
            data={**params, "v": "5.199", "access_token": token},
            trust_env=False,
        ).json()
        return answer["response"]

    def _hook(self, source: str) -> str:
        path = self._api.get(f"/ingest/sources/{source}/hook").json()["path"]
        return f"{self._address}{path}"

    def _credential(
        self, network: str, kind: str, label: str, secrets: dict[str, str]
    ) -> str:
        given = {"network": network, "kind": kind, "label": label, "secrets": secrets}
        made: str = self._post("/ingest/credentials", given)["id"]
        return made

    def _source(
        self,
        link: str,
        credential: str | None = None,
        options: dict[str, Any] | None = None,
    ) -> str:
        wish = {"link": link, "credential_id": credential, "options": options or {}}
        if self._every_s is not None:
            wish["poll_every_s"] = self._every_s
        made: str = self._post("/ingest/sources", wish)["id"]
        return made

    def _post(self, path: str, body: dict[str, Any]) -> Any:  # noqa: ANN401 -- JSON
        answer = self._api.post(path, json=body)
        if not answer.is_success:
            raise SystemExit(f"{path}: {answer.status_code} {answer.text}")
        return answer.json()

    def troubles(self) -> Iterator[str]:
        """Name the sources that do not fare well."""
        for each in self._api.get("/ingest/sources").json()["items"]:
            if each["last_error"]:
                yield f"{each['name']}: {each['health']}, {each['last_error']}"


def _link(place: Place) -> str:
    match place.network:
        case "vk":
            return f"https://vk.com/club{_NUMBERS_FROM + place.number}"
        case "ok":
            return f"https://ok.ru/group/{_OK_FROM + _NUMBERS_FROM + place.number}"
    return f"https://t.me/{place.code}"
