"""Providers under contract: licences, price lists, people and certificates that run out."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from qiying.kernel import paging, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.kernel.web import actor_of, page
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import Certificate, Provider, labels
from qiying.slices.rescue.queries import keep
from qiying.slices.rescue.rules import KEEPERS
from qiying.slices.rescue.views.keep import contracts, shared
from qiying.slices.rescue.views.keep.words import skill_word

ORDER = ("id",)
SIZE = 50


@page(*shared.AT_PROVIDERS)
def list_page(request: HttpRequest) -> HttpResponse:
    """Who is under contract, with how many people, and what runs out soon."""
    actor, today = actor_of(request), queries.today(timezone.now())
    found = paging.paginate(
        queries.list_providers(actor), order=ORDER, cursor=request.GET.get("cursor", ""), size=SIZE
    )
    people, skills = queries.people_by_provider(actor), keep.skills_by_provider(actor, today)
    until = today + timedelta(days=queries.rule_in_force(actor).certificate_days)
    ending = keep.ending_certificates(actor, today, until)
    rows = [_row(p, people, skills, today) for p in found]
    context = {
        "page": found,
        "may_sign": actor.has(*KEEPERS),
        "rows": rows,
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
    actor = actor_of(request)
    with tenancy.reading(actor):
        provider = queries.list_providers(actor).filter(public_id=public_id).first()
        if provider is None:
            raise NotFound("not_found")
        technicians = list(queries.list_technicians(actor, provider_id=provider.pk).order_by("id"))
        name = request.POST.get("do", "") if request.method == "POST" else ""
        forms = contracts.forms_of(actor, provider, technicians, name, request.POST)

    def show() -> HttpResponse:
        return _draw(request, actor, provider, technicians, forms, name)

    if name in forms:
        actor.require(*KEEPERS)
        form = forms[name]
        return shared.post(request, form, lambda: contracts.do(actor, provider, name, form), show)
    with tenancy.reading(actor):
        return show()


def _draw(
    request: HttpRequest,
    actor: Actor,
    provider: Provider,
    technicians: list[Any],
    forms: dict[str, Any],
    tried: str,
) -> HttpResponse:
    today = queries.today(timezone.now())
    soon = today + timedelta(days=queries.rule_in_force(actor).certificate_days)
    certificates = queries.certificates_of(actor, [t.pk for t in technicians])
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
        "lists": keep.price_lists(actor, provider),
        "steps": contracts.steps_of(forms, tried) if actor.has(*KEEPERS) else [],
        "may_see_phones": actor.has(*KEEPERS),
    }
    return render(request, "rescue/keep/provider.html", context)


def _facts(provider: Provider) -> list[tuple[Any, ...]]:
    percent = provider.public_percent
    rows = [
        (gettext("Contract"), provider.contract),
        (gettext("From"), provider.from_on),
        (gettext("Until, exclusive"), provider.until_on or ""),
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
