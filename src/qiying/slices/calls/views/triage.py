"""What the words of a call speak for, and calls like it: lines for forms and pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.views.decorators.http import require_POST

from qiying.kernel import tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import queries
from qiying.slices.calls.forms.firm import ON_MAP
from qiying.slices.calls.models import STATE_LABELS, STATE_TONES, SURENESS_LABELS, Call
from qiying.slices.calls.queries import LikeCall, Near, Ranking
from qiying.slices.calls.rules import MAX_TEXT, Spoken, Sureness
from qiying.slices.calls.rules import triage as rules
from qiying.slices.calls.views.shared import uuid_of
from qiying.slices.calls.views.staff import call_url
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry

MOST_LIKE = 5
LOOKED_AT = 9
"""Ranked matters to choose three from that a firm can have."""
LEAST_TYPED = 4
"""Characters under which nothing is asked yet."""
TONES = {Sureness.VERY_LIKELY: "lead", Sureness.LIKELY: "", Sureness.PERHAPS: ""}


@dataclass(frozen=True, slots=True)
class RankedLine:
    """A matter that the words speak for, with how sure that is and by which words."""

    code: str
    name: str
    category_label: str
    sureness: Promise | str
    tone: str
    percent: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LikeLine:
    """An earlier call that may be the same problem."""

    call: Call
    url: str
    tone: str
    label: Promise | str
    firm: str
    lead: str
    shared: tuple[str, ...]
    metres: int | None
    days: int
    is_same_firm: bool


def ranked_lines(ranking: Ranking, offered: Iterable[mandate.MatterCard]) -> list[RankedLine]:
    """The ranked matters among those that may be chosen."""
    cards = {card.code: card for card in offered}
    return [
        RankedLine(
            code=row.matter,
            name=cards[row.matter].name,
            category_label=cards[row.matter].category_label,
            sureness=SURENESS_LABELS[row.sureness],
            tone=TONES[row.sureness],
            percent=_percent(row),
            terms=tuple(word for word, _weight in row.speaks_for),
        )
        for row in ranking.matters
        if row.matter in cards
    ]


def _percent(row: Spoken) -> str:
    """The probability where it means one; nothing is certain and nothing impossible."""
    if not row.is_calibrated:
        return ""
    if row.probability > 0.99:
        return "> 99"
    return "< 1" if row.probability < 0.01 else f"{row.probability * 100:.0f}"


def like_lines(actor: Actor, likes: Iterable[LikeCall]) -> list[LikeLine]:
    """Like calls as the pages of this reader show them."""
    return [
        LikeLine(
            call=found.call,
            url=call_url(actor, found.call),
            tone=STATE_TONES[found.call.state],
            label=STATE_LABELS[found.call.state],
            firm=str(found.call.enterprise or ""),
            lead=str(found.call.lead_unit or ""),
            shared=found.like.shared,
            metres=None if found.like.metres is None else round(found.like.metres),
            days=round(found.like.days),
            is_same_firm=found.like.is_same_firm,
        )
        for found in likes
    ]


def near_call(call: Call) -> Near:
    """What is like a call that is here already; asked by its own time."""
    return Near(
        rules.whole_text(call.title, call.text),
        call.received_at,
        call.longitude,
        call.latitude,
        call.enterprise_id,
        call.pk,
    )


@page(Role.DESK)
@require_POST
def typed(request: HttpRequest) -> HttpResponse:
    """What the words typed so far speak for, and which calls are like them.

    POST keeps the words of a call out of the address.
    """
    actor, now = actor_of(request), timezone.now()
    text = request.POST.get("text", "")[:MAX_TEXT].strip()
    if len(text) < LEAST_TYPED:
        return render(request, "calls/desk/parts/typed.html", {"ranked": [], "likes": []})
    on = queries.local_day(now)
    with tenancy.reading(actor):
        firm = registry.enterprise_by_public_id(actor, uuid_of(request.POST.get("firm", "")))
        near = Near(text, now, *_place(request, firm), firm.id)
        likes = queries.like_calls(actor, near, limit=MOST_LIKE)
        ranking = queries.rank(actor, text, on=on)
        context: dict[str, Any] = {
            "ranked": ranked_lines(ranking, mandate.matters(actor, on)),
            "likes": like_lines(actor, likes),
            "field": "matter",
        }
    return render(request, "calls/desk/parts/typed.html", context)


def _place(
    request: HttpRequest, firm: registry.EnterpriseCard
) -> tuple[float | None, float | None]:
    """The point that was marked, otherwise the registered address."""
    if request.POST.get("where") == ON_MAP:
        lon, lat = _number(request.POST.get("lon", "")), _number(request.POST.get("lat", ""))
        if lon is not None and lat is not None:
            return lon, lat
    return firm.longitude, firm.latitude


def _number(text: str) -> float | None:
    try:
        value = float(text[:32])
    except ValueError:
        return None
    return value if isfinite(value) and abs(value) <= 180 else None


def ranked_of(actor: Actor, ranking: Ranking, *, now: datetime) -> list[RankedLine]:
    """The ranking of a call as lines of the form that classifies it."""
    return ranked_lines(ranking, mandate.matters(actor, queries.local_day(now)))


def guessed_matters(
    actor: Actor, offered: Sequence[mandate.MatterCard], text: str, chosen: str
) -> list[mandate.MatterCard | RankedLine]:
    """The matters that the words speak for, each with how sure that is; the chosen one first."""
    on = timezone.localdate()
    found = queries.rank(actor, text, on=on, k=LOOKED_AT) if text.strip() else None
    lines = ranked_lines(found, offered)[: rules.MOST_SHOWN] if found is not None else []
    kept = [m for m in offered if m.code == chosen and m.code not in {x.code for x in lines}]
    return [*kept, *lines]
