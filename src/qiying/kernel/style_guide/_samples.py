"""What the examples are drawn from. Every name, firm and place is invented."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiying.kernel.style_guide._drawings import drawings, figures
from qiying.kernel.templatetags._badges import level

ADDRESS = "/style-guide/"
ORIGIN = (119.17, 29.03)


class SampleForm(forms.Form):
    firm = forms.CharField(label=gettext_lazy("Enterprise"))
    phone = forms.RegexField(
        r"^1\d{10}$",
        label=gettext_lazy("Mobile number"),
        error_messages={"invalid": gettext_lazy("Enter a mobile number of 11 digits.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("power", gettext_lazy("Power supply")), ("water", gettext_lazy("Water"))],
    )
    text = forms.CharField(
        label=gettext_lazy("What happened"),
        required=False,
        widget=forms.Textarea,
        help_text=gettext_lazy("Up to 500 characters"),
    )
    urgency = forms.ChoiceField(
        label=gettext_lazy("Urgency"),
        widget=forms.RadioSelect,
        choices=[
            ("3", gettext_lazy("Ordinary")),
            ("2", gettext_lazy("Urgent")),
            ("1", gettext_lazy("Emergency")),
        ],
        initial="3",
    )
    agree = forms.BooleanField(label=gettext_lazy("Share my number with the unit"), required=False)
    rating = forms.ChoiceField(
        label=gettext_lazy("How satisfied are you?"),
        widget=forms.RadioSelect,
        required=False,
        choices=[
            ("5", gettext_lazy("Very satisfied")),
            ("4", gettext_lazy("Satisfied")),
            ("3", gettext_lazy("Fairly satisfied")),
            ("2", gettext_lazy("Dissatisfied")),
            ("1", gettext_lazy("Very dissatisfied")),
        ],
    )
    lon = forms.FloatField(required=False)
    lat = forms.FloatField(required=False)
    photos = forms.FileField(label=gettext_lazy("Photos"), required=False)
    voice = forms.FileField(label=gettext_lazy("Voice note"), required=False)


def context(*, now: datetime) -> dict[str, Any]:
    """Everything that the examples name, with times around ``now``."""
    bad = {"firm": "盛和智能装备", "phone": "0536-12", "kind": "power", "urgency": "2"}
    form_bad = SampleForm(bad, auto_id="bad_%s")
    form_bad.is_valid()
    return {
        **_moments(now),
        **drawings(),
        **_lists(_rows(now)),
        **_records(now),
        "form": SampleForm(),
        "form_bad": form_bad,
        "layers": _layers(),
        "numbers": [str(n) for n in range(1, 9)],
        "figures": figures(),
        "level_one": level(1, _("Level 1")),
    }


def reader() -> dict[str, Any]:
    """A reader for the shell when nobody signed in."""
    return {
        "me": {"name": "周敏", "roles": _("Shift lead"), "url": "#marks"},
        "zone_name": _("Sample zone"),
        "unread": 3,
        "live": False,
    }


def _moments(now: datetime) -> dict[str, Any]:
    return {
        "moment": now - timedelta(hours=3),
        "in_3_days": now + timedelta(days=3, hours=5),
        "in_90_minutes": now + timedelta(minutes=90),
        "in_40_minutes": now + timedelta(minutes=40),
        "in_9_minutes": now + timedelta(minutes=9),
        "ago_14_minutes": now - timedelta(minutes=14),
    }


def _rows(now: datetime) -> list[dict[str, Any]]:
    plan = [
        (1, _("Level 1"), _("Compressor stopped"), "中泰生物科技", "new", _("To assign"), -14),
        (2, _("Level 2"), _("Switchgear trip"), "立德制药", "fix", _("In hand"), 9),
        (1, _("Level 1"), _("Gas alarm"), "天工新材料", "way", _("On the way"), 26),
        (3, _("Level 3"), _("Cold store fault"), "博远特种陶瓷", "fix", _("In hand"), 47),
        (3, _("Level 3"), _("Recruitment help"), "华澜供应链", "check", _("To verify"), 4400),
    ]
    return [
        {
            "number": f"QY-261122-{41 - i:03d}",
            "level": number,
            "level_name": name,
            "title": title,
            "firm": firm,
            "tone": tone,
            "state": state,
            "due_at": now + timedelta(minutes=minutes),
        }
        for i, (number, name, title, firm, tone, state, minutes) in enumerate(plan)
    ]


class _Page(SimpleNamespace):
    """Stands in for a page of rows."""

    def __len__(self) -> int:
        return int(self.size)


def _lists(rows: list[dict[str, Any]]) -> dict[str, Any]:
    views = [(_("All"), 71), (_("Mine"), 6), (_("To assign"), 3), (_("Overdue"), 2)]
    return {
        "rows": rows,
        "list_page": _Page(next="n", previous="", size=5),
        "columns": [
            {"tone": "new", "label": _("To assign"), "rows": rows[:1]},
            {"tone": "way", "label": _("On the way"), "rows": rows[2:3]},
            {"tone": "fix", "label": _("In hand"), "rows": [rows[1], rows[3]]},
            {"tone": "done", "label": _("Closed"), "rows": []},
        ],
        "views": [
            {"label": name, "count": n, "url": "#lists", "active": not i}
            for i, (name, n) in enumerate(views)
        ],
        "periods": [
            {"label": name, "url": "#actions", "active": i == 1}
            for i, name in enumerate((_("Today"), _("This month"), _("This year")))
        ],
    }


def _records(now: datetime) -> dict[str, Any]:
    hour = timedelta(hours=1)
    return {
        "formats": {"cn_datetime": "2026-11-22 10:42", "number": "12,684", "km2": "98.00 km²"},
        "record_facts": [
            (_("Enterprise"), "盛和智能装备", "#records"),
            (_("Equipment"), "2# 低压柜 4AH3"),
            (_("Place"), "锦程路 18 号 C 区"),
            (_("Lead unit"), "经济发展局"),
        ],
        "steps": [
            {"label": _("Receive"), "state": "done", "at": now - 5 * hour},
            {"label": _("Assign"), "state": "done", "at": now - 4 * hour},
            {"label": _("Answer"), "state": "current"},
            {"label": _("Call back"), "state": "todo"},
            {"label": _("Closed"), "state": "todo"},
        ],
        "events": [
            {"title": _("Received"), "at": now - 5 * hour, "who": "周敏"},
            {"title": _("Assigned"), "at": now - 4 * hour, "who": "李建国"},
            {
                "title": _("In hand"),
                "at": now - hour,
                "tone": "current",
                "note": _("The breaker is being replaced."),
            },
            {"title": _("Call back"), "tone": "todo"},
        ],
        "units": _units(),
    }


def _units() -> list[dict[str, Any]]:
    inside = [
        {"label": "经济发展局", "url": "#records", "active": True, "count": 4},
        {"label": "企业服务中心", "url": "#records", "count": 2},
    ]
    offices = {"label": _("Zone offices"), "url": "#records", "count": 6}
    return [
        {**offices, "open": True, "children": inside},
        {"label": _("Townships"), "url": "#records", "count": 3},
    ]


def _layers() -> list[dict[str, Any]]:
    kinds = {
        "planned": _("Planned area"),
        "developed": _("Developed area"),
        "wall": _("Wall"),
        "grid": _("Grids"),
        "site": _("Sites"),
        "call": _("Live calls"),
    }
    return [
        {"url": f"{ADDRESS}?layer={kind}", "kind": kind, "label": label, "off": kind == "grid"}
        for kind, label in kinds.items()
    ]


def _ring(east: float, north: float, wide: float, high: float) -> list[list[list[float]]]:
    x, y = ORIGIN[0] + east / 100, ORIGIN[1] + north / 100
    w, h = wide / 100, high / 100
    return [[[x, y], [x + w, y + h / 9], [x + w, y + h], [x + w / 5, y + h * 1.1], [x, y]]]


AREAS: dict[str, list[tuple[float, float, float, float]]] = {
    "planned": [(0, 0, 6, 4)],
    "developed": [(0.5, 0.5, 3, 2)],
    "wall": [(0.4, 0.4, 3.6, 2.6)],
    "grid": [(0.5, 0.5, 1.5, 2), (2, 0.6, 1.5, 2)],
}
POINTS: dict[str, list[tuple[float, float, str]]] = {
    "site": [(1, 1, "plain"), (2.2, 1.8, "plain"), (4.4, 2.2, "plain")],
    "call": [(1.4, 2, "over"), (2.8, 1.2, "warn"), (3.6, 2.6, "plain")],
}


def layer(kind: str) -> dict[str, Any]:
    """A GeoJSON collection for the sample map."""
    areas = [
        {
            "type": "Feature",
            "properties": {"name": f"{kind} {i}"},
            "geometry": {"type": "Polygon", "coordinates": _ring(*box)},
        }
        for i, box in enumerate(AREAS.get(kind, []), 1)
    ]
    points = [
        {
            "type": "Feature",
            "properties": {"name": f"{kind} {i}", "tone": tone, "url": "#map"},
            "geometry": {
                "type": "Point",
                "coordinates": [ORIGIN[0] + x / 100, ORIGIN[1] + y / 100],
            },
        }
        for i, (x, y, tone) in enumerate(POINTS.get(kind, []), 1)
    ]
    return {"type": "FeatureCollection", "features": [*areas, *points]}
