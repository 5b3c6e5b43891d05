"""The auditor's page: the rates of a month with their intervals, and what gaming would do."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext

from qiying.engines.rates import COMPOSITE, MEASURES, SOURCES, Sheet
from qiying.engines.rates.gaming import HELD_BY, Effect
from qiying.kernel import exports, printing
from qiying.kernel.access import Actor
from qiying.kernel.language import is_chinese
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import (
    CAUSE_LABELS,
    EXTENSION_HELD,
    FINDING_LABELS,
    GRADE_OF_SOURCE,
    RATE_LABELS,
    RULE_LABELS,
    STRATEGY_LABELS,
    STRATEGY_TEXTS,
)
from qiying.slices.calls.queries import EXPLAINED, Moved, RoundFilters
from qiying.slices.calls.queries import rates as counted
from qiying.slices.calls.queries.units import next_month
from qiying.slices.calls.views import rate_cells as cells
from qiying.slices.calls.views.staff import AT_RATES
from qiying.slices.registry import public as registry

MONTHS_BACK = 24
INTENSITIES = (25, 50, 100)
HELD_LABELS = RULE_LABELS | {"extension_moves_period": EXTENSION_HELD}
"""What stops each way of gaming, in words."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: a month, a unit's code or "", an intensity in percent."""

    start: date
    unit: str
    intensity: int

    @property
    def end(self) -> date:
        return next_month(self.start)

    @property
    def month(self) -> str:
        return f"{self.start:%Y-%m}"

    @property
    def whole(self) -> str:
        """The same month without a unit."""
        return self.query(unit="")

    def query(self, **changes: str | int) -> str:
        said: dict[str, str | int] = {
            "month": self.month,
            "unit": self.unit,
            "intensity": self.intensity,
        }
        return f"?{urlencode({k: v for k, v in (said | changes).items() if v})}"


@page(*AT_RATES)
def rates(request: HttpRequest) -> HttpResponse:
    """Rates by measure and by unit, what the guards found, the rules, the simulator."""
    actor, now = actor_of(request), timezone.now()
    asked = _asked(request, queries.local_day(now))
    month = counted.by_unit(actor, start=asked.start, end=asked.end, now=now)
    if kind := _wanted(request):
        return _file(actor, month, asked, now, kind)
    sheet = month.units.get(asked.unit, month.whole) if asked.unit else month.whole
    filters = _filters(actor, sheet, asked)
    simulated = counted.simulation(
        actor, start=asked.start, end=asked.end, now=now, intensity=asked.intensity / 100
    )
    context = {
        "asked": asked,
        "months": _months(queries.local_day(now)),
        "intensities": _intensities(asked),
        "unit": _unit_name(actor, asked.unit) if sheet.unit else "",
        "sheet": sheet,
        "settled_on": asked.end + rules.RELAPSE_WITHIN,
        "kpis": _kpis(sheet, filters),
        "sums": _sums(sheet, filters),
        "cells": cells.cells_of(sheet.figures, (n for n in MEASURES if n != "due"), filters),
        "declined": cells.declined_cells(actor, sheet, filters),
        "columns": [RATE_LABELS[name] for name in cells.SHOWN],
        "lines": cells.unit_lines(actor, month, asked.start, asked.end),
        "findings": [(FINDING_LABELS[f.code], len(f.rounds)) for f in sheet.findings if f.rounds],
        "plays": _plays(simulated),
        "moves": []
        if asked.unit
        else [_move(queries.moved(actor, m, now=now)) for m in EXPLAINED],
        "rules": _rules(),
        "least": rules.LEAST_TO_RANK,
        "now": now,
    }
    return render(request, "calls/board/rates.html", context)


def _asked(request: HttpRequest, today: date) -> Asked:
    last = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    start = month_of(request.GET.get("month", "")) or last
    unit = request.GET.get("unit", "")
    given = request.GET.get("intensity", "")
    is_known = given.isdecimal() and len(given) < 4 and int(given) in INTENSITIES
    return Asked(start, unit[:40], int(given) if is_known else INTENSITIES[-1])


def month_of(text: str) -> date | None:
    """The first day of a month written as 2026-10; None when it cannot be read."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found <= date(2100, 1, 1) else None


def _months(today: date) -> list[str]:
    day, found = today.replace(day=1), []
    for _ in range(MONTHS_BACK):
        found.append(f"{day:%Y-%m}")
        day = (day - timedelta(days=1)).replace(day=1)
    return found


def _intensities(asked: Asked) -> list[dict[str, Any]]:
    return [
        {
            "label": f"{share} %",
            "url": f"{asked.query(intensity=share)}#gaming",
            "active": share == asked.intensity,
        }
        for share in INTENSITIES
    ]


def _unit_name(actor: Actor, code: str) -> str:
    names = {card.code: card.name for card in queries.unit_cards(actor).values()}
    return names.get(code, code)


def _kpis(sheet: Sheet, filters: RoundFilters) -> list[dict[str, Any]]:
    shown = []
    for name in ("declared", "verified", "on_time", "solved", "satisfied"):
        figure = sheet.figures[name]
        share = figure.share
        low, high = figure.interval
        shown.append(
            {
                "label": RATE_LABELS[name],
                "value": "—" if share is None else f"{share * 100:.1f}",
                "unit": "" if share is None else "%",
                "note": f"{low * 100:.1f} ~ {high * 100:.1f} %" if figure.denominator else "",
                "url": cells.list_url(name, filters),
                "seal": figure.digest[:12],
            }
        )
    if sheet.composite is not None:
        shown.append(
            {
                "label": gettext("Composite"),
                "value": f"{sheet.composite * 100:.1f}",
                "unit": "",
                "note": gettext("0.30 response, 0.35 solved, 0.35 satisfied"),
                "url": "#composite",
                "seal": sheet.digests["composite"][:12],
            }
        )
    return shown


def _sums(sheet: Sheet, filters: RoundFilters) -> dict[str, Any]:
    """The composite with the lists of its three shares, and the calls per hundred firms."""
    weights = zip(COMPOSITE, rules.RATES.weights, strict=True)
    return {
        "digests": sheet.digests,
        "parts": [
            {"label": RATE_LABELS[name], "weight": f"{weight:.2f}", "url": url}
            for name, weight in weights
            for url in [cells.list_url(name, filters)]
        ],
        "asked": len(sheet.asked),
        "firms": sheet.firms,
        "asked_url": cells.list_url("asked", filters),
    }


def _filters(actor: Actor, sheet: Sheet, asked: Asked) -> RoundFilters:
    """Period and unit of a sheet, for the lists behind its figures."""
    cards = {card.code: card for card in queries.unit_cards(actor).values()}
    unit = str(cards[sheet.unit].id) if sheet.unit in cards else ""
    return RoundFilters(asked.start, asked.end, unit=unit)


def _move(found: Moved) -> dict[str, Any]:
    """What moved a share from one year to the next, each cause with its two lists."""
    return {
        "label": RATE_LABELS[found.measure],
        "measure": found.measure,
        "years": [f"{start} ~ {end - timedelta(days=1)}" for start, end in found.periods],
        "shares": found.shares,
        "counted": found.counted,
        "bases": found.bases,
        "change": found.change * 100,
        "causes": [
            {
                "label": CAUSE_LABELS[cause.name],
                "before": cause.before,
                "after": cause.after,
                "points": cause.points * 100,
                "urls": [f"{reverse('calls:rounds')}?{urlencode(q)}" for q in cause.queries],
            }
            for cause in found.causes
        ],
    }


@dataclass(frozen=True, slots=True)
class Play:
    """A strategy in the table of the simulator; shares from 0 to 1."""

    label: Promise
    text: Promise
    rule: Promise
    touched: int
    declared: tuple[float | None, float | None]
    verified: tuple[float | None, float | None]
    by_letter: tuple[float | None, float | None]

    @property
    def fell(self) -> bool:
        """Verified closure did not rise: the rules hold."""
        return (self.verified[1] or 0) <= (self.verified[0] or 0)

    @property
    def leaks(self) -> bool:
        """By the letter of the formulas it would have paid."""
        return (self.by_letter[1] or 0) > (self.by_letter[0] or 0)


def _plays(found: counted.Simulation) -> list[Play]:
    def pair(effect: Effect, name: str) -> tuple[float | None, float | None]:
        return effect.before[name].share, effect.after[name].share

    return [
        Play(
            STRATEGY_LABELS[effect.strategy],
            STRATEGY_TEXTS[effect.strategy],
            HELD_LABELS[HELD_BY[effect.strategy]],
            len(effect.touched),
            pair(effect, "declared"),
            pair(effect, "verified"),
            pair(letter, "verified"),
        )
        for effect, letter in zip(found.effects, found.by_letter, strict=True)
    ]


def _rules() -> Iterable[dict[str, Any]]:
    for field in fields(rules.RATES):
        source = SOURCES[field.name]
        yield {
            "label": RULE_LABELS[field.name],
            "value": _value(getattr(rules.RATES, field.name)),
            "where": source.zh if is_chinese() else source.en,
            "grade": GRADE_OF_SOURCE[source.grade],
        }


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, timedelta):
        return gettext("%(days)d days") % {"days": value.days}
    if value == ("matter",):
        return gettext("matter")
    if isinstance(value, tuple):
        return " / ".join(str(v) for v in value)
    return f"{value:g}"


# --- as a file ---


def _wanted(request: HttpRequest) -> str:
    return "pdf" if request.GET.get("format") == "pdf" else exports.wanted(request)


def _file(
    actor: Actor, month: counted.Month, asked: Asked, now: datetime, kind: str
) -> HttpResponse:
    table = cells.file_of(actor, month, asked.start, now, is_printed=kind == "pdf")
    if kind != "pdf":
        return exports.respond(table, kind)
    notes = [
        gettext(
            "Declared: closed. Verified: closed as solved, confirmed by call-back, not re-opened, "
            "and the same firm did not come back with the same matter within 30 days."
        ),
        gettext("Units with fewer than %(n)d rounds are shown and not ranked.")
        % {"n": rules.LEAST_TO_RANK},
    ]
    return printing.respond(
        table, notes=notes, widths=cells.WIDTHS, issuer=registry.zone(actor).name
    )
