"""Filters: how numbers, money, times and areas are written. Times are shown in China time."""

import json
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiying.kernel import events, live
from qiying.kernel.access import OPERATOR, PLATFORM

CHINA = ZoneInfo("Asia/Shanghai")
NOTHING = "—"
MINUS = "\N{MINUS SIGN}"
MINUTE, HOUR, DAY = 60, 3600, 86_400


def _local(value: datetime) -> datetime:
    return value.astimezone(CHINA) if timezone.is_aware(value) else value.replace(tzinfo=CHINA)


def _decimal(value: object) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _minus(text: str) -> str:
    """A true minus sign, as wide as the plus sign."""
    return text.replace("-", MINUS)


def cn_datetime(value: object) -> str:
    """``2026-11-22 10:42`` in China time; a dash for nothing."""
    return _local(value).strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else NOTHING


def cn_date(value: object) -> str:
    """``2026-11-22``; of a moment, its date in China."""
    if isinstance(value, datetime):
        return _local(value).strftime("%Y-%m-%d")
    return value.isoformat() if isinstance(value, date) else NOTHING


def cn_time(value: object) -> str:
    """``10:42`` in China time."""
    return _local(value).strftime("%H:%M") if isinstance(value, datetime) else NOTHING


def cn_clock(value: object) -> str:
    """``10:42`` of today, ``11-21 10:42`` of another day, in China time."""
    if not isinstance(value, datetime):
        return NOTHING
    told = _local(value)
    is_today = told.date() == _local(timezone.now()).date()
    return told.strftime("%H:%M" if is_today else "%m-%d %H:%M")


def stamp(value: object) -> SafeString | str:
    """A ``<time>`` element: the moment in China time, machine-readable."""
    if not isinstance(value, datetime):
        return NOTHING
    return format_html(
        '<time class="num" datetime="{}">{}</time>', _local(value).isoformat(), cn_datetime(value)
    )


def ago(value: object) -> str:
    """How long ago in the largest whole unit; after thirty days the date."""
    if not isinstance(value, datetime):
        return NOTHING
    seconds = int((timezone.now() - _local(value)).total_seconds())
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        n = seconds // MINUTE
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", n) % {"n": n}
    if seconds < DAY:
        n = seconds // HOUR
        return ngettext("%(n)d hour ago", "%(n)d hours ago", n) % {"n": n}
    n = seconds // DAY
    if n > 30:
        return cn_date(value)
    return ngettext("%(n)d day ago", "%(n)d days ago", n) % {"n": n}


def duration(value: object) -> str:
    """Seconds (or a timedelta) as ``2 d 5 h``, ``1 h 12 min`` or ``9 min``."""
    total = getattr(value, "total_seconds", None)
    number = _decimal(total() if callable(total) else value)
    if number is None:
        return NOTHING
    seconds = abs(int(number))
    if seconds >= DAY:
        text = _("%(d)d d %(h)d h") % {"d": seconds // DAY, "h": seconds % DAY // HOUR}
    elif seconds >= HOUR:
        text = _("%(h)d h %(m)d min") % {"h": seconds // HOUR, "m": seconds % HOUR // MINUTE}
    else:
        text = _("%(m)d min") % {"m": seconds // MINUTE}
    return f"{MINUS}{text}" if number < 0 else text


def number(value: object, places: int = 0) -> str:
    """``1,268``: grouped by thousands, a fixed number of decimals."""
    amount = _decimal(value)
    return NOTHING if amount is None else _minus(f"{amount:,.{places}f}")


def percent1(value: object) -> str:
    """A share as percent with one decimal: 0.946 gives ``94.6%``; nothing gives a dash."""
    share = _decimal(value)
    return NOTHING if share is None else _minus(f"{share * 100:.1f}%")


def money(value: object) -> str:
    """Yuan with two decimals: ``¥1,268.00``."""
    amount = _decimal(value)
    return NOTHING if amount is None else _minus(f"¥{amount:,.2f}".replace("¥-", "-¥"))


def money_10k(value: object) -> str:
    """Yuan shown in ten thousands, as Chinese accounts do: ``1,268.5``, the unit is the page's."""
    amount = _decimal(value)
    return NOTHING if amount is None else _minus(f"{amount / 10_000:,.1f}")


def km2(value: object) -> str:
    """Square metres as square kilometres with two decimals: ``12.30 km²``."""
    area = _decimal(value)
    return NOTHING if area is None else f"{area / 1_000_000:,.2f} km²"


def actor_name(value: object) -> str:
    """Who did it: a person's name as it is, the platform and its operator in words."""
    if value == PLATFORM:
        return _("the platform")
    return _("operator of the platform") if value == OPERATOR else str(value or NOTHING)


def initial(value: object) -> str:
    """The first character of a name, for the round mark beside it."""
    return str(value or "").strip()[:1].upper()


def as_json(value: object) -> str:
    """Compact JSON of a plain value, for a data attribute (the template escapes the quotes)."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def live_key(record: Any) -> str:
    """By what the stream of changes names this record."""
    return live.key_of(events.subject_type(record), record.pk)
