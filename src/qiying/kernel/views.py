"""Pages that belong to no slice: notices, files, search, saved views, audit."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiying.kernel import (
    audit,
    directory,
    files,
    nav,
    notifications,
    paging,
    search,
    trail,
    views_saved,
)
from qiying.kernel.access import Actor, Role
from qiying.kernel.middleware import TENANT_KEY
from qiying.kernel.models.identity import ROLE_LABELS
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page

saved_view = views_saved.saved_view
saved_view_remove = views_saved.saved_view_remove


@page(anyone=True)
def home(request: HttpRequest) -> HttpResponse:
    """Where the reader begins in the navigation; signing in for a stranger."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return redirect("kernel:sign-in")
    phone = nav.items_for(actor, on_phone=True)
    shown = (phone if not actor.roles - {Role.ENTERPRISE, Role.GRID_OFFICER} else []) or (
        nav.items_for(actor)
    )
    first = nav.first_of(shown, actor)
    return redirect(first.url_name if first else "kernel:account")


@page()
def account(request: HttpRequest) -> HttpResponse:
    """The reader's own page: roles, tenants; POST changes the tenant of the session."""
    if request.method == "POST":
        wanted = request.POST.get("tenant", "")
        if wanted.isdigit() and int(wanted) in getattr(request, "tenant_ids", []):
            request.session[TENANT_KEY] = int(wanted)
        return HttpResponseSeeOther(reverse("kernel:home"))
    actor = actor_of(request)
    context = {
        "person": request.user,
        "role_lines": _role_lines(actor),
        "tenants": views_saved.tenants(request),
    }
    return render(request, "kernel/account.html", context)


def _role_lines(actor: Actor) -> list[tuple[str, str]]:
    """Each role held, and the unit or firm that it is held for."""
    units = directory.names_of(actor, "unit", (h.unit_id for h in actor.held if h.unit_id))
    firms = directory.names_of(
        actor, "enterprise", (h.enterprise_id for h in actor.held if h.enterprise_id)
    )
    return [
        (
            str(ROLE_LABELS[Role(held.role)]),
            units.get(held.unit_id or 0) or firms.get(held.enterprise_id or 0) or "",
        )
        for held in actor.held
    ]


@page()
def notices(request: HttpRequest) -> HttpResponse:
    """The notice centre, newest first; POST marks as read."""
    actor = actor_of(request)
    if request.method == "POST":
        notifications.mark_read(actor, now=timezone.now())
        return HttpResponseSeeOther(reverse("kernel:notifications"))
    found = paging.paginate(
        notifications.list_mine(actor), order=("-id",), cursor=request.GET.get("cursor", "")
    )
    rows = [{"row": row, "text": notifications.text_of(row)} for row in found]
    return render(request, "kernel/notices.html", {"page": found, "rows": rows})


@page()
def notice(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Open what a notice is about and mark it as read."""
    actor = actor_of(request)
    row = notifications.list_mine(actor).filter(id=notification_id).first()
    if row is None:
        return redirect("kernel:notifications")
    if row.read_at is None:
        notifications.mark_read(actor, now=timezone.now(), notification_id=row.pk)
    return redirect(row.url)


@page()
def file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    return files.respond(files.get(actor_of(request), public_id))


@page()
def find(request: HttpRequest) -> HttpResponse:
    """Search over every slice, as a page."""
    hits = search.ask(actor_of(request), request.GET.get("q", ""), limit=25)
    return render(
        request, "kernel/search.html", {"groups": _grouped(hits), "q": request.GET.get("q", "")}
    )


@page()
def palette(request: HttpRequest) -> HttpResponse:
    """The command palette's answer: records that match, for this reader."""
    hits = search.ask(actor_of(request), request.GET.get("q", ""))
    return render(request, "kernel/palette_results.html", {"groups": _grouped(hits)})


def _grouped(hits: list[search.Hit]) -> list[dict[str, object]]:
    groups: dict[str, list[dict[str, str]]] = {}
    for hit in hits:
        line = {"label": hit.title, "hint": hit.subtitle, "icon": hit.icon, "url": hit.url}
        groups.setdefault(str(hit.group), []).append(line)
    return [{"label": label, "items": items} for label, items in groups.items()]


@page(Role.AUDITOR, Role.ADMINISTRATOR)
def audit_page(request: HttpRequest) -> HttpResponse:
    """The chain of events: what was recorded, and on request whether it holds."""
    actor = actor_of(request)
    found = paging.paginate(
        audit.list_events(actor, topic=request.GET.get("q", "")),
        order=("-sequence",),
        cursor=request.GET.get("cursor", ""),
    )
    verdict = audit.verify(actor) if request.GET.get("verify") else None
    if verdict is not None and verdict.holds:
        messages.success(request, _("The chain holds."))
    context = {"page": found, "lines": trail.lines_of(actor, found.rows), "verdict": verdict}
    return render(request, "kernel/audit.html", context)
