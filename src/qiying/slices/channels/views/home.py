"""来件渠道: how many calls came in by each way, how many of them the zone found, and which."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel import exports
from qiying.kernel.access import Actor
from qiying.kernel.charts import Bar, hbar
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import public as calls
from qiying.slices.channels.rules.tables import READERS
from qiying.slices.channels.views.shape import rooms, sheet

HERE = "channels:home"
LONGEST = timedelta(days=3660)
SPANS = {"month": _("This month"), "last": _("Last month"), "year": _("This year")}


@page(*READERS)
def home(request: HttpRequest) -> HttpResponse:
    """Counts by channel in a period, the share found by us, and the calls behind each count."""
    actor = actor_of(request)
    key, start, end = _period(request)
    found = calls.by_channel(actor, _midnight(start), _midnight(end))
    total, proactive = sum(c.total for c in found), sum(c.found for c in found)
    if kind := exports.wanted(request):
        return exports.respond(_sheet(actor, found, start, end), kind)
    channel = request.GET.get("channel", "")
    channel = channel if channel in set(calls.Channel) else ""
    is_found = request.GET.get("found") == "1"
    listed, shown = calls.list_of_channel(
        actor,
        _midnight(start),
        _midnight(end),
        channel=channel,
        is_found=is_found,
        cursor=request.GET.get("cursor", ""),
    )
    base = {"from": start.isoformat(), "to": (end - timedelta(days=1)).isoformat()}
    context = {
        "rooms": rooms(actor, HERE),
        "period": (start, end - timedelta(days=1)),
        "spans": [
            {"label": label, "url": f"?period={code}", "active": code == key}
            for code, label in SPANS.items()
        ],
        "lines": _lines(found, total, base),
        "kpis": _kpis(total, proactive, len(found), base),
        "chart": _chart(found),
        "rows": listed,
        "page": shown,
        "channel": calls.channel_labels().get(channel, ""),
        "is_found": is_found,
    }
    return render(request, "channels/home.html", context)


def _period(request: HttpRequest) -> tuple[str, date, date]:
    """From the address: two days, or a named period; this year otherwise."""
    today = timezone.localdate()
    first, last = _day(request.GET.get("from", "")), _day(request.GET.get("to", ""))
    if first and last and first <= last and last - first <= LONGEST:
        return "", first, last + timedelta(days=1)
    key = request.GET.get("period", "year")
    month = today.replace(day=1)
    if key == "month":
        return key, month, today + timedelta(days=1)
    if key == "last":
        return key, (month - timedelta(days=1)).replace(day=1), month
    return "year", today.replace(month=1, day=1), today + timedelta(days=1)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return found if 2000 < found.year < 2100 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _lines(
    found: list[calls.ChannelCount], total: int, base: dict[str, str]
) -> list[dict[str, Any]]:
    names = calls.channel_labels()
    return [
        {
            "label": names[row.channel],
            "total": row.total,
            "share": _share(row.total, total),
            "found": row.found,
            "found_share": _share(row.found, row.total),
            "url": f"?{urlencode({**base, 'channel': row.channel})}#calls",
            "found_url": f"?{urlencode({**base, 'channel': row.channel, 'found': 1})}#calls",
        }
        for row in found
    ]


def _kpis(total: int, proactive: int, used: int, base: dict[str, str]) -> list[dict[str, Any]]:
    share = _share(proactive, total)
    rate = f"{share * 100:.1f} %" if share is not None else "—"
    shown = gettext("%(found)d of %(total)d calls") % {"found": proactive, "total": total}
    return [
        {"label": gettext("Calls received"), "value": total, "url": f"?{urlencode(base)}#calls"},
        {
            "label": gettext("Found by us, of all"),
            "value": rate,
            "note": shown,
            "url": f"?{urlencode({**base, 'found': 1})}#calls",
        },
        {"label": gettext("Channels in use"), "value": used},
    ]


def _chart(found: list[calls.ChannelCount]) -> Any:
    names = calls.channel_labels()
    bars = [Bar(str(names[row.channel]), row.total) for row in found]
    return hbar(bars, title=gettext("Calls by channel")) if bars else ""


def _sheet(actor: Actor, found: list[calls.ChannelCount], start: date, end: date) -> exports.Sheet:
    names, total = calls.channel_labels(), sum(c.total for c in found)
    days = f"{start} - {end - timedelta(days=1)}"
    return sheet(
        actor,
        gettext("Calls by channel"),
        [gettext("Channel"), gettext("Calls"), gettext("Share"), gettext("Found by us")],
        [[str(names[c.channel]), c.total, round(c.total / total, 4), c.found] for c in found],
        [(gettext("Period"), days)],
    )
