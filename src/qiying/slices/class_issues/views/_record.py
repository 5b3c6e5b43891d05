"""The parts of a class issue's page, made ready to be drawn."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from qiying.kernel import charts, files
from qiying.kernel.access import Actor
from qiying.kernel.charts import Series
from qiying.slices.class_issues import queries
from qiying.slices.class_issues.models import Issue
from qiying.slices.class_issues.models.labels import (
    FOUND_LABELS,
    HOW_LABELS,
    TREND_LABELS,
    TREND_TONES,
    VERDICT_LABELS,
)
from qiying.slices.class_issues.queries import Counted, Dossier
from qiying.slices.class_issues.rules import BINS, GONE, Rate, Recurrence, Rule, State, Trend

MAIN_LINE = (
    State.CANDIDATE,
    State.RAISED,
    State.PLANNED,
    State.IN_PROGRESS,
    State.LANDED,
    State.EFFECTIVE,
    State.CLOSED,
)


def stepper(issue: Issue) -> list[dict[str, Any]]:
    """The main line of the lifecycle; one that was dismissed or merged ends at once."""
    words = {
        State.CANDIDATE: gettext("Candidate found"),
        State.RAISED: gettext("Issue raised"),
        State.PLANNED: gettext("Planned"),
        State.IN_PROGRESS: gettext("In progress"),
        State.LANDED: gettext("Landed"),
        State.EFFECTIVE: gettext("Verdict"),
        State.CLOSED: gettext("Class issue closed"),
    }
    moments = {
        State.CANDIDATE: issue.found_at,
        State.RAISED: issue.raised_at,
        State.PLANNED: issue.planned_at,
        State.LANDED: issue.landed_at,
        State.EFFECTIVE: issue.verified_at,
        State.CLOSED: issue.closed_at,
    }
    if issue.state in GONE:
        first = {"label": words[State.CANDIDATE], "state": "done", "at": issue.found_at}
        last = {"label": issue.get_state_display(), "state": "current", "at": issue.updated_at}
        return [first, last]
    now = State.EFFECTIVE if issue.state == State.NOT_EFFECTIVE else State(issue.state)
    at = MAIN_LINE.index(now)
    return [
        {"label": words[s], "state": _stage(i, at), "at": moments.get(s) if i <= at else None}
        for i, s in enumerate(MAIN_LINE)
    ]


def _stage(index: int, at: int) -> str:
    if index == at:
        return "current"
    return "done" if index < at else "todo"


def facts(issue: Issue, matter: str) -> list[tuple[Any, ...]]:
    """Who and what, as pairs or with an address."""
    rows: list[tuple[Any, ...]] = [
        (gettext("Matter"), f"{issue.matter_code} {matter}".strip()),
        (gettext("Unit of the calls"), issue.unit.name if issue.unit else ""),
        (gettext("Owner unit"), issue.owner_unit.name if issue.owner_unit else ""),
        (gettext("Responsible person"), str(issue.owner or "")),
        (gettext("How it came to light"), str(FOUND_LABELS[issue.found_by])),
        (gettext("Extensions"), issue.extensions or ""),
        (gettext("Landed by"), str(issue.landed_by or "")),
        (gettext("Verified by"), str(issue.verified_by or "")),
        (gettext("Verdict"), str(VERDICT_LABELS[issue.verdict]) if issue.verdict else ""),
        (gettext("Dismissed because"), issue.get_dismissal_display() if issue.dismissal else ""),
        _link(gettext("Follows"), issue.follows),
        _link(gettext("Merged into"), issue.merged_into),
    ]
    return [row for row in rows if row[1]]


def _link(label: str, other: Issue | None) -> tuple[str, str, str]:
    if other is None:
        return label, "", ""
    return label, other.number, reverse("class_issues:issue", args=[other.public_id])


def members(found: Dossier) -> list[dict[str, Any]]:
    """The calls with the reason why each is in, newest last."""
    numbers = {str(line.card.id): line.card.number for line in found.members}
    return [
        {
            "card": line.card,
            "firm": line.firm,
            "url": reverse("calls:case", args=[line.card.public_id]),
            "how": HOW_LABELS[line.member.how],
            "is_back": line.member.how == "recurrence",
            "why": _why(line.member.kin, numbers),
            "terms": (line.member.kin or {}).get("terms", []),
            "told_at": line.member.told_at,
        }
        for line in found.members
    ]


def _why(kin: dict[str, Any] | None, numbers: dict[str, str]) -> str:
    """Text, place and time beside the likest other call of the class."""
    if not kin:
        return ""
    days = round(kin["days"])
    parts = [gettext("%(share)s %% of the text") % {"share": round(kin["share"] * 100)}]
    if kin["metres"] is not None:
        parts.append(gettext("%(metres)s m apart") % {"metres": number_format(kin["metres"])})
    parts.append(ngettext("%(n)s day apart", "%(n)s days apart", days) % {"n": days})
    other = numbers.get(str(kin["like"]))
    if other:
        parts.append(gettext("like %(number)s") % {"number": other})
    return " · ".join(parts)


def milestones(found: Dossier, now: datetime) -> list[dict[str, Any]]:
    """Milestones of the present measure as a line of time."""
    today = timezone.localdate(now)
    return [
        {
            "name": m.name,
            "due_on": m.due_on,
            "reached_at": m.reached_at,
            "is_late": m.reached_at is None and m.due_on < today,
            "tone": "done" if m.reached_at else "current" if m.due_on >= today else "stopped",
        }
        for m in found.present_milestones
    ]


def findings(found: Dossier) -> list[dict[str, Any]]:
    """The stored decisions of the engine, newest first."""
    return [
        {
            "at": f.at,
            "rule": Rule.from_plain(f.params),
            "calls": len(f.result["keys"]),
            "firms": f.result["firms"],
            "spread_m": f.result["spread_m"],
            "days": round(f.result["days"]),
            "terms": f.result["terms"],
            "engine": f.engine,
            "rarity": f.rarity[:12],
            "digest": f.digest[:16],
        }
        for f in found.findings
    ]


def timeline_of(actor: Actor, found: Dossier) -> list[dict[str, Any]]:
    """What happened, newest first, for ``{% timeline %}``."""
    return [
        {
            "title": line.title,
            "at": line.at,
            "who": line.who,
            "note": line.text,
            "tone": line.tone,
            "files": [{"name": f.name, "url": files.url(f)} for f in line.files],
        }
        for line in reversed(queries.timeline(actor, found))
    ]


# --- recurrence ---


def recurrence(counted: Counted | None) -> dict[str, Any] | None:
    """Before and after with intervals, the trend in words, and the chart."""
    if counted is None:
        return None
    found = counted.recurrence
    return {
        "found": found,
        "tone": TREND_TONES[found.trend],
        "label": TREND_LABELS[found.trend],
        "before": rate_words(found.before),
        "after": rate_words(found.after) if found.after is not None else "",
        "sentence": sentence(found),
        "chart": _chart(found),
    }


def rate_words(rate: Rate) -> str:
    """Calls per 30 days, with the 95 % interval in brackets."""
    return f"{rate.rate:.1f} ({rate.low:.1f}–{rate.high:.1f})"  # noqa: RUF001  a range


def sentence(found: Recurrence) -> str:
    """What the figures allow to say, and what not."""
    if found.trend == Trend.TOO_EARLY:
        words = gettext(
            "Too early: %(count)s like calls in the first %(days)s of %(window)s days. "
            "The rates are compared when the days are over."
        )
        return words % {
            "count": found.so_far,
            "days": int(found.elapsed_days),
            "window": found.window_days,
        }
    if found.ratio is None or found.ratio_low is None or found.ratio_high is None:
        return gettext("There were no like calls before the measure to compare with.")
    words = gettext(
        "After the measure %(ratio)s times as many like calls as before "
        "(95 %% interval %(low)s to %(high)s)."
    )
    return words % {
        "ratio": f"{found.ratio:.2f}",
        "low": f"{found.ratio_low:.2f}",
        "high": f"{found.ratio_high:.2f}",
    }


def _chart(found: Recurrence) -> Any:
    """Like calls in equal spans on both sides of the landing; what is to come is shaded."""
    width = found.window_days / BINS
    seen = 2 * BINS if found.is_over else BINS + int(found.elapsed_days / width) + 1
    bars = list(found.bars)
    return charts.chart(
        [_span(n, width) for n in range(2 * BINS)],
        [
            Series(gettext("Before the measure"), [*bars[:BINS], *[0] * BINS], "bar", 2),
            Series(gettext("After the measure"), [*[0] * BINS, *bars[BINS:]], "bar", 1),
        ],
        title=gettext("Like calls before and after the measure landed"),
        height=180,
        now=seen if seen < 2 * BINS else None,
    )


def _span(number: int, width: float) -> str:
    """Days from the landing: ``-30`` … ``+25``."""
    return f"{round((number - BINS) * width):+d}"
