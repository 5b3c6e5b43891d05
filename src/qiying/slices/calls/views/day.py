"""My day, the leaders in charge of units, and how the work is spread."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel import nav, notifications
from qiying.kernel.access import Role
from qiying.kernel.errors import Invalid
from qiying.kernel.people import people_with
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page
from qiying.slices.calls import operations, queries
from qiying.slices.calls.queries import colleagues, daily
from qiying.slices.calls.queries import units as unit_queries
from qiying.slices.calls.rules.desk import DIGEST_HOURS
from qiying.slices.calls.views import staff
from qiying.slices.calls.views.desk import day_words

AT_DAY = (
    *(Role.DESK, Role.HANDLER, Role.UNIT_LEADER, Role.CALLBACK),
    *(Role.SUPERVISOR, Role.ZONE_LEADER),
)
AT_CHARGES = (Role.ADMINISTRATOR, Role.SUPERVISOR, Role.ZONE_LEADER)
SETS_CHARGES = (Role.ADMINISTRATOR, Role.SUPERVISOR)
AT_WORKLOAD = (Role.UNIT_LEADER, Role.HANDLER, Role.DESK, Role.SUPERVISOR, Role.ZONE_LEADER)
OVER_UNITS = (Role.DESK, Role.SUPERVISOR, Role.ZONE_LEADER)


@page(*AT_DAY)
def day(request: HttpRequest) -> HttpResponse:
    """What waits for me, what changed, what goes red today; POST says when the sheet comes."""
    actor, now = actor_of(request), timezone.now()
    if request.method == "POST":
        hour = request.POST.get("hour", "")
        if not hour.isdecimal() or len(hour) > 2:
            raise Invalid("input.invalid", {"hour": "input.choice"})
        is_on = request.POST.get("is_on") == "1"
        operations.choose_daily(actor, is_on=is_on, hour=int(hour), now=now)
        messages.success(request, gettext("Kept."))
        return HttpResponseSeeOther(reverse("calls:day"))
    waiting = daily.waiting_calls(actor, now=now)
    reddening = daily.reddening_calls(actor, now=now)
    own = daily.charges(actor, on=queries.local_day(now)).filter(person_id=actor.person_id)
    unit_ids = frozenset(c.unit_id for c in own)
    lines = daily.charge_lines(actor, unit_ids, now=now) if unit_ids else []
    changed = list(daily.changes(actor, now=now)[: daily.MOST_ROWS])
    choice = daily.choice_of(actor)
    context = {
        "day": day_words(now),
        "kpis": _kpis(daily.figures(actor, now=now)),
        "waiting": staff.rows_of(actor, daily.first(waiting), now=now),
        "reddening": staff.rows_of(actor, daily.first(reddening), now=now),
        "changed": [(row, notifications.text_of(row)) for row in changed],
        "named": list(daily.mentions(actor, now=now)[:10]),
        "charges": len(lines),
        "lines": [
            (line, f"{reverse('calls:morning')}?unit={line.unit_id}")
            for line in lines
            if line.open
        ],
        "quiet": sum(1 for line in lines if not line.open),
        "choice": choice,
        "hours": [(h, f"{h:02d}:00") for h in DIGEST_HOURS],
    }
    return render(request, "calls/speed/day.html", context)


def _kpis(figures: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {"label": gettext("Wait for me"), "value": figures["waiting"], "url": "#waiting"},
        {"label": gettext("Go red today"), "value": figures["red"], "url": "#reddening"},
        {
            "label": gettext("Changed since yesterday"),
            "value": figures["changed"],
            "url": "#changed",
        },
    ]


# --- who is in charge of what ---


@dataclass(frozen=True, slots=True)
class ChargeRow:
    unit_id: int
    name: str
    leader_id: int | None
    leader: str
    since: Any


@page(*AT_CHARGES)
def charges(request: HttpRequest) -> HttpResponse:
    """Which leader is in charge of which unit; POST names one."""
    actor, now = actor_of(request), timezone.now()
    if request.method == "POST":
        actor.require(*SETS_CHARGES)
        unit_id, person_id = (_number(request, n) for n in ("unit", "person"))
        if unit_id is None:
            raise Invalid("input.invalid", {"unit": "input.required"})
        operations.put_in_charge(actor, unit_id, person_id, now=now)
        messages.success(request, gettext("Kept."))
        return HttpResponseSeeOther(reverse("calls:charges"))
    today = queries.local_day(now)
    held = {c.unit_id: c for c in daily.charges(actor, on=today)}
    cards = [u for u in queries.unit_cards(actor).values() if not u.is_retired]
    rows = [
        ChargeRow(
            u.id,
            u.name,
            held[u.id].person_id if u.id in held else None,
            str(held[u.id].person) if u.id in held else "",
            held[u.id].valid_from if u.id in held else None,
        )
        for u in sorted(cards, key=lambda u: (u.id not in held, u.code))
    ]
    context = {
        "rows": rows,
        "leaders": [(p.pk, str(p)) for p in people_with(actor, Role.ZONE_LEADER, on=today)],
        "may_set": actor.has(*SETS_CHARGES),
    }
    return render(request, "calls/speed/charges.html", context)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


# --- how the work is spread ---


@page(*AT_WORKLOAD)
def workload(request: HttpRequest) -> HttpResponse:
    """Open parts by unit and person; whoever works in a unit sees the own ones."""
    actor, now = actor_of(request), timezone.now()
    own = None if actor.has(*OVER_UNITS) else unit_queries.own_units(actor)
    found = colleagues.workload(actor, now=now, unit_ids=own)
    context = {
        "units": found,
        "kpis": [
            {"label": gettext("Open parts"), "value": sum(u.parts for u in found)},
            {"label": gettext("Due within 7 days"), "value": sum(u.due_week for u in found)},
            {
                "label": gettext("Overdue"),
                "value": sum(u.overdue for u in found),
                "hot": any(u.overdue for u in found),
            },
            {
                "label": gettext("Nobody in charge"),
                "value": sum(u.nobody.parts for u in found if u.nobody),
            },
        ],
        "lead_weight": colleagues.PART_WEIGHT[True],
    }
    return render(request, "calls/speed/workload.html", context)


def register_days() -> None:
    """Hang these pages into the navigation; called once at start-up."""
    nav.item("work", _("My day"), "calls:day", "calendar-check", AT_DAY, order=16)
    nav.item("follow", _("Workload"), "calls:workload", "users", AT_WORKLOAD, order=17)
    nav.item("system", _("Leaders in charge"), "calls:charges", "user-cog", AT_CHARGES, order=65)
