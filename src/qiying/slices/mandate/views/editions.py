"""Editions of the register, and what moved between two of them."""

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from qiying.kernel import posting, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.web import actor_of, page
from qiying.slices.mandate import models, operations, queries, rules
from qiying.slices.mandate.forms import EditionForm
from qiying.slices.mandate.models import labels
from qiying.slices.mandate.views import _shared as shared


@page(*shared.READERS)
def editions_page(request: HttpRequest) -> HttpResponse:
    """The editions, and the comparison of two (the last two unless the address says which)."""
    actor = actor_of(request)
    editions = list(queries.list_editions(actor))
    register = queries.register(actor)
    before, after = _pair(request, editions)
    context: dict[str, Any] = {
        "editions": [
            {"row": e, "holds": _digest(register, e) == e.digest, "kind": e.get_kind_display()}
            for e in editions
        ],
        "before": before,
        "after": after,
        "may_edit": shared.may_edit(actor),
    }
    if before is not None and after is not None:
        context |= compare(register, before, after)
    return render(request, "mandate/editions.html", context)


def _pair(
    request: HttpRequest, editions: list[models.Edition]
) -> tuple[models.Edition | None, models.Edition | None]:
    by_id = {str(e.pk): e for e in editions}
    before = by_id.get(request.GET.get("before", ""))
    after = by_id.get(request.GET.get("after", ""))
    if before is None and after is None and len(editions) > 1:
        return editions[1], editions[0]
    return before, after


def _digest(register: queries.Register, edition: models.Edition) -> str:
    return rules.digest_of_rows(tuple(register.on(edition.effective_on).values()))


def compare(
    register: queries.Register, before: models.Edition, after: models.Edition
) -> dict[str, Any]:
    """What moved from whom to whom, how the statuses changed, every changed matter."""
    old, new = register.on(before.effective_on), register.on(after.effective_on)
    moved = rules.moves(old, new)
    flows = Counter(
        (_group(register, m.lead_before), _group(register, m.lead_after)) for m in moved
    )
    changed = [
        {
            "card": new[code],
            "changes": lines,
            "fields": queries.joined(line.label for line in lines),
        }
        for code in new
        if code in old and (lines := queries.change_lines(old[code], new[code], register))
    ]
    led = [sum(_is_zones(register, r) for r in rows.values()) for rows in (old, new)]
    social = [
        sum(
            r.duty == rules.Duty.SOCIAL and r.lead_inside[:1] == (rules.ZONE,)
            for r in rows.values()
        )
        for rows in (old, new)
    ]
    return {
        "flows": [
            {"before": a, "after": b, "count": n, "share": n / max(flows.values())}
            for (a, b), n in flows.most_common()
        ],
        "moved": len(moved),
        "added": [new[c] for c in new if c not in old],
        "ended": [old[c] for c in old if c not in new],
        "changed": changed,
        "led": led,
        "social": social,
        "statuses": _statuses(old, new),
    }


def _group(register: queries.Register, code: str) -> str:
    """A lead as a reader groups it: the zone, its company, the local township, a department."""
    if code == rules.LOCAL_TOWNSHIP:
        return queries.unit_word(code, register)
    card = register.units.get(code)
    return str(labels.GROUPS[card.kind]) if card else "—"


def _is_zones(register: queries.Register, row: rules.Row) -> bool:
    card = register.units.get(row.lead_inside[0]) if row.lead_inside else None
    return card is not None and card.kind in {"zone", "company", "community"}


def _statuses(
    old: dict[str, queries.MatterCard], new: dict[str, queries.MatterCard]
) -> list[dict[str, Any]]:
    counts = [Counter(r.status for r in rows.values()) for rows in (old, new)]
    return [
        {
            "label": s.label,
            "tone": labels.STATUS_TONES[s.value],
            "before": counts[0][s.value],
            "after": counts[1][s.value],
        }
        for s in labels.Status
    ]


@page(*shared.EDITORS)
def publish_page(request: HttpRequest) -> HttpResponse:
    """Publish the register as it stands on a day."""
    actor = actor_of(request)
    form = EditionForm(request.POST or None, initial={"effective_on": shared.today()})
    with tenancy.reading(actor):
        findings = operations.lint(actor, shared.today())
    if request.method == "POST":
        answer = posting.send(
            request, form, lambda: _publish(actor, form), fields=shared.FORM_FIELDS
        )
        if answer is not None:
            return answer
    context = {"form": form, "errors": sum(f.severity == "error" for f in findings)}
    return render(request, "mandate/publish.html", context)


def _publish(actor: Actor, form: EditionForm) -> str:
    data = form.cleaned_data
    operations.publish(
        actor,
        kind=rules.EditionKind.REVISION.value,
        name_zh=data["name_zh"],
        name_en=data["name_en"],
        effective_on=data["effective_on"],
        document=data["document"],
        now=timezone.now(),
    )
    return reverse("mandate:editions")
