"""The administrator's pages: people, grants and keys of the tenant."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiying.kernel import directory, exports, paging, people, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid, Problem
from qiying.kernel.forms import GrantForm, KeyForm, PersonForm
from qiying.kernel.models import Grant, User
from qiying.kernel.models.identity import ROLE_LABELS
from qiying.kernel.problems import explain
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page


def _today() -> Any:
    return timezone.localdate()


def _lines(actor: Actor, rows: list[Grant]) -> list[dict[str, Any]]:
    units = directory.names_of(actor, "unit", [r.unit_id for r in rows if r.unit_id])
    firms = directory.names_of(
        actor, "enterprise", [r.enterprise_id for r in rows if r.enterprise_id]
    )
    return [
        {
            "grant": row,
            "role": ROLE_LABELS[Role(row.role)],
            "held_for": units.get(row.unit_id or 0) or firms.get(row.enterprise_id or 0) or "",
        }
        for row in rows
    ]


@page(Role.ADMINISTRATOR)
def people_page(request: HttpRequest) -> HttpResponse:
    """Grants in force, newest first, searchable by name."""
    actor = actor_of(request)
    rows = people.list_grants(actor, on=_today())
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(person__name__icontains=text)
    if role := request.GET.get("role", ""):
        rows = rows.filter(role=role)
    if kind := exports.wanted(request):
        return exports.respond(_sheet(actor, list(rows.order_by("-id")[: exports.MAX_ROWS])), kind)
    found = paging.paginate(rows, order=("-id",), cursor=request.GET.get("cursor", ""))
    context = {
        "page": found,
        "lines": _lines(actor, list(found)),
        "roles": list(ROLE_LABELS.items())[:-2],
    }
    return render(request, "kernel/people.html", context)


def _sheet(actor: Actor, rows: list[Grant]) -> exports.Sheet:
    return exports.Sheet(
        _("People and roles"),
        (_("Name"), _("User name"), _("Role"), _("Held for"), _("From"), _("Until")),
        [
            (
                str(x["grant"].person),
                x["grant"].person.username,
                str(x["role"]),
                x["held_for"],
                x["grant"].valid_from,
                x["grant"].valid_to,
            )
            for x in _lines(actor, rows)
        ],
        [],
        actor.name,
        timezone.now(),
    )


def _form_page(request: HttpRequest, form: Any, title: str, status: int = 200) -> HttpResponse:
    context = {"form": form, "form_title": title}
    return render(request, "kernel/people_form.html", context, status=status)


@page(Role.ADMINISTRATOR)
def register_person(request: HttpRequest) -> HttpResponse:
    """A new account."""
    form = PersonForm(request.POST or None)
    title = _("New account")
    if request.method != "POST":
        return _form_page(request, form, title)
    if form.is_valid():
        try:
            people.register_person(actor_of(request), now=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            form.add_error("username", explain(problem))
        else:
            messages.success(request, _("The account is ready; now grant a role."))
            return HttpResponseSeeOther(reverse("kernel:grant"))
    return _form_page(request, form, title, 422)


@page(Role.ADMINISTRATOR)
def grant(request: HttpRequest) -> HttpResponse:
    """Give a person a role, in a unit or for a firm."""
    form = GrantForm(request.POST or None)
    title = _("Grant a role")
    if request.method != "POST":
        return _form_page(request, form, title)
    if form.is_valid():
        try:
            _grant(actor_of(request), form.cleaned_data)
        except Problem as problem:
            form.add_error(None, explain(problem))
        else:
            messages.success(request, _("The role is granted."))
            return HttpResponseSeeOther(reverse("kernel:people"))
    return _form_page(request, form, title, 422)


def _grant(actor: Actor, data: dict[str, Any]) -> None:
    person = User.objects.filter(username=data["username"], is_active=True).first()
    if person is None:
        raise Invalid("people.unknown", name=data["username"])
    found: dict[str, int | None] = {}
    for kind, code in (("unit", data["unit"]), ("enterprise", data["credit_code"])):
        found[kind] = directory.find(actor, kind, code) if code else None
        if code and found[kind] is None:
            raise Invalid("people.unknown", name=code)
    if data["role"] == Role.ENTERPRISE and found["enterprise"] is None:
        raise Invalid("people.unknown", name=data["credit_code"] or "?")
    people.grant(
        actor,
        person.pk,
        data["role"],
        now=timezone.now(),
        unit_id=found["unit"],
        enterprise_id=found["enterprise"],
        valid_to=data["valid_to"],
    )


@page(Role.ADMINISTRATOR)
@require_POST
def end_grant(request: HttpRequest, grant_id: int) -> HttpResponse:
    people.end_grant(actor_of(request), grant_id, now=timezone.now())
    return HttpResponseSeeOther(reverse("kernel:people"))


@page(Role.ADMINISTRATOR)
def keys(request: HttpRequest) -> HttpResponse:
    """Keys of the tenant; POST makes one and shows its secret this once."""
    actor = actor_of(request)
    form = KeyForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        secret = people.issue_key(actor, form.cleaned_data["name"], now=timezone.now())[1]
        form = KeyForm()
    with tenancy.reading(actor):
        rows = list(people.list_keys(actor)[:200])
    return render(request, "kernel/keys.html", {"rows": rows, "form": form, "secret": secret})


@page(Role.ADMINISTRATOR)
@require_POST
def revoke_key(request: HttpRequest, key_id: int) -> HttpResponse:
    people.revoke_key(actor_of(request), key_id, now=timezone.now())
    return HttpResponseSeeOther(reverse("kernel:keys"))
