"""The shapes of the pages here: a list, a record with its steps, a form."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel import exports, posting, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid, NotFound, Refused
from qiying.kernel.web import actor_of, submit_once
from qiying.slices.calls import public as calls
from qiying.slices.channels.rules.tables import AT_DESK, READERS
from qiying.slices.registry import public as registry

Word = Promise | str
ROOMS: tuple[tuple[Word, str, tuple[str, ...]], ...] = (
    (_("Overview"), "channels:home", READERS),
    (_("By telephone"), "channels:phone", (Role.DESK,)),
    (_("12345 orders"), "channels:orders", READERS),
    (_("Referrals"), "channels:referrals", READERS),
    (_("Mails"), "channels:mails", AT_DESK),
    (_("Files"), "channels:batches", (Role.DESK, Role.SUPERVISOR)),
    (_("Found by us"), "channels:signals", READERS),
    (_("Handed on"), "channels:forwards", READERS),
    (_("Stuck"), "channels:stuck", (*AT_DESK, Role.ADMINISTRATOR)),
    (_("Connections"), "channels:endpoints", (Role.ADMINISTRATOR,)),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a list: words with a link, a mark, a moment, a countdown or a number."""

    text: Any = ""
    url: str = ""
    css: str = ""
    tone: str = ""
    kind: str = "text"
    """text, mark, moment, day, countdown or number"""
    small: Any = ""


def title(text: Any, url: str, small: Any = "") -> Cell:
    return Cell(text, url, "at-title", small=small)


def mark(tone: str, label: Any) -> Cell:
    return Cell(label, css="at-mark", tone=tone, kind="mark")


def moment(at: datetime | None) -> Cell:
    return Cell(at, css="num", kind="moment")


@dataclass(frozen=True, slots=True)
class Button:
    label: Word
    url: str
    icon: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Nothing:
    """What a list says that is empty."""

    icon: str
    title: Word
    text: Word = ""


def rooms(actor: Actor, here: str) -> list[dict[str, Any]]:
    """The pages of this slice that this reader may open."""
    return [
        {"label": label, "url": reverse(name), "active": name == here}
        for label, name, roles in ROOMS
        if actor.has(*roles)
    ]


def listing(
    request: HttpRequest,
    *,
    here: str,
    heading: Word,
    lead: Word,
    heads: Sequence[Word],
    rows: Iterable[Sequence[Cell]],
    page: Any,
    nothing: Nothing,
    tabs: Sequence[tuple[Word, str, int | None]] = (),
    buttons: Sequence[Button] = (),
    search: Word = "",
    **more: Any,
) -> HttpResponse:
    """A page with one list; ``tabs`` are label, code of ``?tab=``, count."""
    actor, tab = actor_of(request), request.GET.get("tab", "")
    context = {
        "heading_text": heading,
        "lead_text": lead,
        "rooms": rooms(actor, here),
        "heads": heads,
        "rows": list(rows),
        "page": page,
        "nothing": nothing,
        "tabs": [
            {"label": label, "url": f"?tab={code}", "count": count, "active": code == tab}
            for label, code, count in tabs
        ],
        "buttons": buttons,
        "search": search,
        "is_filtered": bool(request.GET.get("q") or tab),
        **more,
    }
    return render(request, "channels/list.html", context)


@dataclass(frozen=True, slots=True)
class Deed:
    """A step that can be taken on a record: its form and what it does."""

    name: str
    label: Word
    run: Callable[[dict[str, Any]], object]
    make: Callable[..., Form]
    tone: str = ""
    hint: Word = ""
    icon: str = "check"
    blocked: Word = ""
    """Why it cannot be taken now."""


@dataclass(slots=True)
class Record:
    """What a record's page shows; facts and texts that are empty are left out."""

    here: str
    heading: str
    crumb: tuple[Word, str]
    marks: Sequence[tuple[str, Word]] = ()
    facts: Sequence[tuple[Any, ...]] = ()
    texts: Sequence[tuple[Word, str]] = ()
    lines: Sequence[Mapping[str, Any]] = ()
    limits: Sequence[Mapping[str, Any]] = ()
    links: Sequence[Mapping[str, Any]] = ()
    links_title: Word = ""
    files: Sequence[Any] = ()
    deeds: Sequence[Deed] = ()
    notes: Sequence[tuple[str, Word]] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


def record(request: HttpRequest, make: Callable[[], Record], *, back: str) -> HttpResponse:
    """A record's page; on POST the deed that it names, once, then the page again."""
    actor = actor_of(request)
    if request.method != "POST":
        return _draw(request, make(), None, None)
    with tenancy.reading(actor):
        found = make()
    deed = next((d for d in found.deeds if d.name == request.POST.get("do")), None)
    if deed is None:
        raise NotFound("not_found")
    form, chosen = deed.make(request.POST, request.FILES), deed

    def work() -> str:
        answer = chosen.run(form.cleaned_data)
        messages.success(request, gettext("Done: %(what)s.") % {"what": chosen.label})
        return answer if isinstance(answer, str) else back

    status = 422
    if form.is_valid():
        try:
            return submit_once(request, work)
        except (Invalid, Refused) as problem:
            posting.explain(form, problem)
            status = problem.status
    with tenancy.reading(actor):
        return _draw(request, make(), deed.name, form, status=status)


def _draw(
    request: HttpRequest, found: Record, tried: str | None, form: Form | None, *, status: int = 200
) -> HttpResponse:
    deeds = [
        {"deed": d, "form": form if d.name == tried else d.make(), "is_open": d.name == tried}
        for d in found.deeds
    ]
    facts = [fact for fact in found.facts if fact[1] not in (None, "")]
    texts = [text for text in found.texts if text[1]]
    context = {
        "found": replace(found, facts=facts, texts=texts),
        "deeds": deeds,
        "rooms": rooms(actor_of(request), found.here),
        **found.more,
    }
    return render(request, "channels/record.html", context, status=status)


def edit(
    request: HttpRequest,
    form: Form,
    work: Callable[[], str],
    *,
    here: str,
    heading: Word,
    lead: Word = "",
    back: str,
    submit: Word,
    template: str = "channels/form.html",
    **more: Any,
) -> HttpResponse:
    """A page with one form; ``work`` writes and returns the address to go to."""
    actor, status = actor_of(request), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return submit_once(request, work)
            except (Invalid, Refused) as problem:
                posting.explain(form, problem)
                status = problem.status
    context = {
        "form": form,
        "heading_text": heading,
        "lead_text": lead,
        "back": back,
        "submit": submit,
        "rooms": rooms(actor, here),
        **more,
    }
    with tenancy.reading(actor):
        return render(request, template, context, status=status)


def firm_named(actor: Actor, text: str) -> registry.EnterpriseCard | None:
    """The one firm that somebody named; Invalid when there is none or several."""
    words = text.strip()
    if not words:
        return None
    with tenancy.reading(actor):
        found = registry.search_enterprises(actor, words, 6)
    exact = [f for f in found if words in {f.name_zh, f.name_en, f.credit_code}]
    found = exact or found
    if len(found) != 1:
        code = "channels.firm_not_found" if not found else "channels.firms_found"
        raise Invalid("input.invalid", {"firm": code})
    return found[0]


def given_of(actor: Actor, data: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a call from a form of intake."""
    firm = firm_named(actor, data.get("firm", ""))
    given = {name: data[name] for name in ("address", "contact_name", "contact_phone")}
    if firm is not None:
        given |= {"firm": firm, "enterprise_id": firm.id}
    return {**given, "title": data["title"], "text": data["text"]}


def yes_no(value: bool | None) -> Word | None:  # noqa: FBT001  a column of a record
    """The word for a column that may be unknown."""
    return None if value is None else (_("yes") if value else _("no"))


def at_words(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""


def of_call(card: calls.CallCard) -> list[tuple[Any, ...]]:
    """The facts of a record about the call that it stands beside."""
    url = reverse("calls:case", args=[card.public_id])
    return [
        (_("Request"), f"{card.number} {card.title}", url),
        (_("State of the call"), card.state_label),
    ]


def sheet(
    actor: Actor,
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Any]],
    said: Sequence[tuple[str, str]] = (),
) -> exports.Sheet:
    """A table to write, made by the reader now; ``said`` is what it was chosen by."""
    return exports.Sheet(title, headings, rows, said, actor.name, timezone.now())
