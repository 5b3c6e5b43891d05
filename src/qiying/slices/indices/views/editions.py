"""Editions: what is evaluated and how, with the runs of each."""

from importlib.resources import files
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiying.kernel import posting, tenancy
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page, submit_once
from qiying.slices.indices import operations, queries
from qiying.slices.indices.forms import EditionForm
from qiying.slices.indices.views import shared


@page(*shared.ANALYSTS)
def new_edition(request: HttpRequest) -> HttpResponse:
    """An edition; tree and plan of the counties' template stand in the fields to begin with."""
    actor = actor_of(request)
    last = timezone.localdate().year - 1
    given = {"tree": _seed("county_tree.csv"), "plan": _seed("county_plan.toml")}
    initial = {"first_year": last - 4, "last_year": last, **given}
    form = EditionForm(request.POST or None, initial=initial)
    if request.method == "POST":

        def work() -> str:
            row = operations.open_edition(actor, now=timezone.now(), **form.cleaned_data)
            return reverse("indices:edition", args=[row.public_id])

        answer = posting.send(request, form, work)
        if answer is not None:
            return answer
    back = (reverse("indices:home"), _("Evaluation of regions"))
    return shared.form_page(request, form, _("Open an edition"), back)


def _seed(name: str) -> str:
    return (files("qiying.slices.indices") / "seeds" / name).read_text("utf-8")


@page(*shared.READERS)
def edition(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One edition and the runs that the reader may see."""
    actor = actor_of(request)
    row = queries.get_edition(actor, public_id)
    context = {
        "row": row,
        "name": shared.name_of(row),
        "kinds": shared.kinds_of(row),
        "runs": [shared.run_line(run) for run in queries.runs_of(actor, row)],
        "may_reckon": actor.has(*shared.ANALYSTS),
    }
    return render(request, "indices/edition.html", context)


@page(*shared.ANALYSTS)
@require_POST
def run_edition(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Reckon with the values in force."""
    actor = actor_of(request)

    def work() -> str:
        with tenancy.acting(actor):
            row = queries.get_edition(actor, public_id)
            made = operations.run_edition(actor, row.pk, now=timezone.now())
        return reverse("indices:run", args=[made.public_id])

    return submit_once(request, work)


@page(*shared.APPROVERS)
@require_POST
def release(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let all staff see a run."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        row = queries.get_run(actor, public_id)
    operations.release(actor, row.pk, now=timezone.now())
    return HttpResponseSeeOther(reverse("indices:run", args=[public_id]))
