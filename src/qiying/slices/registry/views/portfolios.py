"""Grids, the officers who answer for them, and how many firms each looks after."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiying.kernel import exports, people
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page
from qiying.slices.registry import operations, queries
from qiying.slices.registry.rules.kinds import AreaKind, EntityKind, FirmStatus
from qiying.slices.registry.views._edit import ASSIGNERS, READERS
from qiying.slices.registry.views.layers import layers


@page(*READERS)
def grids(request: HttpRequest) -> HttpResponse:
    """Every grid with its officer and firms; every officer with the portfolio."""
    actor = actor_of(request)
    lines = _lines(actor)
    if kind := exports.wanted(request):
        return exports.respond(_sheet(actor, lines), kind)
    holders = people.people_with(actor, Role.GRID_OFFICER, on=timezone.localdate())
    sizes = queries.portfolio_sizes(actor)
    context = {
        "lines": lines,
        "officers": [
            {
                "person": person,
                "firms": sizes.get(person.pk, 0),
                "grids": sum(1 for x in lines if x["officer_id"] == person.pk),
            }
            for person in holders
        ],
        "layers": [{**layer, "off": False} for layer in layers("planned", "grid")],
        "may_assign": actor.has(*ASSIGNERS),
        "unassigned": _unassigned(actor),
    }
    return render(request, "registry/grids.html", context)


def _lines(actor: Actor) -> list[dict[str, Any]]:
    today = timezone.localdate()
    duties = queries.grid_duties(actor, on=today)
    firms = queries.list_enterprises(actor).filter(status=FirmStatus.ACTIVE)
    counted = firms.order_by().values_list("grid__key").annotate(many=Count("id"))
    many: dict[str | None, int] = dict(counted)
    found = []
    for row in queries.list_areas_on(actor, today, [AreaKind.GRID]).order_by("key"):
        duty = duties.get(row.key)
        found.append(
            {
                "row": row,
                "firms": many.get(row.key, 0),
                "officer": str(duty.officer) if duty else "",
                "officer_id": duty.officer_id if duty else None,
                "phone": duty.officer.phone if duty else "",
                "since": duty.valid_from if duty else None,
            }
        )
    return found


def _unassigned(actor: Actor) -> int:
    """Companies without an officer; small shops outside the grids need none."""
    rows = queries.list_enterprises(actor).filter(
        status=FirmStatus.ACTIVE, entity_kind=EntityKind.ENTERPRISE, grid_officer=None
    )
    found: int = rows.count()
    return found


def _sheet(actor: Actor, lines: list[dict[str, Any]]) -> exports.Sheet:
    return exports.Sheet(
        _("Grids"),
        (_("Key"), _("Grid"), _("Firms"), _("Grid officer"), _("Telephone"), _("Since")),
        [
            (x["row"].key, x["row"].name, x["firms"], x["officer"], x["phone"], x["since"])
            for x in lines
        ],
        [],
        actor.name,
        timezone.now(),
    )


@page(*ASSIGNERS)
@require_POST
def grid_assign(request: HttpRequest, key: str) -> HttpResponse:
    """Name the officer of a grid from today on."""
    officer = request.POST.get("officer", "")
    if not officer.isascii() or not officer.isdigit() or len(officer) > 18:
        raise Invalid("input.invalid", {"officer": "input.choice"})
    operations.assign_grid(actor_of(request), key, int(officer), now=timezone.now())
    messages.success(request, _("The officer answers for the grid from today."))
    return HttpResponseSeeOther(reverse("registry:grids"))
