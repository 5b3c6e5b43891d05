"""What a firm reads of the class issue that its call belongs to, on the phone."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from qiying.kernel import files
from qiying.kernel.access import Role
from qiying.kernel.web import actor_of, page
from qiying.slices.class_issues import queries
from qiying.slices.class_issues.views import _record as record
from qiying.slices.class_issues.views import _shared as shared


@page(Role.ENTERPRISE, Role.GRID_OFFICER)
def told(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The problem, the measure, its deadline and its landing; the firm's own calls, no others'."""
    actor, now = actor_of(request), timezone.now()
    issue = queries.get_by_public_id(actor, public_id)
    found = queries.dossier(actor, issue)
    tone, label = shared.tone(issue)
    context = {
        "issue": issue,
        "tone": tone,
        "label": label,
        "stepper": record.stepper(issue)[1:],
        "unit": issue.owner_unit.name if issue.owner_unit else "",
        "phone": issue.owner_unit.phone if issue.owner_unit else "",
        "milestones": record.milestones(found, now),
        "landing": next((r for r in found.reports if r.pk == issue.landing_id), None),
        "evidence": [{"name": f.name, "url": files.url(f)} for f in found.evidence],
        "calls": [
            {"card": line.card, "url": reverse("calls:detail", args=[line.card.public_id])}
            for line in found.members
        ],
        "back": reverse("kernel:home"),
    }
    return render(request, "class_issues/told.html", context)
