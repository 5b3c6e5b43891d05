"""Signing in and out: password, code to the phone, identity provider, and the second proof."""

from typing import Any

from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from qiying.kernel import problems, second_factor, sign_in_oidc, signin
from qiying.kernel.errors import Denied, Problem
from qiying.kernel.forms import CodeForm, PasswordForm, PhoneForm, SecondCodeForm
from qiying.kernel.models import User
from qiying.kernel.people import actors_of
from qiying.kernel.web import HttpResponseSeeOther, page

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
PENDING, CAME_BY = "qy_pending", "qy_oidc_by"
PENDING_SECONDS = 600
Came = dict[str, Any]


def _next(request: HttpRequest) -> str:
    return safe_next(request, request.POST.get("next") or request.GET.get("next") or "")


def safe_next(request: HttpRequest, address: str) -> str:
    """An address of ours, or home."""
    is_ours = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else reverse("kernel:home")


# --- the first proof ---


def enter(
    request: HttpRequest,
    person: User,
    *,
    next_address: str,
    came: Came | None = None,
    is_strong: bool = False,
) -> HttpResponse:
    """Open the session, or ask for the second proof first.

    A person without a grant in force has nowhere to go. ``is_strong``: the provider that vouched
    asked for a second factor itself.
    """
    actors = actors_of(person, now=timezone.now())
    if not actors:
        return sign_in_page(request, problem="signin.no_grant", status=403)
    has_factor = second_factor.find(person) is not None
    if not is_strong and (has_factor or second_factor.is_needed(actors)):
        request.session.cycle_key()
        request.session[PENDING] = {
            "person": person.pk,
            "next": next_address,
            "came": came,
            "until": timezone.now().timestamp() + PENDING_SECONDS,
        }
        return HttpResponseSeeOther(reverse("kernel:second"))
    _open(request, person, came=came, is_strong=is_strong)
    return HttpResponseSeeOther(next_address)


def _open(request: HttpRequest, person: User, *, came: Came | None, is_strong: bool) -> None:
    login(request, person, backend=MODEL_BACKEND)
    request.session.pop(PENDING, None)
    request.session[second_factor.SESSION] = "done" if is_strong else "free"
    if came:
        request.session[CAME_BY] = came


def sign_in_page(
    request: HttpRequest, *, problem: str = "", status: int = 200, way: str = "password"
) -> HttpResponse:
    """The page where everybody begins, with what went wrong."""
    context = {
        "form": PasswordForm(),
        "phone_form": PhoneForm(initial={"phone": request.POST.get("phone", "")}),
        "code_form": CodeForm(initial={"phone": request.POST.get("phone", "")}),
        "way": way,
        "next": _next(request),
        "sentence": problems.sentence(problem) if problem else "",
        "accounts": signin.shown_accounts(),
        "doors": sign_in_oidc.doors(),
    }
    return render(request, "kernel/sign_in.html", context, status=status)


@page(anyone=True)
def sign_in(request: HttpRequest) -> HttpResponse:
    """By user name (or mobile number) and password."""
    if getattr(request, "is_second_due", False) and isinstance(request.user, User):
        return enter(request, request.user, next_address=_next(request))
    if request.method != "POST":
        return sign_in_page(request, way=request.GET.get("way", "password"))
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return sign_in_page(request, problem="signin.failed", status=422)
    try:
        person = signin.by_password(
            request, form.cleaned_data["username"], form.cleaned_data["password"]
        )
    except Problem as problem:
        return sign_in_page(request, problem=problem.code, status=problem.status)
    return enter(request, person, next_address=_next(request))


@page(anyone=True)
@require_POST
def send_code(request: HttpRequest) -> HttpResponse:
    """Send a one-time code and ask for it."""
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return sign_in_page(request, problem="signin.phone", status=422, way="phone")
    try:
        signin.send_code(form.cleaned_data["phone"], now=timezone.now())
    except Problem as problem:
        return sign_in_page(request, problem=problem.code, status=problem.status, way="phone")
    return sign_in_page(request, way="code")


@page(anyone=True)
@require_POST
def enter_code(request: HttpRequest) -> HttpResponse:
    """Sign in with the code."""
    form = CodeForm(request.POST)
    if not form.is_valid():
        return sign_in_page(request, problem="signin.code", status=422, way="code")
    try:
        person = signin.by_code(
            form.cleaned_data["phone"], form.cleaned_data["code"], now=timezone.now()
        )
    except Problem as problem:
        return sign_in_page(request, problem=problem.code, status=problem.status, way="code")
    return enter(request, person, next_address=_next(request))


# --- the second proof ---


def _pending(request: HttpRequest) -> tuple[User, dict[str, Any]]:
    """Who gave the first proof a short while ago in this browser."""
    kept = request.session.get(PENDING)
    if not isinstance(kept, dict) or kept["until"] < timezone.now().timestamp():
        raise Denied("second.expired")
    person = User.objects.filter(id=kept["person"], is_active=True).first()
    if person is None:
        raise Denied("second.expired")
    return person, kept


@page(anyone=True)
@never_cache
def second(request: HttpRequest) -> HttpResponse:
    """Ask for a code; the first time, set the authenticator up."""
    try:
        person, kept = _pending(request)
    except Problem as problem:
        if request.method != "POST":
            return redirect("kernel:sign-in")
        return sign_in_page(request, problem=problem.code, status=problem.status)
    is_new = second_factor.find(person) is None
    if request.method != "POST":
        return _second_page(request, person, is_new=is_new)
    code = request.POST.get("code", "")
    try:
        if is_new:
            return _set_up(request, person, kept, code)
        second_factor.verify(person, code, now=timezone.now())
    except Problem as problem:
        return _second_page(request, person, is_new=is_new, problem=problem)
    _open(request, person, came=kept["came"], is_strong=True)
    return HttpResponseSeeOther(kept["next"])


def _second_page(
    request: HttpRequest, person: User, *, is_new: bool, problem: Problem | None = None
) -> HttpResponse:
    context = {
        "form": SecondCodeForm(),
        "enrolment": second_factor.begin(person, now=timezone.now()) if is_new else None,
        "sentence": problems.explain(problem) if problem else "",
    }
    status = problem.status if problem else 200
    response = render(request, "kernel/second.html", context, status=status)
    if problem is not None and problem.status == 429:
        response["Retry-After"] = str(int(second_factor.LOCKED_FOR.total_seconds()))
    return response


def _set_up(request: HttpRequest, person: User, kept: dict[str, Any], code: str) -> HttpResponse:
    """The first code: the factor counts from now on, and the spare codes are shown this once."""
    now = timezone.now()
    spares = second_factor.confirm(person, code, now=now)
    for actor in actors_of(person, now=now)[:1]:
        second_factor.note_confirmed(actor, person, now=now)
    _open(request, person, came=kept["came"], is_strong=True)
    context = {"spares": spares, "next": kept["next"]}
    return render(request, "kernel/second_spares.html", context)


# --- leaving ---


@page()
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session here; who came by a provider is offered to end the one there too."""
    came = request.session.get(CAME_BY)
    logout(request)
    back = request.build_absolute_uri(reverse("kernel:sign-in"))
    leave = sign_in_oidc.leave_address(came, back=back) if came else ""
    if leave:
        return render(request, "kernel/signed_out.html", {"leave": leave, "actor": None})
    return HttpResponseSeeOther(reverse("kernel:sign-in"))
