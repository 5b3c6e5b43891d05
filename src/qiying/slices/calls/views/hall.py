"""Screens that hang on a wall: live calls for the desk's room, the screen of the hall for visitors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel import charts, nav
from qiying.kernel.access import Role
from qiying.kernel.charts import Bar, Series
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import queries
from qiying.slices.calls.queries import Figure, desk
from qiying.slices.calls.queries.hall import LIGHTS, Hall, Told, hall
from qiying.slices.calls.views import hall_map, staff
from qiying.slices.calls.views.board import AGE_LABELS

AT_HALL = (Role.DESK, Role.SUPERVISOR, Role.ZONE_LEADER, Role.ANALYST)
AT_WALL = (*AT_HALL, Role.CALLBACK, Role.HANDLER, Role.UNIT_LEADER)
MOST_URGENT = 14
FEW = 5
"""Where fewer rounds were due the line is left open: it would say nothing."""
WALL_LAYERS = ("planned", "township", "wall")

TOLD: Mapping[str, tuple[Promise, str]] = {
    "calls.received": (_("a firm called"), "new"),
    "calls.accepted": (_("accepted"), "way"),
    "calls.dispatched": (_("dispatched to a unit"), "sent"),
    "calls.signed": (_("signed for, work begins"), "way"),
    "calls.contacted": (_("the unit rang the firm"), "way"),
    "calls.answered": (_("answered by the unit"), "check"),
    "calls.review_passed": (_("answer passed review"), "check"),
    "calls.closed": (_("closed after call-back"), "done"),
}
STAGE_LABELS: Mapping[str, Promise] = {
    "accept": _("To accept"),
    "dispatch": _("To dispatch"),
    "work": _("Being handled"),
    "plan": _("By milestone or paused"),
    "review": _("In review"),
    "callback": _("To call back"),
}


# --- the hall ---


@dataclass(frozen=True, slots=True)
class Big:
    """A large figure with what it was counted from."""

    key: str
    label: Promise | str
    note: Promise | str
    share: float | None
    low: float
    high: float
    numerator: float
    denominator: int
    is_enough: bool

    @property
    def percent(self) -> str:
        return "—" if self.share is None else f"{self.share * 100:.1f}"


@dataclass(frozen=True, slots=True)
class TickerLine:
    at: datetime
    matter: str
    place: str
    what: Promise | str
    tone: str


@page(*AT_HALL)
def hall_page(request: HttpRequest) -> HttpResponse:
    """大屏: honest figures, a coarse map, what happens now; nothing that names anybody."""
    actor, now = actor_of(request), timezone.now()
    found = hall(actor, now=now)
    names = staff.matter_names(actor, now)
    towns = {c.code: c.name for c in queries.unit_cards(actor).values()}
    last_day = found.end - timedelta(days=1)
    context = {
        "hall": found,
        "now": now,
        "period": (found.start, last_day),
        "figures": _figures(found),
        "gap": _gap(found),
        "map": hall_map.draw(actor, found.cells, on=queries.local_day(now)),
        "trend": _trend(found),
        "wanted": _wanted(found, names),
        "ages": _ages(found),
        "stages": _stages(found),
        "ticker": [_line(t, names, towns) for t in found.told],
        "lights": [(c, staff.LIGHT_LABELS[c], n) for c, n in found.lights.items()],
    }
    return render(request, "calls/speed/hall.html", context)


def _figures(found: Hall) -> list[Big]:
    months, recent = found.settled, found.recent
    return [
        _big("declared", _("Declared closed"), _("closed in the books"), months["declared"]),
        _big(
            "verified",
            _("Verified closed"),
            _("the firm said so at call-back and did not have to return"),
            months["verified"],
        ),
        _big(
            "responded",
            _("First contact in time"),
            _("the unit spoke to the firm within its time; last 30 days"),
            recent["responded"],
        ),
        _big(
            "satisfied",
            _("Satisfied share"),
            _("of those who rated; who did not rate counts neither way"),
            months["satisfied"],
        ),
    ]


def _big(key: str, label: Promise, note: Promise, figure: Figure) -> Big:
    low, high = figure.interval if figure.denominator else (0.0, 0.0)
    return Big(
        key,
        label,
        note,
        figure.share,
        low * 100,
        high * 100,
        figure.numerator,
        figure.denominator,
        figure.is_ranked,
    )


def _gap(found: Hall) -> float | None:
    """How many points lie between what was declared and what was verified."""
    declared, verified = found.settled["declared"].share, found.settled["verified"].share
    return None if declared is None or verified is None else (declared - verified) * 100


def _trend(found: Hall) -> Any:
    names = [_month_name(m.start) for m in found.months]

    def values(name: str) -> list[float | None]:
        figures = [m.figures[name] for m in found.months]
        return [_share_until(figures[max(0, i - 2) : i + 1]) for i in range(len(figures))]

    lines = [
        Series(gettext("Verified closed"), values("verified"), kind="area", colour=2),
        Series(gettext("Declared closed"), values("declared"), kind="line", colour=1),
    ]
    shown = [v for line in lines for v in line.values if v is not None]
    low = max(0, min(90, int(float(min(shown, default=50)) // 10 * 10)))
    drawn = charts.chart(
        names, lines, title=gettext("Closure by month"), unit="%", height=460, low=low, high=100
    )
    return drawn + charts.legend([(line.name, line.colour) for line in lines])


def _share_until(figures: Sequence[Figure]) -> float | None:
    """The share of up to three months in percent, so that one call makes no canyon."""
    denominator = sum(f.denominator for f in figures)
    if denominator < FEW:
        return None
    return round(100 * sum(f.numerator for f in figures) / denominator, 1)


def _month_name(day: date) -> str:
    return f"{day:%y-%m}"


def _wanted(found: Hall, names: Mapping[str, str]) -> Any:
    bars = [Bar(names.get(code, code), n) for code, n in found.matters]
    return charts.hbar(bars, title=gettext("What firms called about")) if bars else ""


def _ages(found: Hall) -> Any:
    names = [str(AGE_LABELS[key]) for key, _n in found.ages]
    series = [Series(gettext("Open calls"), [n for _key, n in found.ages], colour=1)]
    return charts.chart(names, series, title=gettext("Open calls by age"), height=460)


def _stages(found: Hall) -> list[tuple[Promise, int, int]]:
    most = max((n for _name, n in found.stages), default=0) or 1
    return [(STAGE_LABELS[name], n, round(n * 100 / most)) for name, n in found.stages]


def _line(told: Told, names: Mapping[str, str], towns: Mapping[str, str]) -> TickerLine:
    what, tone = TOLD[told.topic]
    return TickerLine(
        told.at,
        names.get(told.matter_code, told.matter_code),
        towns.get(told.township_code, ""),
        what,
        tone,
    )


# --- the wall ---


@page(*AT_WALL)
def wall(request: HttpRequest) -> HttpResponse:
    """Live calls on the map, the most urgent ones beside it; for the room of the desk."""
    actor, now = actor_of(request), timezone.now()
    lights = desk.light_counts(actor, now=now)
    urgent = queries.list_calls(actor, queries.Filters(tab="open"), now=now)
    rows = staff.rows_of(actor, urgent.order_by(*queries.DUE_ORDER)[:MOST_URGENT], now=now)
    context = {
        "lights": [(c, staff.LIGHT_LABELS[c], lights[c]) for c in LIGHTS],
        "total": sum(lights[c] for c in LIGHTS),
        "rows": rows,
        "layers": [*_ground(), {"url": reverse("calls:layer"), "kind": "call", "label": ""}],
    }
    return render(request, "calls/speed/wall.html", context)


def _ground() -> list[dict[str, Any]]:
    return [
        {
            "url": reverse("map:layer", args=[kind]),
            "kind": kind,
            "label": "",
            "fit": kind != "township",
        }
        for kind in WALL_LAYERS
    ]


def register_screens() -> None:
    """Hang the screens into navigation and palette; called once at start-up."""
    nav.command(_("Wall of live calls"), "map", "calls:wall", AT_WALL)
    nav.item("analysis", _("Hall screen"), "calls:hall", "monitor", AT_HALL, order=14)
