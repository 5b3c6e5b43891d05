"""The register as a list, a matter, and its next version."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiying.kernel import exports, paging, posting, saved, tenancy
from qiying.kernel.errors import NotFound
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page
from qiying.slices.mandate import operations, queries, rules
from qiying.slices.mandate.forms import MatterForm
from qiying.slices.mandate.models import labels
from qiying.slices.mandate.views import _shared as shared

ORDER = ("matter__code", "id")


def _filter(request: HttpRequest) -> queries.MatterFilter:
    return queries.MatterFilter(
        on=shared.day_of(request),
        text=request.GET.get("q", "").strip()[:80],
        status=shared.chosen(request, "status", labels.Status.values),
        category=shared.chosen(request, "category", labels.Category.values),
        grade=shared.chosen(request, "grade", rules.GRADES),
        lead=request.GET.get("lead", "")[:40],
    )


@page(*shared.READERS)
def register_page(request: HttpRequest) -> HttpResponse:
    """Every matter in force on a day, filtered, paged, as a file when asked."""
    actor, wanted = actor_of(request), _filter(request)
    register = queries.register(actor)
    rows = queries.list_versions(actor, wanted)
    kind = exports.wanted(request)
    if kind:
        found = rows.order_by(*ORDER)[: exports.MAX_ROWS]
        return _as_file(request, kind, register, found, wanted)
    found_page = paging.paginate(rows, order=ORDER, cursor=request.GET.get("cursor", ""))
    in_force = register.on(wanted.on)
    counts: dict[str, int] = {}
    for card in in_force.values():
        counts[card.status] = counts.get(card.status, 0) + 1
    context = {
        "page": found_page,
        "rows": [_line(register, in_force[r.matter.code]) for r in found_page],
        "wanted": wanted,
        "counts": [(s.value, s.label, counts.get(s.value, 0)) for s in labels.Status],
        "total": len(in_force),
        "categories": labels.Category.choices,
        "grades": [(g, labels.EVIDENCE[g]) for g in rules.GRADES],
        "leads": _leads(register, in_force),
        "views": saved.tabs(request, actor, _built_in()),
        "may_edit": shared.may_edit(actor),
    }
    return render(request, "mandate/register.html", context)


def _built_in() -> list[tuple[str, str]]:
    return [
        (_("All"), ""),
        (_("Kept by the zone"), "status=CORE&status=LOCK"),
        (_("Shared across the wall"), "status=SHARE"),
        (_("Handed to the locality"), "status=STRIP"),
        (_("Weakly founded"), "grade=C&grade=D&grade=K&grade=R"),
    ]


def _leads(register: queries.Register, in_force: dict[str, queries.MatterCard]) -> list[Any]:
    codes = {c.lead_inside[0] for c in in_force.values() if c.lead_inside}
    return sorted(((c, queries.unit_word(c, register)) for c in codes), key=lambda p: p[1])


def _line(register: queries.Register, card: queries.MatterCard) -> dict[str, Any]:
    inside, outside = (_lead(register, leads) for leads in (card.lead_inside, card.lead_outside))
    return {
        "card": card,
        "tone": labels.STATUS_TONES[card.status],
        "inside": inside,
        "outside": outside,
    }


def _lead(register: queries.Register, leads: tuple[str, ...]) -> str:
    return queries.unit_word(leads[0], register) if leads else "—"


def _as_file(
    request: HttpRequest, kind: str, register: queries.Register, found: Any, wanted: Any
) -> HttpResponse:
    names = ("code", "category", *rules.CONTENT)
    headings = [_("Code"), _("Category"), *(str(labels.FIELDS[n]) for n in rules.CONTENT)]
    cards = (register.find(row.matter.code, wanted.on) for row in found)
    rows = (
        [
            card.code,
            card.category_label,
            *(queries.value_word(n, card.content()[n], register) for n in names[2:]),
        ]
        for card in cards
        if card is not None
    )
    return shared.export(request, kind, _("Register of matters"), headings, rows, _said(wanted))


def _said(wanted: queries.MatterFilter) -> list[tuple[str, str]]:
    """The filter in words, for the file."""
    lines = [(_("In force on"), wanted.on.isoformat())]
    if wanted.text:
        lines.append((_("Search"), wanted.text))
    if wanted.status:
        lines.append(
            (_("Status"), queries.joined(str(labels.Status(s).label) for s in wanted.status))
        )
    if wanted.category:
        words = (str(labels.Category(c).label) for c in wanted.category)
        lines.append((_("Category"), queries.joined(words)))
    if wanted.grade:
        lines.append((_("Evidence"), queries.joined(wanted.grade)))
    if wanted.lead:
        lines.append((_("Lead inside the wall"), wanted.lead))
    return lines


@page()
def matter_page(request: HttpRequest, code: str) -> HttpResponse:
    """One matter: what the register says, since when, and what changed."""
    actor = actor_of(request)
    register, on = queries.register(actor), shared.day_of(request)
    versions = register.versions.get(code, ())
    card = register.find(code, on) or (versions[-1] if versions else None)
    if card is None:
        raise NotFound("mandate.no_matter", matter=code)
    law = [
        {"text": queries.law_text(a), "grade": a.grade, "meaning": labels.EVIDENCE[a.grade]}
        for a in card.legal_basis
    ]
    context = {
        "card": card,
        "tone": labels.STATUS_TONES[card.status],
        "seats": shared.seats_of(register, card),
        "law": law,
        "meaning": labels.EVIDENCE[card.grade],
        "office": register.unit_name(card.office_code) if card.office_code else "",
        "before_reform": queries.unit_word(card.lead_before_reform, register)
        if card.lead_before_reform
        else "",
        "history": _history(register, versions, shared.today()),
        "delegations": queries.list_delegations(actor, matter=code).order_by("-valid_from"),
        "precedents": queries.list_precedents(actor, matter=code).order_by("-valid_from"),
        "decisions": queries.count_decisions(actor, code),
        "may_edit": shared.may_edit(actor),
        "today": shared.today(),
    }
    return render(request, "mandate/matter.html", context)


def _history(
    register: queries.Register, versions: tuple[queries.MatterCard, ...], today: date
) -> list[dict[str, Any]]:
    """The versions, newest first, each with what it changed."""
    lines = []
    for index, card in enumerate(versions):
        before = versions[index - 1] if index else None
        lines.append(
            {
                "card": card,
                "changes": queries.change_lines(before, card, register) if before else [],
                "is_first": before is None,
                "is_now": card.is_in_force(today),
                "is_planned": card.valid_from > today,
            }
        )
    return lines[::-1]


@page(*shared.EDITORS)
def edit_page(request: HttpRequest, code: str) -> HttpResponse:
    """The next version of a matter; the difference is shown before it is written."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        register = queries.register(actor)
        versions = register.versions.get(code, ())
        if not versions:
            raise NotFound("mandate.no_matter", matter=code)
        card = versions[-1]
    form = MatterForm(
        request.POST or None,
        units=shared.seat_list(register),
        before=card,
        initial={"effective_on": max(shared.today(), card.valid_from)},
    )
    context = {"form": form, "card": card, "changes": None}
    if request.method == "POST":
        if request.POST.get("do") == "preview":
            if form.is_valid():
                after = card.changed(form.values())
                context["changes"] = queries.change_lines(card, after, register)
        else:
            answer = posting.send(
                request, form, lambda: _revise(request, code, form), fields=shared.FORM_FIELDS
            )
            if answer is not None:
                return answer
    return render(request, "mandate/edit.html", context)


def _revise(request: HttpRequest, code: str, form: MatterForm) -> str:
    operations.revise(
        actor_of(request),
        code,
        effective_on=form.cleaned_data["effective_on"],
        values=form.values(),
        reason=form.cleaned_data["reason"],
        now=timezone.now(),
    )
    return reverse("mandate:matter", args=[code])


@page(*shared.EDITORS)
def new_page(request: HttpRequest) -> HttpResponse:
    """A matter that the register does not have yet."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        register = queries.register(actor)
    start = {
        "effective_on": shared.today(),
        "time_amount": 5,
        "extension_max": 10,
        "co_amount": 3,
        "grade": "D",
    }
    form = MatterForm(request.POST or None, units=shared.seat_list(register), initial=start)
    if request.method == "POST":
        answer = posting.send(
            request, form, lambda: _add(request, form), fields=shared.FORM_FIELDS
        )
        if answer is not None:
            return answer
    return render(request, "mandate/edit.html", {"form": form, "card": None, "changes": None})


def _add(request: HttpRequest, form: MatterForm) -> str:
    data = form.cleaned_data
    row = rules.Row(
        code=data["code"],
        category=data["category"],
        number=1,
        valid_from=data["effective_on"],
        valid_to=None,
        **form.values(),
    )
    operations.add_matter(actor_of(request), row, now=timezone.now(), reason=data["reason"])
    return reverse("mandate:matter", args=[row.code])


@page(*shared.EDITORS)
@require_POST
def withdraw(request: HttpRequest, code: str, version_id: int) -> HttpResponse:
    """Take back a version that has not begun."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        if queries.get_version(actor, version_id).matter.code != code:
            raise NotFound("mandate.no_matter", matter=code)
    operations.withdraw(actor, version_id, today=shared.today(), now=timezone.now())
    return HttpResponseSeeOther(reverse("mandate:matter", args=[code]))
