"""The list of sources: what wants a person first, narrowed by state and network."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from web import words
from web.formats import Formats, Moment
from web.languages import N_, Language
from web.links import Query, shown
from web.shapes.watching import Watched
from web.troubles import BY_ITSELF, HEALTH, KEYLESS, SILENT, in_short, remarked
from web.views.candidates import web_address
from web.views.health import health_of
from web.views.watching import budget_said, lag_said

GROUPS: Mapping[str, tuple[str, frozenset[str], str]] = {
    "person": (
        N_("Need a person"),
        frozenset({"token", KEYLESS, "person", "broken", "gone"}),
        "danger",
    ),
    "failing": (N_("Failing"), frozenset({"failing"}), "danger"),
    "slow": (N_("Late or waiting"), frozenset({"late", "waiting"}), "warn"),
    "good": (N_("Working"), frozenset({"ok", "new", SILENT, BY_ITSELF}), "plain"),
    "paused": (N_("Paused or off"), frozenset({"paused", "off"}), "plain"),
}
"""Of each group its name, the states in it and the hue of its count; worst first."""

_WORST_FIRST = (
    *("token", KEYLESS, "person", "broken", "gone", "failing", "late", "waiting"),
    *("new", SILENT, "ok", BY_ITSELF, "paused", "off"),
)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source in its table."""

    id: str
    name: str
    network: words.Label | None
    url: str | None
    address: str
    intake: words.Label | None
    state: words.Label | None
    trouble: str | None
    lag: str
    budget: str
    polled: Moment | None


@dataclass(frozen=True, slots=True)
class Tab:
    """A way to narrow the list."""

    text: str
    href: str
    count: str
    hue: str = "plain"
    is_current: bool = False


def chosen(sources: Iterable[Watched], asked: Query) -> list[Watched]:
    """Narrow the list and put the worst first, then by name."""
    group = GROUPS.get(asked.params.get("state", ""))
    network = asked.params.get("network", "")
    left = [
        each
        for each in sources
        if (group is None or health_of(each) in group[1])
        and (not network or each.network == network)
    ]
    return sorted(left, key=lambda each: (_badness(each), each.name.casefold()))


def _badness(source: Watched) -> int:
    health = health_of(source)
    known = health in _WORST_FIRST
    return _WORST_FIRST.index(health) if known else len(_WORST_FIRST)


def state_tabs(
    sources: Iterable[Watched], asked: Query, show: Formats
) -> tuple[Tab, ...]:
    """Count the sources of each group within the network asked for."""
    within = chosen(sources, asked.but(state=None))
    now = asked.params.get("state", "")
    every = _every(N_("All"), len(within), asked.but(state=None), show)
    rest = (
        Tab(
            show.language.say(name),
            asked.but(state=code).href,
            show.number(count),
            hue,
            now == code,
        )
        for code, (name, healths, hue) in GROUPS.items()
        if (count := sum(health_of(each) in healths for each in within)) or now == code
    )
    return (replace(every, is_current=not now), *rest)


def network_tabs(
    sources: Iterable[Watched], asked: Query, show: Formats
) -> tuple[Tab, ...]:
    """Count the sources of each network within the state asked for; () for one."""
    counts = Counter(
        each.network or "" for each in chosen(sources, asked.but(network=""))
    )
    now = asked.params.get("network", "")
    if len(counts) + (now not in counts and bool(now)) <= 1:
        return ()
    total = sum(counts.values())
    every = _every(N_("All networks"), total, asked.but(network=None), show)
    rest = (
        Tab(
            _network(code, show.language),
            asked.but(network=code).href,
            show.number(counts[code]),
            "plain",
            now == code,
        )
        for code in sorted(
            {*counts, *filter(None, [now])}, key=lambda c: (-counts[c], c)
        )
    )
    return (replace(every, is_current=not now), *rest)


def _every(name: str, count: int, asked: Query, show: Formats) -> Tab:
    return Tab(show.language.say(name), asked.href, show.number(count))


def _network(code: str, language: Language) -> str:
    named = words.label(words.NETWORKS, code, language)
    return named.text if named else "—"


def source_row(source: Watched, show: Formats) -> SourceRow:
    """Make a source ready; one that fails says why in a sentence."""
    language, url = show.language, web_address(source.url)
    trouble = in_short(source.error_kind, source.error_code, language)
    return SourceRow(
        id=str(source.id),
        name=words.source_name(source.name, language),
        network=words.label(words.NETWORKS, source.network, language),
        url=url,
        address=shown(url),
        intake=words.label(words.INTAKES, source.intake, language),
        state=words.label(HEALTH, health_of(source), language),
        trouble=trouble or remarked(source.last_error, language),
        lag=lag_said(source.lag_s, show),
        budget=budget_said(source.budget, show),
        polled=show.moment(source.last_ok_at) if source.last_ok_at else None,
    )
