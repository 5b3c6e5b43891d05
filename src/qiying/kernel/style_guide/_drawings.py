"""Sample figures and charts."""

from typing import Any

from django.utils.translation import gettext as _

from qiying.kernel import charts
from qiying.kernel.charts import Bar, Part, Series

USUAL = (6, 14, 19, 24, 18, 10, 8, 16, 21, 19, 13, 8, 5)


def figures() -> list[dict[str, Any]]:
    rates = (88, 91, 90, 92, 91, 93, 94, 93, 95)
    return [
        {
            "label": _("Open calls"),
            "value": "128",
            "delta": "+3",
            "trend": "bad",
            "note": _("since yesterday"),
            "spark": charts.spark((4, 7, 6, 9, 8, 11, 10, 12), kind="bar"),
            "url": "#figures",
        },
        {
            "label": _("Overdue"),
            "value": "2",
            "hot": True,
            "delta": _("one not assigned"),
            "trend": "bad",
            "spark": charts.spark((1, 0, 2, 1, 3, 1, 2), kind="bar"),
        },
        {
            "label": _("Verified closure"),
            "value": "94.6",
            "unit": "%",
            "delta": "+1.2",
            "trend": "good",
            "note": _("this month, target 95%"),
            "spark": charts.spark(rates),
        },
        {"label": _("Mean answer"), "value": "3.4", "unit": _("days"), "note": _("last 30 days")},
        {"label": _("Calls today"), "value": "86", "delta": "+11", "note": _("since yesterday")},
    ]


def drawings() -> dict[str, Any]:
    """Every kind of chart."""
    return {**_plots(), **_shares(), **_rows()}


def _plots() -> dict[str, Any]:
    hours = [f"{h}:00" for h in range(7, 20)]
    rest: list[int | None] = [None] * 8
    phone, page, usual = _("Phone"), _("Page"), _("Usual")
    verified, first = _("Verified closure"), _("First time")
    closed = (86.2, 87.5, 88.1, 89.9, 90.2, 91.6, 92.4, 92.1, 93.3, 94.0, 94.6)
    at_once = (78, 79.2, 80.1, 79.6, 81.5, 83, 84.2, 84, 85.1, 86.4, 86.9)
    return {
        "chart_bars_legend": charts.legend([(phone, 1), (page, 2), (usual, 8, True)]),
        "chart_bars": charts.chart(
            hours,
            [
                Series(phone, [3, 8, 14, 17, 9, *rest], colour=1),
                Series(page, [1, 4, 6, 7, 3, *rest], colour=2),
                Series(usual, USUAL, "line", 8, is_dashed=True),
            ],
            title=_("Calls today by hour"),
            now=5,
        ),
        "chart_area_legend": charts.legend([(verified, 2), (first, 1)]),
        "chart_area": charts.chart(
            [f"2026-{n:02d}" for n in range(1, 12)],
            [Series(verified, closed, "area", 2), Series(first, at_once, "line", 1)],
            title=_("Timeliness and quality"),
            unit="%",
            target=95,
            low=75,
            high=100,
        ),
    }


def _shares() -> dict[str, Any]:
    parts = [
        Part(_("Equipment"), 412, 1),
        Part(_("Energy"), 268, 3),
        Part(_("Policy"), 231, 2),
        Part(_("Hiring"), 142, 5),
        Part(_("Finance"), 118, 7),
        Part(_("Other"), 97, 8),
    ]
    title = _("Calls by topic")
    return {
        "donut": charts.donut(parts, title=title, centre="1,268", caption=_("this month")),
        "hbar": charts.hbar(
            [
                Bar(_("Closed in time"), 94.6, 95),
                Bar(_("Satisfied"), 98.2, 97),
                Bar(_("Visits to large firms"), 71.5, 80, "#figures"),
            ],
            title=_("Against target"),
            unit="%",
            full=100,
        ),
    }


def _rows() -> dict[str, Any]:
    days = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    load = [[(3 * h + 5 * d) % 9 * (7 < h < 19) for h in range(24)] for d in range(7)]
    return {
        "heat": charts.heat(days, range(24), load, title=_("Calls by weekday and hour")),
        "stages": [(_("Receive"), 3, -1), (_("Assign"), 6, -2), (_("Answer"), 48, 3)],
    }
