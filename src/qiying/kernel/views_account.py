"""What people set for themselves: second factor, linked identities, calendar; and what
administrators see of it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from qiying.kernel import (
    ical,
    paging,
    people,
    problems,
    second_factor,
    sign_in_oidc,
    tenancy,
    views_sign_in,
)
from qiying.kernel.access import STAFF, Actor, Role
from qiying.kernel.errors import Invalid, Problem
from qiying.kernel.forms import InviteForm, SecondCodeForm
from qiying.kernel.models import IdentityProvider, SecondFactor, User
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page

# --- identity providers ---


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("kernel:oidc-back"))


@page(anyone=True)
@never_cache
def oidc_start(request: HttpRequest, provider_id: int) -> HttpResponse:
    """Send the browser to the provider; a link, because a form may not lead to other sites."""
    address = views_sign_in.safe_next(request, request.GET.get("next", ""))
    try:
        provider = sign_in_oidc.find_provider(provider_id)
        target = sign_in_oidc.start(
            request.session,
            provider,
            back=_back(request),
            now=timezone.now(),
            next_address=address,
        )
    except Problem as problem:
        return views_sign_in.sign_in_page(request, problem=problem.code, status=problem.status)
    return redirect(target)


@page(anyone=True)
@never_cache
def oidc_back(request: HttpRequest) -> HttpResponse:
    """What the browser brings back from the provider."""
    if request.method != "GET":
        return HttpResponse(status=405)
    answer = {name: request.GET.get(name, "") for name in ("state", "code", "error", "iss")}
    person_id = request.user.pk if isinstance(request.user, User) else None
    try:
        came = sign_in_oidc.finish(
            request.session, answer, person_id=person_id, now=timezone.now()
        )
    except Problem as problem:
        return views_sign_in.sign_in_page(request, problem=problem.code, status=problem.status)
    return views_sign_in.enter(
        request,
        came.person,
        next_address=came.next or reverse("kernel:home"),
        came={"provider": came.provider.pk, "hint": came.id_token},
        is_strong=came.has_second_factor,
    )


@page()
@require_POST
def oidc_link(request: HttpRequest, provider_id: int) -> HttpResponse:
    """Begin to link: a page with the way to the provider, so that no other site can begin it."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        provider = (
            sign_in_oidc.list_providers(actor).filter(id=provider_id, is_active=True).first()
        )
    if provider is None or not isinstance(request.user, User):
        raise Http404
    target = sign_in_oidc.start(
        request.session,
        provider,
        back=_back(request),
        now=timezone.now(),
        next_address=reverse("kernel:security"),
        link_person_id=request.user.pk,
    )
    return _leave_page(request, provider, target, request.user)


@page(anyone=True)
@never_cache
def oidc_invited(request: HttpRequest, secret: str) -> HttpResponse:
    """An invitation: whose account it is, and the way to the provider."""
    now = timezone.now()
    try:
        row = sign_in_oidc.find_invitation(secret, now=now)
        provider = sign_in_oidc.find_provider(row.provider_id)
        target = sign_in_oidc.start(
            request.session, provider, back=_back(request), now=now, invitation=secret
        )
    except Problem as problem:
        return views_sign_in.sign_in_page(request, problem=problem.code, status=problem.status)
    return _leave_page(request, provider, target, User.objects.get(id=row.person_id))


def _leave_page(
    request: HttpRequest, provider: IdentityProvider, target: str, person: User
) -> HttpResponse:
    who = {_("Name"): person.name, _("User name"): person.username}
    context = {"name": sign_in_oidc.name_of(provider), "target": target, "who": who}
    return render(request, "kernel/link_identity.html", context)


@page()
@require_POST
def oidc_unlink(request: HttpRequest, link_id: int) -> HttpResponse:
    """End a link: one's own here, anybody's on the administrator's page."""
    sign_in_oidc.unlink(actor_of(request), link_id, now=timezone.now())
    messages.success(request, _("The identity was unlinked."))
    place = "kernel:identities" if request.POST.get("from") == "system" else "kernel:security"
    return HttpResponseSeeOther(reverse(place))


# --- the own corner ---


@page()
@never_cache
def security(request: HttpRequest) -> HttpResponse:
    """How one signs in: second factor and linked identities."""
    return _security_page(request)


def _security_page(
    request: HttpRequest, *, spares: list[str] | None = None, problem: Problem | None = None
) -> HttpResponse:
    actor, person = actor_of(request), _person(request)
    factor = second_factor.find(person)
    with tenancy.reading(actor):
        links = sign_in_oidc.links_of(actor, person.pk)
        providers = list(sign_in_oidc.list_providers(actor).filter(is_active=True))
    linked = {link.provider_id for link in links}
    is_beginning = factor is None and (request.GET.get("set") == "1" or problem is not None)
    context = {
        "factor": factor,
        "spares_left": second_factor.spares_left(person) if factor else 0,
        "is_needed": second_factor.is_needed([actor]),
        "is_advised": bool(actor.roles & STAFF),
        "enrolment": second_factor.begin(person, now=timezone.now()) if is_beginning else None,
        "form": SecondCodeForm(),
        "spares": spares,
        "sentence": problems.explain(problem) if problem else "",
        "links": [{"row": row, "name": sign_in_oidc.name_of(row.provider)} for row in links],
        "providers": [
            {"row": row, "name": sign_in_oidc.name_of(row)}
            for row in providers
            if row.pk not in linked
        ],
    }
    status = problem.status if problem else 200
    return render(request, "kernel/security.html", context, status=status)


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Invalid("access.sign_in")
    return request.user


@page()
@require_POST
@never_cache
def second_set(request: HttpRequest, what: str) -> HttpResponse:
    """``confirm`` the authenticator, ``renew`` the spare codes, or ``end`` the factor."""
    actor, person, now = actor_of(request), _person(request), timezone.now()
    code = request.POST.get("code", "")
    try:
        if what == "confirm":
            spares = second_factor.confirm(person, code, now=now)
            second_factor.note_confirmed(actor, person, now=now)
            request.session[second_factor.SESSION] = "done"
            return _security_page(request, spares=spares)
        if what == "renew":
            spares = second_factor.renew_spares(person, code, now=now)
            return _security_page(request, spares=spares)
        if what == "end":
            second_factor.give_up(actor, person, code, now=now)
            messages.success(request, _("The second factor was ended."))
            return HttpResponseSeeOther(reverse("kernel:security"))
    except Problem as problem:
        return _security_page(request, problem=problem)
    raise Http404


@page()
@never_cache
def calendar(request: HttpRequest) -> HttpResponse:
    """The secret address of one's deadlines; POST makes a new one or ends it."""
    actor, now = actor_of(request), timezone.now()
    address = ""
    if request.method == "POST" and request.POST.get("do") == "end":
        ical.close_feed(actor, now=now)
        messages.success(request, _("The address opens nothing any more."))
        return HttpResponseSeeOther(reverse("kernel:calendar"))
    if request.method == "POST":
        secret = ical.open_feed(actor, now=now)
        address = request.build_absolute_uri(reverse("kernel:calendar-feed", args=[secret]))
    with tenancy.reading(actor):
        entries = ical.entries_of(actor, now=now)
        feed = ical.feed_of(actor)
    context = {"feed": feed, "address": address, "entries": entries[:20], "count": len(entries)}
    return render(request, "kernel/calendar.html", context)


@page(anyone=True)
@never_cache
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar behind a secret address; ``?as=todo`` gives tasks instead of entries."""
    body = ical.calendar_of(secret, now=timezone.now(), as_tasks=request.GET.get("as") == "todo")
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="qiying.ics"'
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


# --- what administrators see ---


@page(Role.ADMINISTRATOR)
def identities(request: HttpRequest) -> HttpResponse:
    """Providers, who has a second factor, who is linked; POST invites."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        providers: list[dict[str, Any]] = [
            {"row": row, "name": sign_in_oidc.name_of(row)}
            for row in sign_in_oidc.list_providers(actor)
        ]
    choices = [(p["row"].pk, p["name"]) for p in providers if p["row"].is_active]
    form = InviteForm(request.POST or None)
    form.fields["provider"].choices = choices  # type: ignore[attr-defined]
    invitation = _invite(request, actor, form) if request.method == "POST" else ""
    with tenancy.reading(actor):
        context = {**_staff(request, actor), "providers": providers}
    context |= {"form": form, "has_choices": bool(choices), "invitation": invitation}
    status = 422 if form.errors else 200
    return render(request, "kernel/identities.html", context, status=status)


def _invite(request: HttpRequest, actor: Actor, form: InviteForm) -> str:
    """The address to hand to the person; "" with the faults in the form."""
    if not form.is_valid():
        return ""
    name = form.cleaned_data["username"]
    person = User.objects.filter(username=name, is_active=True).first()
    try:
        if person is None:
            raise Invalid("people.unknown", name=name)
        _row, secret = sign_in_oidc.invite(
            actor, form.cleaned_data["provider"], person.pk, now=timezone.now()
        )
    except Problem as problem:
        form.add_error("username", problems.explain(problem))
        return ""
    return request.build_absolute_uri(reverse("kernel:oidc-invited", args=[secret]))


def _staff(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """One page of the people with a role today, with the ways by which they sign in."""
    grants = people.list_grants(actor, on=timezone.localdate())
    rows = User.objects.filter(id__in=grants.order_by().values("person_id"))
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(name__icontains=text)
    found = paging.paginate(rows, order=("id",), cursor=request.GET.get("cursor", ""))
    ids = [row.pk for row in found]
    factors = SecondFactor.objects.filter(person_id__in=ids, confirmed_at__isnull=False)
    confirmed = dict(factors.values_list("person_id", "confirmed_at"))
    links: dict[int, list[dict[str, Any]]] = {}
    for link in sign_in_oidc.list_links(actor).filter(person_id__in=ids).order_by("id"):
        line = {"row": link, "name": sign_in_oidc.name_of(link.provider)}
        links.setdefault(link.person_id, []).append(line)
    lines = [
        {"person": row, "since": confirmed.get(row.pk), "links": links.get(row.pk, [])}
        for row in found
    ]
    return {"page": found, "lines": lines}


@page(Role.ADMINISTRATOR)
@require_POST
def second_reset(request: HttpRequest, person_id: int) -> HttpResponse:
    """Let somebody begin anew whose telephone is gone."""
    second_factor.reset(actor_of(request), person_id, now=timezone.now())
    messages.success(request, _("The second factor was reset; the person sets up a new one."))
    return HttpResponseSeeOther(reverse("kernel:identities"))
