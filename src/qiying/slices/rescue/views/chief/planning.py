"""The planner's page: how well the roster covers, what a promise costs, what more would bring."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.engines.dispatch import roster as engine
from qiying.kernel import charts
from qiying.kernel.charts import Series
from qiying.kernel.web import actor_of, page
from qiying.slices.rescue import queries
from qiying.slices.rescue.forms.planning import Asked, More, PlanForm
from qiying.slices.rescue.queries import coverage
from qiying.slices.rescue.views.chief import shared, strips
from qiying.slices.rescue.views.chief.shared import AT_PLANNING

PROVIDER_PEOPLE, SHIFT_HOURS = 4, 8.0
WITHIN, YUAN = 60.0, 80.0
"""Minutes of way that still count as covered, and what an hour on duty is taken to cost."""
SHIFT_LABELS = {
    "day": _("08:00 to 16:00"),
    "evening": _("16:00 to 24:00"),
    "night": _("00:00 to 08:00"),
}
MOST_THIN = 12


@page(*AT_PLANNING)
def coverage_page(request: HttpRequest) -> HttpResponse:
    """Curve, price of the promise, what-if; everything follows from registers and past jobs."""
    actor, now = actor_of(request), timezone.now()
    skills = shared.skills(actor)
    known = sorted(coverage.needed_skills(actor))
    form = PlanForm(request.GET or None, skills=[(s, skills(s)) for s in known])
    asked = form.asked(within=WITHIN, yuan=YUAN)
    plan = coverage.plan(actor, queries.rule_in_force(actor), now=now, within=asked.within)
    context: dict[str, Any] = {
        "form": form,
        "asked": asked,
        "plan": plan,
        "strip": strips.drawn(actor, now=now),
        "is_ready": bool(plan.problem.calls and plan.problem.profiles and plan.problem.stations),
        "busy": plan.problem.busy,
    }
    if context["is_ready"]:
        context |= _priced(plan, asked, skills, coverage.station_names(actor))
    return render(request, "rescue/chief/coverage.html", context)


def _priced(
    plan: coverage.Plan, asked: Asked, skills: Any, stations: dict[str, str]
) -> dict[str, Any]:
    priced = coverage.price(plan.problem, asked.yuan)
    found: dict[str, Any] = {
        "best": priced.best,
        "curve": _curve(priced, plan),
        "prices": [_price(p, plan) for p in priced.points],
        "duties": [_duty(d, skills, stations) for d in priced.best.duties],
        "thin": [
            {"skill": skills(skill), "hour": f"{hour % 24:02d}:00", "covered": covered}
            for skill, hour, covered in priced.best.thin[:MOST_THIN]
        ],
    }
    if asked.more:
        found["what_if"] = _what_if(plan, asked)
    return found


def _curve(priced: coverage.Price, plan: coverage.Plan) -> SafeString:
    """The share of calls against the person-hours a day that cover it."""
    return charts.chart(
        [f"{p.hours:.0f}" for p in priced.curve],
        [Series(gettext("calls covered"), [100 * p.covered for p in priced.curve], "line", 1)],
        title=gettext("Calls covered by person-hours a day"),
        unit=" %",
        high=100,
        low=0,
    )


def _price(point: engine.PricePoint, plan: coverage.Plan) -> dict[str, Any]:
    hours = point.hours
    return {
        "target": f"{100 * point.target:g} %",
        "point": point,
        "more": None if hours is None else hours - plan.hours,
        "yearly": None if point.cost_cny is None else point.cost_cny * 365,
    }


def _duty(duty: engine.Duty, skills: Any, stations: dict[str, str]) -> dict[str, Any]:
    return {
        "duty": duty,
        "station": stations.get(duty.station, duty.station),
        "shift": SHIFT_LABELS.get(duty.shift, duty.shift),
        "skills": gettext(", ").join(skills(s) for s in duty.profile.split("+")),
    }


def _what_if(plan: coverage.Plan, asked: Asked) -> dict[str, Any]:
    people, hours = {
        More.TECHNICIAN: (1, SHIFT_HOURS),
        More.PROVIDER: (PROVIDER_PEOPLE, PROVIDER_PEOPLE * SHIFT_HOURS),
        More.SHIFT: (0, SHIFT_HOURS),
    }[More(asked.more)]
    found = coverage.what_if(plan.problem, asked.skills, people, hours)
    return {
        "found": found,
        "people": people,
        "hours": hours,
        "points": 100 * found.gain,
        "label": More(asked.more).label,
    }
