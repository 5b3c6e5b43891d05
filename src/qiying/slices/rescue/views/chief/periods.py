"""The period of the leader's pages: this month, last month, quarter, year, or two days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: Mapping[str, Promise] = {
    "month": _("This month"),
    "last": _("Last month"),
    "quarter": _("This quarter"),
    "year": _("12 months"),
}
LONGEST = timedelta(days=1100)
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``start`` until before ``end``."""

    key: str
    start: date
    end: date

    @property
    def last(self) -> date:
        """The last day that counts, as people say it."""
        return self.end - timedelta(days=1)

    @property
    def query(self) -> dict[str, str]:
        """For the address of a list of this period."""
        return {"from": self.start.isoformat(), "to": self.last.isoformat()}


def period_of(request: HttpRequest, today: date, *, usual: str = "month") -> Period:
    """The period in the address; the usual one when there is none or it cannot be read."""
    start, last = _day(request.GET.get("from", "")), _day(request.GET.get("to", ""))
    if start and last:
        start, last = min(start, last), max(start, last)
        if last - start <= LONGEST:
            return Period("", start, last + timedelta(days=1))
    key = request.GET.get("period", usual)
    return _named(key if key in LABELS else usual, today)


def choices(period: Period) -> list[dict[str, Any]]:
    """Links to the named periods."""
    return [
        {"label": label, "url": f"?period={key}", "active": key == period.key}
        for key, label in LABELS.items()
    ]


def _named(key: str, today: date) -> Period:
    month = today.replace(day=1)
    if key == "last":
        return Period(key, _months_on(month, -1), month)
    if key == "quarter":
        start = month.replace(month=(month.month - 1) // 3 * 3 + 1)
        return Period(key, start, _months_on(start, 3))
    if key == "year":
        return Period(key, _months_on(month, -11), _months_on(month, 1))
    return Period("month", month, _months_on(month, 1))


def _months_on(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None
