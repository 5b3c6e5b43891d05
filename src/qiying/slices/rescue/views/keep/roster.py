"""The roster of a week: who is on duty when, by provider; planned, moved, published, subscribed."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.kernel.people import SHANGHAI
from qiying.kernel.web import actor_of, page, submit_once
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.forms.keep import ShiftForm
from qiying.slices.rescue.models import Shift, Technician, labels
from qiying.slices.rescue.queries import keep
from qiying.slices.rescue.views.keep import shared
from qiying.slices.rescue.views.keep.words import skill_word

DAYS = 7


@page(*shared.AT_ROSTER)
def roster_page(request: HttpRequest) -> HttpResponse:
    """A week by person; the same page plans a shift and moves one."""
    actor = actor_of(request)
    monday = _monday(request.GET.get("week", ""), queries.today(timezone.now()))
    with tenancy.reading(actor):
        people = keep.roster_people(actor, 0)
        stations = [(str(s.pk), s.name) for s in queries.stations(actor)]
    is_plan = request.method == "POST"
    form = ShiftForm(
        request.POST if is_plan else None,
        people=_choices(people),
        stations=stations,
        initial={"on": monday, "starts": "08:00", "ends": "17:00"},
    )

    def work() -> str:
        start, end = form.span()
        data, now = form.cleaned_data, timezone.now()
        operations.plan_shift(
            actor,
            int(data["technician"]),
            now=now,
            starts_at=start,
            ends_at=end,
            kind=data["kind"],
            station_id=int(data["station"]) if data["station"] else None,
            turnout_min=data["turnout_min"] or 0,
        )
        return _address(start.date())

    def show() -> HttpResponse:
        return _draw(request, actor, monday, people, form)

    if is_plan:
        actor.require(*shared.LEADS)
        return shared.post(request, form, work, show, fields={"technician_id": "technician"})
    with tenancy.reading(actor):
        return show()


def _monday(text: str, today: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = today
    found = found if 2000 <= found.year <= 2100 else today
    return found - timedelta(days=found.weekday())


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(0), tzinfo=SHANGHAI)


def _address(on: date) -> str:
    monday = on - timedelta(days=on.weekday())
    return f"{reverse('rescue:roster')}?week={monday.isoformat()}"


def _choices(people: Iterable[Technician]) -> list[tuple[str, Any]]:
    """People by provider."""
    grouped: dict[str, list[tuple[str, str]]] = {}
    for person in people:
        grouped.setdefault(person.provider.name, []).append((str(person.pk), str(person.person)))
    return list(grouped.items())


def _draw(
    request: HttpRequest, actor: Actor, monday: date, people: list[Technician], form: ShiftForm
) -> HttpResponse:
    days = [monday + timedelta(days=n) for n in range(DAYS)]
    start, end = _midnight(monday), _midnight(monday + timedelta(days=DAYS))
    skill = request.GET.get("skill", "")
    station = shared.number_of(request.GET.get("station", ""))
    skills = keep.skills_of(actor, [p.pk for p in people], monday)
    every = sorted({s for held in skills.values() for s in held})
    shown = [
        p
        for p in people
        if (not skill or skill in skills.get(p.pk, []))
        and (not station or p.station_id == station)
    ]
    shifts = queries.list_shifts(actor, start, end)
    today = queries.today(timezone.now())
    context = {
        "days": days,
        "today": today,
        "shown_day": today if today in days else monday,
        "rows": _rows(shown, skills, shifts, days),
        "count": len(shown),
        "drafts": sum(not s.is_published for s in shifts),
        "cover": _cover(shifts, skills, skill, days),
        "form": form,
        "week": monday.isoformat(),
        "before": _around(request, monday - timedelta(days=DAYS)),
        "after": _around(request, monday + timedelta(days=DAYS)),
        "skills": [(s, skill_word(s)) for s in every],
        "skill": skill,
        "stations": queries.stations(actor),
        "station": station,
        "may_lead": actor.has(*shared.LEADS),
    }
    return render(request, "rescue/keep/roster.html", context)


def _around(request: HttpRequest, monday: date) -> str:
    asked = request.GET.copy()
    asked["week"] = monday.isoformat()
    return f"?{asked.urlencode()}"


def _rows(
    people: Iterable[Technician],
    skills: dict[int, list[str]],
    shifts: Iterable[Shift],
    days: list[date],
) -> list[dict[str, Any]]:
    by: dict[tuple[int, date], list[dict[str, Any]]] = {}
    for shift in shifts:
        begins = shift.starts_at.astimezone(SHANGHAI)
        by.setdefault((shift.technician_id, begins.date()), []).append(_cell(shift, begins))
    return [
        {
            "person": p,
            "skills": [skill_word(s) for s in skills.get(p.pk, [])],
            "days": [by.get((p.pk, day), []) for day in days],
        }
        for p in people
    ]


def _cell(shift: Shift, begins: datetime) -> dict[str, Any]:
    ends = shift.ends_at.astimezone(SHANGHAI)
    return {
        "shift": shift,
        "from": f"{begins:%H:%M}",
        "until": "24:00" if f"{ends:%H:%M}" == "00:00" else f"{ends:%H:%M}",
        "kind": labels.SHIFT_KINDS[shift.kind],
        "is_draft": not shift.is_published,
    }


def _cover(
    shifts: Iterable[Shift], skills: dict[int, list[str]], skill: str, days: list[date]
) -> list[int]:
    """The fewest people on duty at any hour of each day, with the skill that was asked for."""
    rows = [s for s in shifts if not skill or skill in skills.get(s.technician_id, [])]
    found = []
    for day in days:
        hours = [_midnight(day) + timedelta(hours=h) for h in range(24)]
        found.append(min(sum(s.starts_at <= h < s.ends_at for s in rows) for h in hours))
    return found


@page(*shared.LEADS)
@require_POST
def drop(request: HttpRequest, shift_id: int) -> HttpResponse:
    """Take a shift back."""
    actor = actor_of(request)
    back = _address(_monday(request.POST.get("week", ""), queries.today(timezone.now())))

    def work() -> str:
        operations.drop_shift(actor, shift_id, now=timezone.now())
        return back

    return submit_once(request, work)


@page(*shared.LEADS)
@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Make the shifts of a week binding; people are told."""
    actor = actor_of(request)
    monday = _monday(request.POST.get("week", ""), queries.today(timezone.now()))
    told: list[int] = []

    def work() -> str:
        end = _midnight(monday + timedelta(days=DAYS))
        now = timezone.now()
        told.append(operations.publish_roster(actor, now=now, start=_midnight(monday), end=end))
        return _address(monday)

    answer = submit_once(request, work)
    if told:
        messages.success(request, gettext("%(n)s shifts published") % {"n": told[0]})
    return answer
