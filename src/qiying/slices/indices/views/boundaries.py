"""Boundaries for maps: which file is in force, and what could not be used of one."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiying.kernel import posting
from qiying.kernel.problems import sentence
from qiying.kernel.web import actor_of, page
from qiying.slices.indices import operations, queries
from qiying.slices.indices.forms import BoundariesForm
from qiying.slices.indices.views import shared
from qiying.slices.indices.views.tiles import outline_map


@page(*shared.READERS)
def boundaries(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """The file in force, or one of them, drawn, with every feature that could not be used."""
    actor = actor_of(request)
    row = queries.get_boundaries(actor, public_id) if public_id else queries.boundaries(actor)
    places = shared.places_by_code(queries.places_now(actor))
    missing = [shared.name_of(p) for code, p in places.items() if row and code not in row.paths]
    context = {
        "row": row,
        "map": outline_map(row, places) if row and row.paths else "",
        "count": len(row.paths) if row else 0,
        "missing": missing if row and row.paths else [],
        "faults": [{**f, "text": sentence(f["code"])} for f in row.faults] if row else [],
        "may_bring": actor.has(*shared.ANALYSTS),
    }
    return render(request, "indices/boundaries.html", context)


@page(*shared.ANALYSTS)
def new_boundaries(request: HttpRequest) -> HttpResponse:
    """Choose a file and say under which number its map was approved."""
    form = BoundariesForm(request.POST or None, request.FILES or None)
    upload: Any = request.FILES.get("file")

    def work() -> str:
        data = form.cleaned_data
        row = operations.bring_boundaries(
            actor_of(request),
            file_name=upload.name[-120:],
            source=data["source"],
            approval=data["approval"],
            text=data["file"],
            is_good_only=data["is_good_only"],
            now=timezone.now(),
        )
        return reverse("indices:boundaries-of", args=[row.public_id])

    answer = posting.send(request, form, work) if form.is_bound else None
    if answer is not None:
        return answer
    back = (reverse("indices:boundaries"), _("Boundaries for maps"))
    return shared.form_page(request, form, _("Bring boundaries in"), back, has_file=True)
