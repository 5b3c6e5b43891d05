"""The list of jobs: filters in the address, pages by key, views that people keep, files."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel import exports, paging, saved, web
from qiying.kernel.access import Actor
from qiying.kernel.people import SHANGHAI
from qiying.kernel.web import actor_of, page
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import Job, labels
from qiying.slices.rescue.queries import leading
from qiying.slices.rescue.views.chief import shared, words
from qiying.slices.rescue.views.chief.shared import AT_LIST, Row

TABS: Mapping[str, Promise] = {
    "": _("All jobs"),
    "open": _("Not over yet"),
    "unanswered": _("Not answered"),
    "overnight": _("Night list"),
    "lost": _("Promise lost"),
    "confirm": _("To be confirmed"),
    "over": _("Over"),
}
FIELDS: Mapping[str, Promise] = {
    "tab": _("View"),
    "kind": _("Kind"),
    "urgency": _("Urgency"),
    "state": _("State"),
    "provider": _("Provider"),
    "class": _("Class of equipment"),
    "from": _("From"),
    "to": _("To"),
    "q": _("Search"),
    "measure": _("Figure"),
}
HITS: Mapping[str, bool] = {"1": True, "0": False}
LONG_AGO, FAR_OFF = date(2000, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says; what cannot be read is left aside."""

    tab: str = ""
    kind: str = ""
    urgency: str = ""
    state: str = ""
    provider: int = 0
    kind_code: str = ""
    start: date | None = None
    last: date | None = None
    q: str = ""
    measure: str = ""
    hit: bool | None = None
    enterprise: int = 0
    equipment: int = 0

    @property
    def is_narrowed(self) -> bool:
        return replace(self, tab="") != Asked()

    @property
    def given(self) -> dict[str, str]:
        """For the fields of the filter bar."""
        return {
            "kind": self.kind,
            "urgency": self.urgency,
            "state": self.state,
            "provider": str(self.provider or ""),
            "class": self.kind_code,
        }


def asked_of(request: HttpRequest) -> Asked:
    given = {k: plain(str(v)) for k, v in request.GET.items()}

    def one(name: str, known: Mapping[Any, Any]) -> str:
        value = given.get(name, "")
        return value if value in {str(k) for k in known} else ""

    return Asked(
        one("tab", TABS),
        one("kind", labels.KINDS),
        one("urgency", labels.URGENCIES),
        one("state", labels.STATES),
        _id(given.get("provider", "")),
        given.get("class", "")[:20],
        _day(given.get("from", "")),
        _day(given.get("to", "")),
        given.get("q", "").strip()[:60],
        one("measure", words.MEASURES),
        HITS.get(given.get("hit", "")),
        _id(given.get("enterprise", "")),
        _id(given.get("equipment", "")),
    )


def plain(text: str) -> str:
    """Without characters that nobody types and the database refuses."""
    return "".join(c for c in text if c.isprintable())


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if LONG_AGO <= found <= FAR_OFF else None


def jobs_of(actor: Actor, asked: Asked, *, now: datetime) -> QuerySet[Job]:
    """The visible jobs that the address leaves."""
    wanted = queries.JobFilter(
        tab=asked.tab or "all",
        kind=asked.kind,
        urgency=asked.urgency,
        state=asked.state,
        enterprise=asked.enterprise,
        equipment=asked.equipment,
        q=asked.q,
        start=asked.start,
        end=asked.last + timedelta(days=1) if asked.last else None,
    )
    rows = queries.list_jobs(actor, wanted, now=now)
    if asked.kind_code:
        rows = rows.filter(equipment__kind__code=asked.kind_code)
    if asked.provider:
        rows = leading.of_provider(rows, actor.tenant_id, asked.provider)
    if asked.measure:
        rows = leading.behind(rows, actor.tenant_id, asked.measure, hit=asked.hit, now=now)
    return rows


@page(*AT_LIST)
def list_page(request: HttpRequest) -> HttpResponse:
    """Every visible job: views, filters, pages, files."""
    actor, now = actor_of(request), timezone.now()
    is_whole = not web.is_part(request, "rows")
    if is_whole and not request.GET and (first := saved.first_of(actor, request.path)):
        return redirect(f"{request.path}?{first}")
    asked = asked_of(request)
    rows = jobs_of(actor, asked, now=now)
    if kind := exports.wanted(request):
        return exports.respond(_sheet(actor, asked, rows, now), kind)
    found = paging.paginate(rows, order=queries.ORDER, cursor=request.GET.get("cursor", ""))
    context: dict[str, Any] = {
        "page": found,
        "rows": _rows(actor, found.rows),
        "asked": asked,
        "is_night": asked.tab == "overnight",
        "now": now,
    }
    if web.is_part(request, "rows"):
        return render(request, "rescue/chief/parts/rows.html", context)
    context |= {
        "views": _tabs(request, actor, now),
        "selects": _selects(actor, asked),
        "behind": _behind(asked),
        "night_hour": queries.rule_in_force(actor).night_hour,
        "may_board": actor.has(*shared.AT_BOARD),
    }
    return render(request, "rescue/chief/list.html", context)


def _rows(actor: Actor, jobs: Any) -> list[Row]:
    names = queries.firm_names(actor, jobs)
    return [shared.row_of(job, names.get(job.enterprise_id, "")) for job in jobs]


def _tabs(request: HttpRequest, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    built_in = [(str(label), f"tab={key}" if key else "") for key, label in TABS.items()]
    tabs = saved.tabs(request, actor, built_in)
    counted = queries.tab_counts(actor, now=now)
    is_kept = any(t["active"] for t in tabs[len(built_in) :])
    here = request.GET.get("tab", "")
    for tab, name in zip(tabs, TABS, strict=False):
        tab["count"] = None if name in {"", "over"} else counted.get(name)
        tab["active"] = name == here and not is_kept
    return tabs


def _selects(actor: Actor, asked: Asked) -> list[dict[str, Any]]:
    providers = [(str(p.pk), p.name) for p in queries.list_providers(actor).order_by("pk")]
    shown: list[tuple[str, Any, list[tuple[str, Any]]]] = [
        ("kind", _("Any kind"), labels.choices(labels.KINDS)),
        ("urgency", _("Any urgency"), labels.choices(labels.URGENCIES)),
        ("state", _("Any state"), labels.choices(labels.STATES)),
        ("provider", _("Any provider"), providers),
        ("class", _("Any class"), [(c.code, c.name) for c in queries.classes(actor)]),
    ]
    given = asked.given
    return [
        {
            "name": name,
            "label": FIELDS[name],
            "anything": anything,
            "options": options,
            "chosen": given[name],
        }
        for name, anything, options in shown
    ]


def _behind(asked: Asked) -> str:
    """In words, which figure of the leader's page this list stands behind."""
    if not asked.measure:
        return ""
    name = str(words.MEASURES[asked.measure])
    if asked.hit is None:
        return gettext("%(figure)s: every job that is asked about") % {"figure": name}
    if asked.hit:
        return gettext("%(figure)s: the jobs that count") % {"figure": name}
    return gettext("%(figure)s: the jobs that do not") % {"figure": name}


# --- files ---

HEADINGS = (
    _("Number"),
    _("Kind"),
    _("Urgency"),
    _("Fault reported"),
    _("Firm"),
    _("Machine"),
    _("Status"),
    _("Told at"),
    _("Taken up at"),
    _("Answered at"),
    _("Answer due"),
    _("Arrived at"),
    _("Runs again at"),
    _("Promise lost"),
    _("Night plan"),
)


def _sheet(actor: Actor, asked: Asked, rows: QuerySet[Job], now: datetime) -> exports.Sheet:
    found = list(rows.order_by(*queries.ORDER)[: exports.MAX_ROWS])
    return exports.Sheet(
        title=gettext("Jobs of Industry 120"),
        headings=[str(h) for h in HEADINGS],
        rows=(_line(row) for row in _rows(actor, found)),
        filters=_said(actor, asked),
        made_by=actor.name,
        made_at=now,
    )


def _line(row: Row) -> list[Any]:
    job = row.job
    return [
        job.number,
        str(labels.KINDS[job.kind]),
        str(row.urgency),
        job.title,
        row.firm,
        row.machine,
        str(row.label),
        job.reported_at,
        job.acknowledged_at,
        job.answered_at,
        job.answer_due_at,
        job.arrived_at,
        job.running_at,
        gettext("yes") if job.promise_lost_at else gettext("no"),
        night_words(job),
    ]


def night_words(job: Job) -> str:
    """Who looks after it tonight and how the line runs; empty without a plan."""
    if not job.night_who:
        return ""
    until = job.night_until_at
    told = f" {until.astimezone(SHANGHAI):%m-%d %H:%M}" if until else ""
    return f"{job.night_who}{told} {job.night_text}".strip()


def _said(actor: Actor, asked: Asked) -> list[tuple[str, str]]:
    providers = {p.pk: p.name for p in queries.list_providers(actor)} if asked.provider else {}
    found = {
        "tab": str(TABS[asked.tab]) if asked.tab else "",
        "kind": _word(labels.KINDS, asked.kind),
        "urgency": _word(labels.URGENCIES, asked.urgency),
        "state": _word(labels.STATES, asked.state),
        "provider": providers.get(asked.provider, ""),
        "class": asked.kind_code,
        "from": asked.start.isoformat() if asked.start else "",
        "to": asked.last.isoformat() if asked.last else "",
        "q": asked.q,
        "measure": _behind(asked),
    }
    return [(str(FIELDS[name]), value) for name, value in found.items() if value]


def _word(known: Mapping[Any, Any], code: str) -> str:
    return str(known[code]) if code else ""
