"""What the pages of the registers share: who may open them, forms in drawers, firms by name."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qiying.kernel import posting, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.web import actor_of
from qiying.slices.registry import public as registry
from qiying.slices.rescue.rules import KEEPERS, PAYERS, READERS

AT_MACHINES = frozenset({*READERS, Role.ADMINISTRATOR})
AT_PROVIDERS = AT_MACHINES | {Role.PROVIDER_MANAGER}
AT_ROSTER = AT_PROVIDERS
LEADS = frozenset({*KEEPERS, Role.PROVIDER_MANAGER})
"""Who plans people's duty: the house, and a provider's manager the own people's."""
AT_MONEY = frozenset({*READERS, *PAYERS, Role.PROVIDER_MANAGER})
HOUSE = frozenset({Role.DUTY_CHIEF, Role.DESK})
Context = Mapping[str, Any]


def post(
    request: HttpRequest,
    form: BaseForm,
    work: Callable[[], str],
    show: Callable[[], HttpResponse],
    fields: Mapping[str, str] = posting.AS_THEY_ARE,
) -> HttpResponse:
    """Run ``work`` once and go on; else ``show`` the page with what is wrong, as 422."""
    answer = posting.send(request, form, work, fields=fields)
    if answer is not None:
        return answer
    with tenancy.reading(actor_of(request)):
        answer = show()
    answer.status_code = 422
    return answer


def form_page(
    request: HttpRequest, form: BaseForm, work: Callable[[], str], **context: Any
) -> HttpResponse:
    """A page with nothing but a form; ``title``, ``back`` and ``crumb`` come from the caller."""

    def show() -> HttpResponse:
        return render(request, "rescue/keep/form.html", {"form": form, **context})

    if request.method == "POST":
        return post(request, form, work, show)
    return show()


def find_firm(actor: Actor, text: str) -> int | None:
    """The firm with this credit code or name; None when it is not one firm."""
    found = registry.search_enterprises(actor, text, 3)
    exact = [c for c in found if text in (c.credit_code, c.name_zh, c.name_en)]
    if len(exact) == 1:
        return exact[0].id
    return found[0].id if len(found) == 1 else None


def month_of(text: str, today: date) -> date:
    """The first day of a month written ``2026-11``; this month when it is none."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return found if 2000 <= found.year <= 2100 else today.replace(day=1)


def number_of(text: str) -> int:
    """A key from the address; 0 when it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
