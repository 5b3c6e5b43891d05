"""Common prosperity: the cities side by side, the three gaps, what the province aims at."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from qiying.kernel import exports, tenancy
from qiying.kernel.language import is_chinese
from qiying.kernel.web import actor_of, page
from qiying.slices.indices import queries
from qiying.slices.indices.models import labels
from qiying.slices.indices.rules.gaps import GOALS, Gap, Gaps, Goal, reaches
from qiying.slices.indices.views import shared

PER_CENT = frozenset({Gap.INCOME})


@page(*shared.READERS)
def gaps(request: HttpRequest) -> HttpResponse:
    """One year of the run that was released last; another year by `?year=`."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        run = queries.gaps_run(actor)
        years = queries.gaps(actor, run) if run is not None else []
        names = {p.city: shared.city_of(p) for p in queries.places_now(actor)}
    asked = request.GET.get("year", "")
    shown = next((g for g in years if str(g.year) == asked), years[0] if years else None)
    if shown is not None and (wanted := exports.wanted(request)):
        return exports.respond(_sheet(shown, names, actor.name), wanted)
    context: dict[str, Any] = {"run": run, "shown": shown, "years": years}
    if shown is not None and run is not None:
        before = next((g for g in years if g.year == shown.year - 1), None)
        context |= {
            "run_name": shared.name_of(run.edition),
            "edition": run.edition,
            "kpis": [_kpi(gap, shown, before) for gap in Gap],
            "by_year": [(g.year, [said(gap, g.values[gap]) for gap in Gap]) for g in years],
            "goals": [_goal(goal, shown) for goal in GOALS],
            "cities": [(names.get(c.name, c.name), c) for c in shown.cities],
            "share_between": 100 * shown.theil_between / shown.theil if shown.theil else 0.0,
        }
    return render(request, "indices/gaps.html", context)


def _kpi(gap: Gap, shown: Gaps, before: Gaps | None) -> dict[str, Any]:
    now = shown.values[gap]
    note = ""
    if before is not None:
        was = said(gap, before.values[gap])
        note = _("%(was)s in the year before") % {"was": was}
    return {"label": str(labels.GAPS[gap]), "value": said(gap, now), "note": note}


def said(gap: Gap, value: float) -> str:
    """With its unit: times, or per cent."""
    return f"{value:.1f}%" if gap in PER_CENT else f"{value:.2f}"


def _goal(goal: Goal, shown: Gaps) -> dict[str, Any]:
    value, is_met = shown.values[goal.gap], reaches(goal, shown.values[goal.gap])
    return {
        "goal": goal,
        "source": goal.source if is_chinese() else goal.source_en,
        "label": str(labels.GAPS[goal.gap]),
        "aim": f"{'≤' if goal.is_most else '≥'} {said(goal.gap, goal.value)}",
        "now": said(goal.gap, value),
        "tone": "done" if is_met else "fix",
        "word": _("aim reached") if is_met else _("aim missed"),
    }


def _sheet(shown: Gaps, names: dict[str, str], made_by: str) -> exports.Sheet:
    headings = [
        *(_("Rank"), _("City"), _("Counties"), _("Residents (10,000)"), _("Income a head (yuan)")),
        *(_("Town over country"), _("Middle income, per cent"), _("Highest over lowest county")),
    ]
    cells = [
        [
            c.rank,
            names.get(c.name, c.name),
            c.counties,
            c.people,
            c.income,
            c.ratio,
            c.middle,
            c.spread,
        ]
        for c in shown.cities
    ]
    about = [(_("Year"), str(shown.year))]
    about += [(str(labels.GAPS[gap]), said(gap, shown.values[gap])) for gap in Gap]
    title = _("Three gaps between cities")
    return exports.Sheet(title, headings, cells, about, made_by, timezone.now())
