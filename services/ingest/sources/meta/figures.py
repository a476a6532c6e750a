"""Statistics of Graph, metric by metric: an unknown one spoils its whole call."""

from datetime import datetime
from typing import Any, Final

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Figure
from services.ingest.sources.meta.items import listed, number_in, object_in
from shared.networks.meta import Graph
from shared.networks.meta.client import Value
from shared.networks.meta.errors import INVALID_PARAMETER, code_of
from shared.networks.meta.times import moment_of, unix_of

INSIGHTS: Final = "insights"


async def insights_of(
    graph: Graph,
    account: str,
    metrics: dict[str, str],
    *,
    now: datetime,
    **params: Value,
) -> tuple[Figure, ...]:
    """Ask for metrics of the last whole day, each alone; `metrics` are our names.

    Meta takes metrics away again and again: one it does not know any more, or has no
    value of, has no figure. Without the right to see statistics there are none at all;
    a token that is refused is raised: somebody has to replace it.
    """
    figures: list[Figure] = []
    for theirs, ours in metrics.items():
        try:
            answer = await graph.get(
                f"{account}/{INSIGHTS}", metric=theirs, period="day", **params
            )
        except SourceError as error:
            if error.kind is ErrorKind.DISABLE:
                return tuple(figures)
            if code_of(error) != INVALID_PARAMETER:
                raise
            continue
        figure = _figure(answer, theirs, ours, now)
        figures += [figure] if figure else []
    return tuple(figures)


def _figure(answer: object, theirs: str, ours: str, now: datetime) -> Figure | None:
    """Read the latest value, which has the time its day ended, or a total."""
    for each in listed(answer, "data"):
        if not isinstance(each, dict) or each.get("name") != theirs:
            continue
        value, told = _latest(each)
        if value is not None:
            as_of = moment_of(told) if told else now
            return Figure(ours, value, as_of, f"{INSIGHTS}/{theirs}")
    return None


def _latest(metric: dict[str, Any]) -> tuple[int | None, int]:
    total = number_in(object_in(metric, "total_value"), "value")
    if total is not None:
        return total, 0
    values = listed(metric, "values")
    dated = [
        (unix_of(each.get("end_time")), value)
        for each in values
        if isinstance(each, dict) and (value := number_in(each, "value")) is not None
    ]
    told, latest = max(dated, default=(0, None))
    return latest, told


def renamed(option: object, usual: dict[str, str]) -> dict[str, str]:
    """Read the operator's names of metrics, `{theirs: ours}`, instead of the usual."""
    if not isinstance(option, dict):
        return usual
    return {
        theirs: ours
        for theirs, ours in option.items()
        if isinstance(theirs, str) and isinstance(ours, str)
    }
