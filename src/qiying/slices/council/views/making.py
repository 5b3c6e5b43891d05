"""New topics, meetings and members."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiying.kernel import posting, tenancy
from qiying.kernel.access import STAFF, Actor, Role
from qiying.kernel.errors import Invalid, NotFound
from qiying.kernel.people import people_with
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page
from qiying.slices.calls import public as calls
from qiying.slices.council import operations, queries
from qiying.slices.council.forms import MeetingForm, MemberForm, TermForm, TopicForm
from qiying.slices.council.models import labels
from qiying.slices.council.rules import Source
from qiying.slices.council.views import shared
from qiying.slices.registry import public as registry


@page(*sorted(shared.READERS))
def propose(request: HttpRequest) -> HttpResponse:
    """A topic by a member, or by the desk from what firms called about."""
    actor, now = actor_of(request), timezone.now()
    with tenancy.reading(actor):
        form = TopicForm(request.POST or None, initial=dict(_from_call(request, actor)))
    if request.method == "POST":
        with tenancy.reading(actor):
            found = _call_ids(actor, form) if form.is_valid() else []

        def work() -> str:
            data = form.cleaned_data
            row = operations.propose(
                actor,
                title=data["title"],
                text=data["text"],
                source=data["source"],
                class_issue=data["class_issue"],
                call_ids=found,
                now=now,
            )
            return reverse("council:topic", args=[row.public_id])

        answer = posting.send(request, form, work)
        if answer is not None:
            return answer
    facts = ("decides_nothing", "may_suggest", "no_topic")
    return _form(request, form, (_("Propose a topic"), "council:topics", _("Topics")), facts)


def _from_call(request: HttpRequest, actor: Actor) -> Mapping[str, str]:
    """What the call in the address knows."""
    asked = request.GET.get("call", "")
    if not asked.isdecimal() or len(asked) > 18:
        return {}
    try:
        card = calls.card(actor, int(asked))
    except NotFound:
        return {}
    return {"title": card.title, "calls": card.number, "source": str(Source.CALL)}


def _call_ids(actor: Actor, form: TopicForm) -> list[int]:
    """The calls of the numbers that were typed."""
    found, numbers = [], form.cleaned_data["calls"].split()
    for number in numbers[:20]:
        card = calls.find_by_number(actor, number)
        if card is None:
            form.add_error("calls", _("There is no such call: %(number)s.") % {"number": number})
        else:
            found.append(card.id)
    return found


@page(*operations.SECRETARIES)
def plan(request: HttpRequest) -> HttpResponse:
    """A new meeting."""
    actor, now = actor_of(request), timezone.now()
    form = MeetingForm(request.POST or None)
    if request.method == "POST":

        def work() -> str:
            row = operations.plan_meeting(actor, now=now, **form.cleaned_data)
            return reverse("council:meeting", args=[row.public_id])

        answer = posting.send(request, form, work)
        if answer is not None:
            return answer
    names = (_("Plan a meeting"), "council:meetings", _("Meetings"))
    return _form(request, form, names, ("decides_nothing", "notice", "quorum"))


def _form(
    request: HttpRequest, form: Any, names: tuple[str, str, str], facts: tuple[str, ...]
) -> HttpResponse:
    context = {
        "form": form,
        "title": names[0],
        "back": reverse(names[1]),
        "back_label": names[2],
        "facts": shared.fact_lines(*facts),
    }
    with tenancy.reading(actor_of(request)):
        return render(request, "council/form.html", context)


@page(*sorted(shared.READERS))
def members(request: HttpRequest) -> HttpResponse:
    """Who sits in the council, for which term."""
    actor, now = actor_of(request), timezone.now()
    today = queries.today(now)
    context = {
        "rows": [
            {
                "member": m,
                "kind": labels.MEMBERS[m.kind],
                "firm": m.enterprise.name if m.enterprise else "",
                "is_in_term": m.term_from <= today and (m.term_to is None or m.term_to > today),
            }
            for m in queries.members(actor)
        ],
        "may_keep": actor.has(*operations.KEEPERS),
        "today": today,
    }
    return render(request, "council/members.html", context)


@page(*operations.KEEPERS)
def new_member(request: HttpRequest) -> HttpResponse:
    """A deputy or representative for a term."""
    actor, now = actor_of(request), timezone.now()
    form = MemberForm(request.POST or None, initial={"term_from": queries.today(now)})
    if request.method == "POST":
        with tenancy.reading(actor):
            found = _links(actor, form) if form.is_valid() else {}

        def work() -> str:
            data = form.cleaned_data
            given = {k: data[k] for k in ("name", "kind", "level", "term_from", "term_to")}
            operations.add_member(actor, now=now, **given, **found)
            return reverse("council:members")

        answer = posting.send(request, form, work)
        if answer is not None:
            return answer
    names = (_("Add a member"), "council:members", _("Members"))
    return _form(request, form, names, ("assembly", "no_interference"))


def _links(actor: Actor, form: MemberForm) -> Mapping[str, Any]:
    """The account and the firm that were named."""
    found: dict[str, int] = {}
    username, firm = form.cleaned_data["username"], form.cleaned_data["firm"]
    if username:
        on = queries.today(timezone.now())
        people = people_with(actor, *sorted(STAFF), Role.ENTERPRISE, on=on)
        ids = [p.pk for p in people if p.username == username]
        if ids:
            found["person_id"] = ids[0]
        else:
            form.add_error("username", _("Nobody in the zone has this user name."))
    if firm:
        cards = registry.search_enterprises(actor, firm, 5)
        exact = [c for c in cards if firm in {c.name_zh, c.name_en, c.credit_code}] or cards
        if len(exact) == 1:
            found["enterprise_id"] = exact[0].id
        else:
            form.add_error("firm", _("No firm, or more than one, fits. Give the credit code."))
    return found


@page(*operations.KEEPERS)
@require_POST
def end_term(request: HttpRequest, member_id: int) -> HttpResponse:
    """A term ends on a day."""
    form = TermForm(request.POST)
    if not form.is_valid():
        raise Invalid("input.invalid", {"term_to": "input.date"})
    operations.end_term(
        actor_of(request), member_id, on=form.cleaned_data["term_to"], now=timezone.now()
    )
    return HttpResponseSeeOther(reverse("council:members"))
