"""The rules that catch posts: their list, one rule with its figures, its form."""

import asyncio
from datetime import timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web import words
from web.deps import FormDep, Member, MemberDep
from web.languages import N_
from web.pages.asked import query_of, texts
from web.pages.sending import Refusal, sent
from web.render import go, render
from web.shapes.rules import Rule
from web.views import faults
from web.views import rules as views
from web.views.notices import Notice, done
from web.views.trials import TriedShown
from web.visit import parts_of

router = APIRouter()
FIELDS = (
    "name",
    "query",
    "topic_code",
    "authority_code",
    "municipality",
    "purpose",
    "expires_on",
    "owner",
    "state",
)
_MAY_BE_EMPTY = frozenset({"topic_code", "authority_code", "municipality"})
_NEEDED = {
    "name": N_("Give the rule a name."),
    "query": N_("Write the words to look for."),
    "purpose": N_("Say what the rule is for."),
    "owner": N_("Say who answers for the rule."),
    "expires_on": N_("Give the day the rule ends."),
}
_NEEDED_OF_A_CHANGE = {**_NEEDED, "reason": N_("Say why it is changed.")}
_DONE = {
    "add": N_("The rule is saved"),
    "change": N_("The change is in force"),
}
_TAKEN = N_("There is a rule with this name already")
_HALF_A_YEAR = timedelta(days=182)


@router.get("/rules", name="rules")
async def index(request: Request, member: MemberDep) -> Response:
    """List the rules, all or those that want attention, or have the words asked for.

    HTMX asks for more lines or for the list anew. The cursor counts the lines before.
    """
    asked = query_of(request, ("show", "q", "cursor"))
    query, which = asked.but(cursor=None), asked.params["show"]
    begin = _counted(asked.params["cursor"])
    end = begin + parts_of(request).settings.page_size
    reference, every = await asyncio.gather(member.reference(), member.api.rules.all())
    rules = views.found(every, query.params["q"], reference)
    tabs = [
        (
            member.language.say(name),
            query.but(show=code).href,
            member.show.number(len(views.chosen(rules, code))),
            code == which,
        )
        for code, name in views.SHOWN.items()
    ]
    listed = views.chosen(rules, which)
    return await render(
        request,
        "rules/index.html",
        "rules/_lines.html" if member.htmx.target == "more" else "rules/_rows.html",
        rows=views.rows(listed[begin:end], reference, member.show),
        more=query.but(cursor=str(end)) if len(listed) > end else None,
        tabs=tabs,
        query=query,
        has_any=bool(every),
    )


def _counted(cursor: str) -> int:
    return int(cursor) if cursor.isascii() and cursor.isdecimal() else 0


@router.get("/rules/new", name="rule_new")
async def new(request: Request, member: MemberDep, query: str = "") -> Response:
    """Ask for a new rule; the one who writes it is proposed as its owner."""
    in_half_a_year = (member.show.today() + _HALF_A_YEAR).isoformat()
    entered = {
        "query": query,
        "owner": member.user.user_name,
        "expires_on": in_half_a_year,
    }
    return await form_page(request, member, entered)


@router.post("/rules", name="rule_add")
async def add(request: Request, member: MemberDep, form: FormDep) -> Response:
    """Write a rule."""
    entered = texts(form)
    body = {key: entered.get(key) for key in FIELDS}
    added = await sent(
        member, entered, _NEEDED, lambda: member.api.rules.add(body), _TAKEN
    )
    if isinstance(added, Refusal):
        return await form_page(request, member, entered, refusal=added)
    return await go(request, f"/rules/{added.id}?done=add")


@router.get("/rules/{rule_id}", name="rule")
async def show_rule(rule_id: str, request: Request, member: MemberDep) -> Response:
    """Show a rule with its figures, its versions and what it caught last."""
    rules, language = member.api.rules, member.language
    reference, rule, versions, quality, caught = await asyncio.gather(
        member.reference(),
        rules.one(rule_id),
        rules.versions(rule_id),
        rules.quality(rule_id),
        rules.matches(rule_id),
    )
    said = _DONE.get(request.query_params.get("done", ""))
    return await render(
        request,
        "rules/show.html",
        "rules/_rule.html",
        rule=views.shown(rule, reference, member.show),
        versions=views.versions(versions, member.show),
        chart=views.chart(quality.weeks, rule.limit),
        weeks=views.weeks(quality.weeks, member.show),
        advice=views.advice(quality.advice, member.show),
        caught=views.posts(caught, member.show),
        notice=done(language, said) if said else None,
    )


@router.get("/rules/{rule_id}/edit", name="rule_edit")
async def edit(
    rule_id: str, request: Request, member: MemberDep, query: str = ""
) -> Response:
    """Ask what to change; `query` brings another query along, as the advice does."""
    entered = _as_entered(await member.api.rules.one(rule_id))
    if query:
        entered["query"] = query
    return await form_page(request, member, entered, rule_id=rule_id)


@router.post("/rules/{rule_id}/edit", name="rule_change")
async def change(
    rule_id: str, request: Request, member: MemberDep, form: FormDep
) -> Response:
    """Make the next version of a rule."""
    entered = texts(form)
    body = {
        key: entered.get(key) or None
        for key in (*FIELDS, "reason")
        if entered.get(key) or key in _MAY_BE_EMPTY
    }
    changed = await sent(
        member,
        entered,
        _NEEDED_OF_A_CHANGE,
        lambda: member.api.rules.change(rule_id, body),
        _TAKEN,
    )
    if isinstance(changed, Refusal):
        return await form_page(
            request, member, entered, rule_id=rule_id, refusal=changed
        )
    return await go(request, f"/rules/{rule_id}?done=change")


def _as_entered(rule: Rule) -> dict[str, str]:
    return {key: str(getattr(rule, key) or "") for key in FIELDS}


async def form_page(
    request: Request,
    member: Member,
    entered: dict[str, str],
    *,
    rule_id: str = "",
    refusal: Refusal | None = None,
    tried: TriedShown | None = None,
) -> Response:
    """Draw the form of a rule with what was entered and what came of it."""
    error = refusal.error if refusal else None
    query, language = entered.get("query", ""), member.language
    notice: Notice | None = refusal.notice if refusal else None
    reference, examples = await asyncio.gather(
        member.reference(), member.api.rules.language()
    )
    return await render(
        request,
        "rules/edit.html",
        "rules/_form.html",
        status=refusal.status if refusal else 200,
        rule_id=rule_id,
        entered=entered,
        notice=notice,
        fault=faults.fault(error, query, language) if error else None,
        slip=faults.slip(query, language),
        tried=tried,
        reference=reference,
        examples=[(each, each.said_in(language.code)) for each in examples],
        states=[
            state
            for state in words.options(words.RULE_STATES, language)
            if state.code != "expired"
        ],
    )
