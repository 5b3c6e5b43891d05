"""What the house can do with one provider: a form for each, and the work behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.forms import BaseForm
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.kernel import people
from qiying.kernel.access import Actor, Role
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.forms import contract
from qiying.slices.rescue.forms.keep import CertificateForm, LicenceForm
from qiying.slices.rescue.models import Provider, Technician
from qiying.slices.rescue.queries import keep
from qiying.slices.rescue.views.keep.words import skill_word

Choices = list[tuple[str, Any]]
FIELDS = {"person_id": "person", "station_id": "station"}
"""Fields of the forms by the names of the operations, where they differ."""


@dataclass(frozen=True, slots=True)
class Step:
    """A way on from the page of a provider."""

    label: Promise
    icon: str
    build: Callable[["Page", QueryDict | None], BaseForm]
    work: Callable[["Page", dict[str, Any], datetime], object]
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What the forms choose from; read once, in the reader's scope."""

    actor: Actor
    provider: Provider
    technicians: list[Technician]
    now: datetime

    @property
    def people(self) -> Choices:
        return [(str(t.pk), str(t.person)) for t in self.technicians]

    @property
    def skills(self) -> Choices:
        found = {c.skill for c in queries.classes(self.actor)}
        return [(s, skill_word(s)) for s in sorted(found)]

    @property
    def classes(self) -> Choices:
        return [(c.code, c.name) for c in queries.classes(self.actor)]

    @property
    def stations(self) -> Choices:
        return [(str(s.pk), s.name) for s in queries.stations(self.actor)]

    def holders(self, role: Role, taken: frozenset[int]) -> Choices:
        """Whoever holds a role and is not at work here already."""
        held = people.people_with(self.actor, role, on=queries.today(self.now))
        return [(str(p.pk), str(p)) for p in held if p.pk not in taken]


def _certify_form(page: Page, data: QueryDict | None) -> BaseForm:
    return CertificateForm(data, people=page.people, skills=page.skills, auto_id="id_certify_%s")


def _technician_form(page: Page, data: QueryDict | None) -> BaseForm:
    taken = keep.people_at_work(page.actor)
    return contract.TechnicianForm(
        data,
        people=page.holders(Role.TECHNICIAN, taken),
        stations=page.stations,
        initial={"joined_on": queries.today(page.now)},
        auto_id="id_technician_%s",
    )


def _manager_form(page: Page, data: QueryDict | None) -> BaseForm:
    taken = keep.managers_now(page.actor, page.provider)
    rows = page.holders(Role.PROVIDER_MANAGER, taken)
    return contract.ManagerForm(data, people=rows, auto_id="id_manager_%s")


def _licence_form(page: Page, data: QueryDict | None) -> BaseForm:
    del page
    return LicenceForm(data, auto_id="id_licence_%s")


def _contract_form(page: Page, data: QueryDict | None) -> BaseForm:
    told = ("kind", "contract", "from_on", "until_on", "phone", "public_percent", "classes")
    return contract.ContractForm(
        data,
        classes=page.classes,
        initial={name: getattr(page.provider, name) for name in told},
        auto_id="id_contract_%s",
    )


def _leave_form(page: Page, data: QueryDict | None) -> BaseForm:
    return contract.LeaveForm(
        data,
        people=page.people,
        initial={"on": queries.today(page.now)},
        auto_id="id_leave_%s",
    )


def _certify(page: Page, data: dict[str, Any], now: datetime) -> object:
    return operations.certify(page.actor, int(data.pop("technician")), now=now, **data)


def _licence(page: Page, data: dict[str, Any], now: datetime) -> object:
    return operations.add_licence(page.actor, page.provider.pk, now=now, **data)


def _technician(page: Page, data: dict[str, Any], now: datetime) -> object:
    person, station = int(data.pop("person")), int(data.pop("station"))
    return operations.add_technician(
        page.actor, page.provider.pk, now=now, person_id=person, station_id=station, **data
    )


def _manager(page: Page, data: dict[str, Any], now: datetime) -> object:
    person = int(data["person"])
    return operations.name_manager(page.actor, page.provider.pk, now=now, person_id=person)


def _contract(page: Page, data: dict[str, Any], now: datetime) -> object:
    kept = page.provider
    return operations.sign_provider(
        page.actor,
        now=now,
        name_zh=kept.name_zh,
        name_en=kept.name_en,
        areas=kept.areas,
        **data,
    )


def _leave(page: Page, data: dict[str, Any], now: datetime) -> object:
    who = int(data["technician"])
    return operations.end_technician(page.actor, who, now=now, on=data["on"])


STEPS: Mapping[str, Step] = {
    "certify": Step(
        _("Enter a certificate"), "badge-check", _certify_form, _certify, tone="primary"
    ),
    "technician": Step(_("Add a technician"), "user-plus", _technician_form, _technician),
    "licence": Step(_("Enter a licence"), "file-badge", _licence_form, _licence),
    "manager": Step(_("Name who leads its people"), "user-cog", _manager_form, _manager),
    "contract": Step(
        _("Change or renew the contract"), "file-pen-line", _contract_form, _contract
    ),
    "leave": Step(_("A technician leaves"), "user-minus", _leave_form, _leave, tone="danger"),
}
