"""The report page and its figures as a file."""

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web.clients import ApiError
from web.deps import Member, MemberDep
from web.links import Query
from web.pages.asked import chips, query_of
from web.render import render
from web.shapes.reports import Dictionary, Kpi
from web.views.report import meanings, report

router = APIRouter()
PARTS = ("authority", "municipality", "topic")
_PERIODS = (7, 30, 90)
_DEFAULT_DAYS = 30
# The service reads at most 366 days, both ends included.
_LONGEST = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day, both included."""

    first: date
    last: date

    def before(self) -> "Period":
        """The period of the same length that ends the day before."""
        length = self.last - self.first
        end = self.first - timedelta(days=1)
        return Period(end - length, end)


@dataclass(frozen=True, slots=True)
class Preset:
    """A ready period."""

    text: str
    href: str
    is_current: bool


@router.get("/report", name="report")
async def show(request: Request, member: MemberDep) -> Response:
    """Show the figures of a period, with those of the period before."""
    query = query_of(request, ("from", "to", *PARTS), "/report")
    period = read_period(query, member.show.today())
    kpi, before, dictionary = await asyncio.gather(
        member.api.reports.kpi(_params(query, period)),
        _earlier(member, query, period),
        _dictionary(member),
    )
    rows = Query(
        "/incidents",
        {
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
            **{name: query.params[name] for name in PARTS},
        },
    )
    titles = {
        "authority": member.language.say("Authority"),
        "municipality": member.language.say("Municipality"),
        "topic": member.language.say("Topic"),
    }
    return await render(
        request,
        "report/index.html",
        "report/_figures.html",
        query=query,
        period=period,
        period_text=f"{member.show.day(period.first)} — {member.show.day(period.last)}",
        made=member.show.exact(member.show.now),
        presets=presets(member, query, period),
        reference=await member.reference(),
        chips=await chips(member, query, titles),
        report=report(
            kpi, before, rows, meanings(dictionary, member.language), member.show
        ),
        csv_href=query.but(**_dates(period)).at("/report.csv").href,
    )


@router.get("/report.csv", name="report_csv")
async def csv(request: Request, member: MemberDep) -> Response:
    """Hand over the same figures as a file."""
    query = query_of(request, ("from", "to", *PARTS), "/report")
    period = read_period(query, member.show.today())
    body = await member.api.reports.kpi_csv(
        {**_params(query, period), "lang": member.language.code}
    )
    name = f"otklik-{period.first}-{period.last}.csv"
    return Response(
        body,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def read_period(query: Query, today: date) -> Period:
    """Read the period; nonsense falls back to the last thirty days."""
    last = _day(query.params["to"]) or today
    first = _day(query.params["from"]) or last - timedelta(days=_DEFAULT_DAYS - 1)
    if first > last:
        first, last = last, first
    return Period(max(first, last - _LONGEST), last)


def presets(member: Member, query: Query, period: Period) -> list[Preset]:
    """Offer the usual periods up to today."""
    today = member.show.today()
    made = []
    for days in _PERIODS:
        one = Period(today - timedelta(days=days - 1), today)
        text = member.language.count("%(n)s day", "%(n)s days", days)
        made.append(Preset(text, query.but(**_dates(one)).href, one == period))
    return made


async def _earlier(member: Member, query: Query, period: Period) -> Kpi | None:
    try:
        return await member.api.reports.kpi(_params(query, period.before()))
    except ApiError:
        return None


async def _dictionary(member: Member) -> Dictionary | None:
    try:
        return await member.api.reports.definitions()
    except ApiError:
        return None


def _params(query: Query, period: Period) -> dict[str, str]:
    return {**{name: query.params[name] for name in PARTS}, **_dates(period)}


def _dates(period: Period) -> dict[str, str]:
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
