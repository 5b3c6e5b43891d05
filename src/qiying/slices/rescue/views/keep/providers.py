"""Providers under contract: licences, price lists, people and certificates that run out."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from qiying.kernel import paging, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.templatetags._formats import cn_date
from qiying.kernel.web import actor_of, page
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import Certificate, Provider, labels
from qiying.slices.rescue.queries import keep
from qiying.slices.rescue.rules import KEEPERS
from qiying.slices.rescue.views.keep import shared
from qiying.slices.rescue.views.keep.contracts import provider_of
from qiying.slices.rescue.views.keep.provider_steps import FIELDS, STEPS, Page
from qiying.slices.rescue.views.keep.words import skill_word

ORDER = ("id",)
SIZE = 50


@page(*shared.AT_PROVIDERS)
def list_page(request: HttpRequest) -> HttpResponse:
    """Who is under contract, with how many people, and what runs out soon.

    Whoever manages one provider and nothing else of the house comes to that provider at once.
    """
    actor, today = actor_of(request), queries.today(timezone.now())
    own = _only_own(actor)
    if own is not None:
        return redirect("rescue:provider", own.public_id)
    found = paging.paginate(
        queries.list_providers(actor), order=ORDER, cursor=request.GET.get("cursor", ""), size=SIZE
    )
    people, skills = queries.people_by_provider(actor), keep.skills_by_provider(actor, today)
    until = today + timedelta(days=queries.rule_in_force(actor).certificate_days)
    ending = keep.ending_certificates(actor, today, until)
    rows = [_row(p, people, skills, today) for p in found]
    context = {
        "page": found,
        "rows": rows,
        "may_keep": actor.has(*KEEPERS),
        "stations": queries.stations(actor),
        "ending": [_ending(c, today) for c in ending],
        "kpis": [
            {"label": gettext("Providers in contract"), "value": sum(r["is_on"] for r in rows)},
            {"label": gettext("Technicians"), "value": sum(people.values())},
            {
                "label": gettext("Skills covered"),
                "value": len({s for v in skills.values() for s in v}),
            },
            {"label": gettext("Certificates running out"), "value": len(ending)},
        ],
    }
    return render(request, "rescue/keep/providers.html", context)


def _only_own(actor: Actor) -> Provider | None:
    if actor.roles != {Role.PROVIDER_MANAGER}:
        return None
    found = list(queries.list_providers(actor)[:2])
    return found[0] if len(found) == 1 else None


def _row(
    provider: Provider, people: dict[int, int], skills: dict[int, dict[str, int]], today: date
) -> dict[str, Any]:
    is_on = provider.from_on <= today and (provider.until_on is None or provider.until_on > today)
    held = skills.get(provider.pk, {})
    return {
        "provider": provider,
        "url": reverse("rescue:provider", args=[provider.public_id]),
        "kind": labels.PROVIDER_KINDS[provider.kind],
        "people": people.get(provider.pk, 0),
        "skills": [f"{skill_word(s)} {n}" for s, n in sorted(held.items(), key=lambda i: -i[1])],
        "is_on": is_on,
    }


def _ending(row: Certificate, today: date) -> dict[str, Any]:
    days = (row.until_on - today).days if row.until_on else 0
    return {"row": row, "skill": skill_word(row.skill), "days": days, "is_over": days <= 0}


@page(*shared.AT_PROVIDERS)
def provider_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One provider with everything that its contract says; the house adds what it has seen."""
    actor, now = actor_of(request), timezone.now()
    provider = provider_of(actor, public_id)
    with tenancy.reading(actor):
        technicians = list(queries.list_technicians(actor, provider_id=provider.pk).order_by("id"))
        name = request.POST.get("do", "") if request.method == "POST" else ""
        asked = Page(actor, provider, technicians, now)
        forms = {
            key: step.build(asked, request.POST if key == name else None)
            for key, step in (STEPS if actor.has(*KEEPERS) else {}).items()
        }

    def show() -> HttpResponse:
        return _draw(request, asked, forms, name)

    def work() -> str:
        STEPS[name].work(asked, dict(forms[name].cleaned_data), now)
        return reverse("rescue:provider", args=[provider.public_id])

    if name in STEPS:
        actor.require(*KEEPERS)
        return shared.post(request, forms[name], work, show, fields=FIELDS)
    with tenancy.reading(actor):
        return show()


def _draw(request: HttpRequest, asked: Page, forms: Mapping[str, Any], tried: str) -> HttpResponse:
    actor, provider, technicians = asked.actor, asked.provider, asked.technicians
    today = queries.today(asked.now)
    soon = today + timedelta(days=queries.rule_in_force(actor).certificate_days)
    certificates = queries.certificates_of(actor, [t.pk for t in technicians])
    lists = keep.price_lists(actor, provider)
    context = {
        "provider": provider,
        "kind": labels.PROVIDER_KINDS[provider.kind],
        "facts": _facts(provider),
        "licences": [_valid(row, today, soon) for row in queries.licences_of(actor, provider)],
        "people": [
            {
                "row": t,
                "certificates": [_valid(c, today, soon) for c in certificates.get(t.pk, [])],
            }
            for t in technicians
        ],
        "lists": lists,
        "steps": [_step(key, form, tried) for key, form in forms.items()],
        "may_keep": actor.has(*KEEPERS),
    }
    return render(request, "rescue/keep/provider.html", context)


def _step(key: str, form: Any, tried: str) -> dict[str, Any]:
    step = STEPS[key]
    return {
        "name": key,
        "form": form,
        "label": step.label,
        "icon": step.icon,
        "tone": step.tone,
        "is_open": key == tried,
    }


def _facts(provider: Provider) -> list[tuple[Any, ...]]:
    percent = provider.public_percent
    rows = [
        (gettext("Contract"), provider.contract),
        (gettext("From"), cn_date(provider.from_on)),
        (gettext("Until, exclusive"), cn_date(provider.until_on) if provider.until_on else ""),
        (gettext("Telephone"), provider.phone),
        (gettext("The zone's share of labour"), f"{percent} %" if percent is not None else ""),
    ]
    return [row for row in rows if row[1]]


def _valid(row: Any, today: date, soon: date) -> dict[str, Any]:
    """A licence or certificate with what becomes of it."""
    end = row.until_on
    tone, label = "done", gettext("valid")
    if end is not None and end <= today:
        tone, label = "over", gettext("expired")
    elif end is not None and end <= soon:
        tone, label = "check", gettext("runs out soon")
    skill = skill_word(row.skill) if isinstance(row, Certificate) else ""
    return {"row": row, "tone": tone, "label": label, "skill": skill}
