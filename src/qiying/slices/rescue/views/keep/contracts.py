"""What the house writes about a provider: contract, people, prices, certificates, licences."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from qiying.kernel import people
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid
from qiying.kernel.tenancy import reading
from qiying.kernel.web import actor_of, page
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.forms.contracts import (
    PricesForm,
    ProviderForm,
    TechnicianForm,
    lines_of_list,
)
from qiying.slices.rescue.forms.keep import CertificateForm, LicenceForm
from qiying.slices.rescue.models import Provider
from qiying.slices.rescue.queries import keep
from qiying.slices.rescue.rules import KEEPERS
from qiying.slices.rescue.views.keep import shared
from qiying.slices.rescue.views.keep.words import skill_word

FIELDS = ("name_en", "kind", "contract", "from_on", "until_on", "public_percent", "phone")


@page(*KEEPERS)
def new(request: HttpRequest) -> HttpResponse:
    """Put a provider under contract."""
    actor = actor_of(request)
    form = ProviderForm(request.POST or None)

    def work() -> str:
        data = form.cleaned_data
        with reading(actor):
            known = queries.list_providers(actor).filter(name_zh=data["name_zh"].strip())
            if known.exists():
                raise Invalid("input.invalid", {"name_zh": "rescue.keep.provider"})
        return url_of(operations.sign_provider(actor, now=timezone.now(), **data))

    return shared.form_page(
        request,
        form,
        work,
        title=gettext("Sign a provider"),
        back=reverse("rescue:providers"),
        crumb=gettext("Providers"),
        action=gettext("Sign"),
    )


def url_of(provider: Provider) -> str:
    return reverse("rescue:provider", args=[provider.public_id])


def forms_of(
    actor: Actor, provider: Provider, technicians: Iterable[Any], tried: str, data: Any
) -> dict[str, Form]:
    """The forms of a provider's page; ``tried`` is the one that was sent."""

    def options(name: str) -> dict[str, Any]:
        return {"data": data if name == tried else None, "auto_id": f"id_{name}_%s"}

    skills = sorted({c.skill for c in queries.classes(actor)})
    contract = ProviderForm(
        initial={name: getattr(provider, name) for name in FIELDS}, **options("contract")
    )
    del contract.fields["name_zh"]
    prices = keep.price_lists(actor, provider)[:1]
    return {
        "technician": TechnicianForm(
            people=_free(actor, queries.today(timezone.now())),
            stations=[(str(s.pk), s.name) for s in queries.stations(actor)],
            **options("technician"),
        ),
        "certify": CertificateForm(
            people=[(str(t.pk), str(t.person)) for t in technicians],
            skills=[(s, skill_word(s)) for s in skills],
            **options("certify"),
        ),
        "licence": LicenceForm(**options("licence")),
        "prices": PricesForm(
            initial={"items": lines_of_list(prices[0].items) if prices else ""},
            **options("prices"),
        ),
        "contract": contract,
    }


def _free(actor: Actor, today: date) -> list[tuple[str, str]]:
    """Who holds the role of a technician and works for nobody yet."""
    taken = set(queries.list_technicians(actor).values_list("person_id", flat=True))
    held = people.people_with(actor, Role.TECHNICIAN, on=today)
    return [(str(p.pk), str(p)) for p in held if p.pk not in taken]


def do(actor: Actor, provider: Provider, name: str, form: Any) -> str:
    """Write what one of the forms says."""
    _WORK[name](actor, provider, dict(form.cleaned_data))
    return url_of(provider)


def _certify(actor: Actor, _provider: Provider, data: dict[str, Any]) -> None:
    operations.certify(actor, int(data.pop("technician")), now=timezone.now(), **data)


def _licence(actor: Actor, provider: Provider, data: dict[str, Any]) -> None:
    operations.add_licence(actor, provider.pk, now=timezone.now(), **data)


def _technician(actor: Actor, provider: Provider, data: dict[str, Any]) -> None:
    operations.add_technician(actor, provider.pk, now=timezone.now(), **data)


def _prices(actor: Actor, provider: Provider, data: dict[str, Any]) -> None:
    operations.set_prices(actor, provider.pk, now=timezone.now(), **data)


def _contract(actor: Actor, provider: Provider, data: dict[str, Any]) -> None:
    kept = {"classes": provider.classes, "areas": provider.areas, "name_zh": provider.name_zh}
    operations.sign_provider(actor, now=timezone.now(), **kept, **data)


_WORK: Mapping[str, Callable[[Actor, Provider, dict[str, Any]], None]] = {
    "technician": _technician,
    "certify": _certify,
    "licence": _licence,
    "prices": _prices,
    "contract": _contract,
}


def steps_of(forms: Mapping[str, Form], tried: str) -> list[dict[str, Any]]:
    """The forms as the drawers of the page."""
    words = {
        "technician": (gettext("Add a technician"), "user-plus", "primary"),
        "certify": (gettext("Enter a certificate"), "badge-check", ""),
        "licence": (gettext("Enter a licence"), "file-badge", ""),
        "prices": (gettext("Set new prices"), "banknote", ""),
        "contract": (gettext("Write the contract anew"), "pencil", ""),
    }
    return [
        {"name": n, "form": forms[n], "label": w, "icon": i, "tone": t, "is_open": n == tried}
        for n, (w, i, t) in words.items()
    ]
