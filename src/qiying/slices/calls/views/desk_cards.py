"""The lanes of the service desk as markup: five dozen cards, drawn by functions.

A template takes five times as long for the same markup. Every text that came from outside is
escaped where it is put in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from uuid import uuid4

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from qiying.engines.worktime import Calendar
from qiying.kernel.access import Actor
from qiying.kernel.templatetags._badges import countdown, level
from qiying.kernel.templatetags._markup import icon, markup
from qiying.slices.calls import queries
from qiying.slices.calls.models import PAUSE_LABELS, RESULT_LABELS
from qiying.slices.calls.queries.lanes import DeskCall, Lane, decisions_of
from qiying.slices.calls.rules import PAUSED, STOPPED, Terms
from qiying.slices.calls.views import left, staff
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry

LANES: Mapping[str, tuple[Promise, Promise, str, Promise]] = {
    "inbox": (_("To accept"), _("Nothing waits to be accepted."), "accept", _("Accept")),
    "triage": (_("To dispatch"), _("Everything is dispatched."), "dispatch", _("Dispatch")),
    "refusal": (
        _("Not accepting: to be approved"),
        _("Nothing is proposed."),
        "approve_decline",
        _("Approve or refuse"),
    ),
    "disputed": (_("Disputed"), _("No unit disputes a dispatch."), "adjudicate", _("Decide")),
    "pauses": (
        _("Pauses asked for"),
        _("No pause is asked for."),
        "approve_pause",
        _("Approve or refuse"),
    ),
    "review": (_("To review"), _("No answer waits for review."), "review_pass", _("Review")),
}
"""Heading, what an empty lane says, the step that the lane is for, and its button."""
EARLY = frozenset({"inbox", "triage"})
PASSING = frozenset({"review_pass", "approve_pause", "approve_decline"})
"""The steps that the key P takes; D takes the others."""


@dataclass(frozen=True, slots=True)
class Card:
    """A call that waits for a decision, and in one line what it is about."""

    call: DeskCall
    light: str
    firm: str
    matter: str
    lead: str
    why: str
    said: str
    """What somebody wrote that is to be decided on."""
    is_open_question: bool
    """Whether the desk has to say whose job it is."""
    left: str
    """What is left of the nearest deadline in working days; "" where hours are counted."""


@dataclass(frozen=True, slots=True)
class LaneView:
    key: str
    count: int
    cards: list[Card]
    is_own: bool
    """Whether this reader may decide on it."""


@dataclass(frozen=True, slots=True)
class _Names:
    """What the cards call things, in the reader's language."""

    matters: Mapping[str, str]
    units: Mapping[int, registry.UnitCard]
    rulings: Mapping[int, mandate.Ruling]
    is_chinese: bool
    calendar: Calendar
    terms: Terms

    def unit(self, unit_id: int | None) -> str:
        card = self.units.get(unit_id or 0)
        return card.name if card else ""

    def firm(self, names: Sequence[str | None] | None) -> str:
        """As everywhere: the reader's language, the other one when that is empty."""
        name_zh, name_en = names or ("", "")
        return (name_zh or name_en if self.is_chinese else name_en or name_zh) or ""


def lanes_of(
    actor: Actor, lanes: Iterable[Lane], own: frozenset[str], *, now: datetime
) -> list[LaneView]:
    """All lanes, those on which this reader decides first."""
    lanes = sorted(lanes, key=lambda lane: lane.key not in own)
    decisions = decisions_of(c for lane in lanes if lane.key in EARLY for c in lane.rows)
    names = _Names(
        matters=staff.matter_names(actor, now),
        units=queries.unit_cards(actor),
        rulings=mandate.rulings(actor, decisions) if decisions else {},
        is_chinese=(get_language() or "zh").startswith("zh"),
        calendar=registry.calendar(actor),
        terms=queries.terms(actor, now),
    )
    return [
        LaneView(
            lane.key,
            lane.count,
            [_card(names, lane.key, call, now) for call in lane.rows],
            is_own=lane.key in own,
        )
        for lane in lanes
    ]


def _card(names: _Names, lane: str, call: DeskCall, now: datetime) -> Card:
    is_early = lane in EARLY
    ruling = names.rulings.get(call.decision_id or 0) if is_early else None
    return Card(
        call=call,
        light=call.light(now),
        firm=names.firm(call.names),
        matter=names.matters.get(call.matter_code, call.matter_code),
        lead=names.unit(call.proposed_unit_id if is_early else call.lead_unit_id),
        why=staff.main_reason(ruling),
        said=_said(names, lane, call),
        is_open_question=is_early and (call.needs_confirmation or call.proposed_unit_id is None),
        left=_left(call, names, now),
    )


def _left(call: DeskCall, names: _Names, now: datetime) -> str:
    if call.step_due_at is None:
        days = left.working_days(call, call.rule_kind or "", names.calendar, now)
        return left.in_short(days, due_at=call.due_at, now=now)
    days = left.step_days(call, names.calendar, names.terms, now)
    return left.in_short(days, due_at=call.step_due_at, now=now)


def _said(names: _Names, lane: str, call: DeskCall) -> str:
    code, words = call.said or ("", "")
    if lane == "disputed":
        head = names.unit(int(code or 0))
    elif not code:
        return words or ""
    else:
        head = str((RESULT_LABELS if lane == "review" else PAUSE_LABELS).get(code or "", ""))
    if not words:
        return head
    return gettext("%(head)s: %(words)s") % {"head": head, "words": words}


# --- as markup ---


def drawn(request: HttpRequest, lanes: Iterable[LaneView]) -> SafeString:
    """The lanes as they stand on the page."""
    token, path = get_token(request), escape(request.path)
    hidden = (
        f'<input type="hidden" name="csrfmiddlewaretoken" value="{token}">'
        f'<input type="hidden" name="next" value="{path}">'
    )
    return markup("".join(_lane_markup(lane, hidden) for lane in lanes))


def _lane_markup(lane: LaneView, hidden: str) -> str:
    label, empty, _step, act = LANES[lane.key]
    key, word = lane.key, escape(str(act) if lane.is_own else gettext("Open the call"))
    if lane.cards:
        cards = "".join(_card_markup(lane, card, word, hidden) for card in lane.cards)
        inner = f"<ul data-rows>{cards}</ul>{_more(lane)}"
    else:
        inner = f'<p class="lane-empty">{icon("circle-check", 18)}<span>{escape(str(empty))}</span></p>'
    return (
        f'<section aria-labelledby="lane-{key}"><header><h2 id="lane-{key}">{escape(str(label))}</h2>'
        f"<em>{lane.count}</em></header>{inner}</section>\n"
    )


def _more(lane: LaneView) -> str:
    if lane.count <= len(lane.cards):
        return ""
    says = escape(gettext("See all %(n)s") % {"n": lane.count})
    here = f"{reverse('calls:list')}?tab={lane.key}"
    return f'<a class="btn small ghost lane-more" href="{here}"><span>{says}</span></a>'


def _card_markup(lane: LaneView, card: Card, word: str, hidden: str) -> str:
    call = card.call
    number, title = escape(call.number), escape(call.title)
    url, drawer = staff.case_url(call.public_id), staff.drawer_url(call.public_id)
    return (
        f'<li><article data-tone="{"over" if card.light == "red" else ""}">'
        f'<div class="first">{level(*staff.LEVELS[call.urgency])}<span>{_clock(card)}</span></div>'
        f'<b><a id="card-{number}" href="{url}" data-open hx-get="{drawer}" hx-target="#drawer"'
        f' hx-swap="innerHTML">{title}</a></b><p>{escape(card.firm)}</p>'
        f"{_job(card) if lane.key in EARLY else _why(card.said)}"
        f"<footer>{_act(lane, call, url, word, hidden)}"
        f'<span class="spring"></span><span class="num">{number[-3:]}</span></footer>'
        "</article></li>"
    )


def _clock(card: Card) -> str:
    """The nearest deadline, running; nothing where none runs any more."""
    call = card.call
    if call.state in STOPPED:
        return ""
    return str(
        countdown(call.step_due_at or call.due_at, paused=call.state in PAUSED, left=card.left)
    )


def _job(card: Card) -> str:
    """What it is about and whose job it seems to be, with the reason that settled it."""
    matter, lead = escape(card.matter), ""
    if card.lead:
        asked = f" {_tag(gettext('to be confirmed'))}" if card.is_open_question else ""
        lead = f"<p>{icon('arrow-right', 14)}<b>{escape(card.lead)}</b>{asked}</p>"
    elif card.matter:
        lead = f"<p>{_tag(gettext('no lead by the register'))}</p>"
    if not matter:
        matter = f'<span class="tag">{escape(gettext("Matter not set"))}</span>'
    return f'<div class="card-job"><p class="card-matter">{matter}</p>{lead}{_why(card.why)}</div>'


def _tag(words: str) -> str:
    return f'<span class="tag amber">{escape(words)}</span>'


def _why(text: str) -> str:
    text = escape(text)
    return f'<p class="card-why" title="{text}">{text}</p>' if text else ""


def _act(lane: LaneView, call: DeskCall, url: str, word: str, hidden: str) -> str:
    """The button of the lane: one press to accept, for the others the form on the call's page."""
    step, number = LANES[lane.key][2], escape(call.number)
    if not lane.is_own:
        return f'<a class="btn tiny" id="act-{number}" href="{url}"><span>{word}</span></a>'
    if step != "accept":
        key = "p" if step in PASSING else "d"
        return (
            f'<a class="btn tiny primary" data-row-key="{key}" id="act-{number}"'
            f' href="{url}#do-{step}"><span>{word}</span></a>'
        )
    return (
        f'<form method="post" action="{staff.step_url(call.public_id, step)}">{hidden}'
        f'<input type="hidden" name="idempotency_key" value="{uuid4().hex}">'
        f'<input type="hidden" name="version" value="{call.version}">'
        f'<button class="btn tiny primary" data-row-key="a" id="accept-{number}" type="submit">'
        f"<span>{word}</span></button></form>"
    )
