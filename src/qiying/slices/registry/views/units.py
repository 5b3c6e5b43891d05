"""Units as a tree, and the description of the zone."""

from collections import Counter, defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiying.kernel import exports, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page
from qiying.slices.registry import operations, queries
from qiying.slices.registry.forms import UnitForm, ZoneForm
from qiying.slices.registry.models import Unit
from qiying.slices.registry.models.labels import UNIT_KINDS, title, word
from qiying.slices.registry.views._edit import KEEPERS, READERS, edit

ZONE_START = {"band_m": 20}


@page(*READERS)
def units(request: HttpRequest) -> HttpResponse:
    """Every unit: a tree at the left, the list at the right."""
    actor = actor_of(request)
    rows = [row for row in queries.unit_index(actor).values() if _fits(request, row)]
    if kind := exports.wanted(request):
        return exports.respond(_sheet(actor, rows), kind)
    every = queries.unit_index(actor)
    by_id = {row.pk: row for row in every.values()}
    context = {
        "tree": _tree(every.values(), request.GET.get("unit", "")),
        "chosen": every.get(request.GET.get("unit", "")),
        "lines": [
            {
                "row": row,
                "kind": word(UNIT_KINDS, row.kind),
                "parent": by_id[row.parent_id].name if row.parent_id in by_id else "",
            }
            for row in rows
        ],
        "kinds": UNIT_KINDS,
        "may_change": actor.has(*KEEPERS),
        "is_empty": not every,
    }
    return render(request, "registry/units.html", context)


def _fits(request: HttpRequest, row: Unit) -> bool:
    text = request.GET.get("q", "").strip().casefold()
    kind = request.GET.get("kind", "")
    if kind and row.kind != kind:
        return False
    if row.retired_on is not None and request.GET.get("retired") != "1":
        return False
    return not text or text in f"{row.name_zh} {row.name_en} {row.code}".casefold()


def _tree(rows: Any, chosen: str) -> list[dict[str, Any]]:
    """The units of each kind under its word, below their parents where these are of that kind."""
    in_use = [row for row in rows if row.retired_on is None]
    kind_of = {row.pk: row.kind for row in in_use}
    below: defaultdict[int | None, list[Unit]] = defaultdict(list)
    for row in in_use:
        is_mate = kind_of.get(row.parent_id) == row.kind
        below[row.parent_id if is_mate else None].append(row)
    counts = Counter(kind_of.values())

    def branch(row: Unit) -> dict[str, Any]:
        return {
            "label": row.name,
            "url": f"?unit={row.code}",
            "active": row.code == chosen,
            "open": row.kind == "zone" or any(c.code == chosen for c in below[row.pk]),
            "children": [branch(child) for child in below[row.pk]],
        }

    return [
        {
            "label": title(UNIT_KINDS, kind),
            "count": counts[kind],
            "open": kind == "zone" or any(r.code == chosen for r in in_use if r.kind == kind),
            "children": [branch(row) for row in below[None] if row.kind == kind],
        }
        for kind, _label in UNIT_KINDS
        if counts[kind]
    ]


def _sheet(actor: Actor, rows: list[Unit]) -> exports.Sheet:
    codes = {row.pk: row.code for row in queries.unit_index(actor).values()}
    return exports.Sheet(
        _("Units"),
        (
            _("unit code"),
            _("unit name"),
            _("English name"),
            _("kind"),
            _("parent"),
            _("telephone"),
            _("address"),
        ),
        [
            (
                row.code,
                row.name_zh,
                row.name_en,
                word(UNIT_KINDS, row.kind),
                codes.get(row.parent_id or 0, ""),
                row.phone,
                row.address,
            )
            for row in rows
        ],
        [],
        actor.name,
        timezone.now(),
    )


def unit_choices(actor: Actor, *, kind: str = "") -> list[tuple[str, str]]:
    """Units that are not retired, for a select."""
    with tenancy.reading(actor):
        rows = queries.unit_index(actor).values()
        return [
            (str(row.pk), f"{row.name} ({row.code})")
            for row in rows
            if row.retired_on is None and (not kind or row.kind == kind)
        ]


@page(*KEEPERS)
def unit_new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    form = UnitForm(request.POST or None, units=unit_choices(actor))

    def work() -> str:
        row = operations.create_unit(actor, now=timezone.now(), **_values(form))
        return f"{reverse('registry:units')}?unit={row.code}"

    return edit(request, form, work, title=_("New unit"), back=reverse("registry:units"))


@page(*KEEPERS)
def unit_edit(request: HttpRequest, unit_id: int) -> HttpResponse:
    actor = actor_of(request)
    with tenancy.reading(actor):
        row = queries.get_unit(actor, unit_id)
    initial = {n: getattr(row, n) for n in UnitForm.base_fields if n != "parent"}
    initial["parent"] = row.parent_id
    form = UnitForm(request.POST or None, initial=initial, units=unit_choices(actor))

    def work() -> str:
        operations.change_unit(actor, unit_id, now=timezone.now(), **_values(form))
        return f"{reverse('registry:units')}?unit={row.code}"

    return edit(request, form, work, title=row.name, back=reverse("registry:units"))


def _values(form: UnitForm) -> dict[str, Any]:
    found = dict(form.cleaned_data)
    found["parent_id"] = found.pop("parent")
    return found


@page(*KEEPERS)
@require_POST
def unit_retire(request: HttpRequest, unit_id: int) -> HttpResponse:
    now = timezone.now()
    operations.retire_unit(actor_of(request), unit_id, on=timezone.localdate(now), now=now)
    messages.success(request, _("The unit was retired; its record stays."))
    return HttpResponseSeeOther(reverse("registry:units"))


@page(Role.ADMINISTRATOR)
def zone(request: HttpRequest) -> HttpResponse:
    """The description of the zone: names, dates of the reforms, boundary band."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        row = queries.find_zone(actor)
    initial = {n: getattr(row, n) for n in ZoneForm.base_fields} if row else ZONE_START
    form = ZoneForm(request.POST or None, initial=initial)

    def work() -> str:
        operations.set_zone(actor, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The zone was saved."))
        return reverse("registry:zone")

    lead = _("Changing a reform date changes which rules decide past days.")
    return edit(request, form, work, title=_("The zone"), lead=lead, back=reverse("map:page"))
