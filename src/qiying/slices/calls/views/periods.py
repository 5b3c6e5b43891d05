"""The period of the leader's board: this month, last month, quarter, year, or two days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.slices.calls.queries.units import next_month

LABELS: Mapping[str, Promise] = {
    "month": _("This month"),
    "last": _("Last month"),
    "quarter": _("This quarter"),
    "year": _("This year"),
    "custom": _("Other days"),
}
LONGEST = timedelta(days=3660)


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


def period_of(request: HttpRequest, today: date) -> Period:
    """The period in the address; this month when there is none or it cannot be read."""
    start, last = _day(request.GET.get("from", "")), _day(request.GET.get("to", ""))
    key = request.GET.get("period", "")
    if start and last and (key in {"", "custom"}):
        start, last = min(start, last), max(start, last)
        if last - start <= LONGEST:
            return Period("custom", start, last + timedelta(days=1))
    return _named(key, today)


def _named(key: str, today: date) -> Period:
    month = today.replace(day=1)
    if key == "last":
        before = (month - timedelta(days=1)).replace(day=1)
        return Period("last", before, month)
    if key == "quarter":
        start = month.replace(month=(month.month - 1) // 3 * 3 + 1)
        return Period("quarter", start, next_month(next_month(next_month(start))))
    if key == "year":
        return Period("year", date(today.year, 1, 1), date(today.year + 1, 1, 1))
    return Period("month", month, next_month(month))


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found <= date(2100, 1, 1) else None
