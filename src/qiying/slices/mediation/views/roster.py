"""The roster of mediators, and the law that mediation follows."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiying.kernel import posting, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.people import people_with
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page
from qiying.slices.mediation import operations, queries
from qiying.slices.mediation.forms import MediatorForm
from qiying.slices.mediation.models import labels
from qiying.slices.mediation.rules import FACTS, MEDIATING
from qiying.slices.mediation.views import shared
from qiying.slices.mediation.views.case import fact_line
from qiying.slices.registry import public as registry


@page(*sorted(shared.ROSTER_READERS))
def roster_page(request: HttpRequest) -> HttpResponse:
    """Who mediates, and every rule with its source and grade."""
    actor, now = actor_of(request), timezone.now()
    context = {
        "rows": [
            {
                "card": card,
                "kinds": [labels.KINDS[k] for k in card.row.kinds if k in labels.KINDS],
                "tone": "done" if card.is_listed else "paused",
                "label": _("on the roster") if card.is_listed else _("not on the roster"),
            }
            for card in queries.mediators(actor, now=now)
        ],
        "facts": [fact_line(fact) for fact in FACTS.values()],
        "may_keep": actor.has(*operations.KEEPERS),
    }
    return render(request, "mediation/mediators.html", context)


@page(*operations.KEEPERS)
def new_page(request: HttpRequest) -> HttpResponse:
    """Put somebody on the roster."""
    actor, now = actor_of(request), timezone.now()
    with tenancy.reading(actor):
        listed = {c.row.person_id for c in queries.mediators(actor, now=now)}
        staff = people_with(actor, *sorted(MEDIATING), on=queries.today(now))
        units = [(c.id, c.name) for c in registry.units(actor).values() if not c.is_retired]
    form = MediatorForm(
        request.POST or None,
        people=[(p.pk, f"{p} · {p.phone[-4:]}") for p in staff if p.pk not in listed],
        units=units,
        initial={"listed_on": queries.today(now)},
    )
    if request.method == "POST":
        answer = posting.send(request, form, lambda: _list(actor, form))
        if answer is not None:
            return answer
    with tenancy.reading(actor):
        return render(request, "mediation/new_mediator.html", {"form": form})


def _list(actor: Actor, form: MediatorForm) -> str:
    data = form.cleaned_data
    operations.list_mediator(
        actor,
        person_id=data["person"],
        unit_id=data["unit"],
        kinds=data["kinds"],
        credential=data["credential"],
        listed_on=data["listed_on"],
        until_on=data["until_on"],
        now=timezone.now(),
    )
    return reverse("mediation:mediators")


@page(*operations.KEEPERS)
@require_POST
def end(request: HttpRequest, mediator_id: int) -> HttpResponse:
    """Take somebody off the roster."""
    operations.unlist_mediator(actor_of(request), mediator_id, now=timezone.now())
    return HttpResponseSeeOther(reverse("mediation:mediators"))
