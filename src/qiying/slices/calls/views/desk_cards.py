"""The lanes of the service desk as markup: five dozen cards, drawn by functions.

A template takes five times as long for the same markup. Every text that came from outside is
escaped where it is put in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel.access import Actor
from qiying.kernel.templatetags._badges import countdown, level
from qiying.kernel.templatetags._markup import icon, markup
from qiying.slices.calls import queries
from qiying.slices.calls.models import PAUSE_LABELS, RESULT_LABELS
from qiying.slices.calls.queries.lanes import DeskCall, Lane, decisions_of
from qiying.slices.calls.rules import PAUSED, STOPPED
from qiying.slices.calls.views import staff
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry

LANES: Mapping[str, tuple[Promise, Promise, str, Promise]] = {
    "inbox": (_("To accept"), _("Nothing waits to be accepted."), "accept", _("Accept")),
    "triage": (_("To dispatch"), _("Everything is dispatched."), "dispatch", _("Dispatch")),
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
PASSING = frozenset({"review_pass", "approve_pause"})
"""The steps that the key P takes; D takes the others."""


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every card needs besides its call."""

    actor: Actor
    now: datetime
    path: str
    token: str
    matters: Mapping[str, str]
    units: Mapping[int, registry.UnitCard]
    rulings: Mapping[int, mandate.Ruling]
    is_chinese: bool

    def name(self, name_zh: str | None = "", name_en: str | None = "") -> str:
        """As everywhere: the reader's language, the other one when that is empty."""
        name_zh, name_en = name_zh or "", name_en or ""
        return (name_zh or name_en) if self.is_chinese else (name_en or name_zh)

    def unit(self, unit_id: int | None) -> str:
        card = self.units.get(unit_id or 0)
        return card.name if card else ""


def drawn(
    request: HttpRequest,
    actor: Actor,
    lanes: Iterable[Lane],
    own: frozenset[str],
    *,
    now: datetime,
) -> SafeString:
    """All lanes, those on which this reader decides first."""
    lanes = sorted(lanes, key=lambda lane: lane.key not in own)
    decisions = decisions_of(c for lane in lanes if lane.key in EARLY for c in lane.rows)
    given = _Desk(
        actor=actor,
        now=now,
        path=escape(request.path),
        token=get_token(request),
        matters=staff.matter_names(actor, now),
        units=queries.unit_cards(actor),
        rulings=mandate.rulings(actor, decisions) if decisions else {},
        is_chinese=(get_language() or "zh").startswith("zh"),
    )
    return markup("".join(_lane(given, lane, is_own=lane.key in own) for lane in lanes))


def _lane(given: _Desk, lane: Lane, *, is_own: bool) -> str:
    label, empty, _step, _act = LANES[lane.key]
    key = lane.key
    if lane.rows:
        cards = "".join(_card(given, key, c, is_own=is_own) for c in lane.rows)
        inner = f"<ul data-rows>{cards}</ul>{_more(lane)}"
    else:
        inner = f'<p class="lane-empty">{icon("circle-check", 18)}<span>{escape(empty)}</span></p>'
    return (
        f'<section aria-labelledby="lane-{key}"><header><h2 id="lane-{key}">{escape(label)}</h2>'
        f"<em>{lane.count}</em></header>{inner}</section>\n"
    )


def _more(lane: Lane) -> str:
    if lane.count <= len(lane.rows):
        return ""
    says = escape(gettext("See all %(n)s") % {"n": lane.count})
    here = f"{reverse('calls:list')}?tab={lane.key}"
    return f'<a class="btn small ghost lane-more" href="{here}"><span>{says}</span></a>'


def _card(given: _Desk, lane: str, call: DeskCall, *, is_own: bool) -> str:
    light = call.light(given.now)
    number, title = escape(call.number), escape(call.title)
    url, drawer = staff.case_url(call.public_id), staff.drawer_url(call.public_id)
    firm = escape(given.name(*(call.names or ())))
    return (
        f'<li><article data-tone="{"over" if light == "red" else ""}">'
        f'<div class="first">{level(*staff.LEVELS[call.urgency])}<span>{_clock(call)}</span></div>'
        f'<b><a id="card-{number}" href="{url}" data-open hx-get="{drawer}" hx-target="#drawer"'
        f' hx-swap="innerHTML">{title}</a></b><p>{firm}</p>'
        f"{_job(given, call) if lane in EARLY else _said(given, lane, call)}"
        f"<footer>{_act(given, lane, call, url, is_own=is_own)}"
        f'<span class="spring"></span><span class="num">{number[-3:]}</span></footer>'
        "</article></li>"
    )


def _clock(call: DeskCall) -> str:
    """The nearest deadline, running; nothing where none runs any more."""
    if call.state in STOPPED:
        return ""
    return str(countdown(call.step_due_at or call.due_at, paused=call.state in PAUSED))


def _job(given: _Desk, call: DeskCall) -> str:
    """What it is about and whose job it seems to be, with the reason that settled it."""
    matter = escape(given.matters.get(call.matter_code, call.matter_code))
    unset = f'<span class="tag">{escape(gettext("Matter not set"))}</span>'
    lead, said = escape(given.unit(call.proposed_unit_id)), ""
    if lead:
        said = f"<p>{icon('arrow-right', 14)}<b>{lead}</b>{_open_question(call)}</p>"
    elif matter:
        words = escape(gettext("no lead by the register"))
        said = f'<p><span class="tag amber">{words}</span></p>'
    why = staff.main_reason(given.rulings.get(call.decision_id or 0))
    return f'<div class="card-job"><p class="card-matter">{matter or unset}</p>{said}{_why(why)}</div>'


def _open_question(call: DeskCall) -> str:
    if not call.needs_confirmation and call.proposed_unit_id is not None:
        return ""
    return f' <span class="tag amber">{escape(gettext("to be confirmed"))}</span>'


def _why(text: str) -> str:
    return f'<p class="card-why" title="{escape(text)}">{escape(text)}</p>' if text else ""


def _said(given: _Desk, lane: str, call: DeskCall) -> str:
    """What somebody wrote that is to be decided on."""
    code, words = call.said or ("", "")
    code = code or ""
    if lane == "disputed":
        head = given.unit(int(code or 0))
    else:
        head = str((RESULT_LABELS if lane == "review" else PAUSE_LABELS).get(code, ""))
    if not words:
        return _why(head)
    return _why(gettext("%(head)s: %(words)s") % {"head": head, "words": words})


def _act(given: _Desk, lane: str, call: DeskCall, url: str, *, is_own: bool) -> str:
    """The button of the lane: one press to accept, for the others the form on the call's page."""
    _label, _empty, step, label = LANES[lane]
    number, word = escape(call.number), escape(label)
    if not is_own:
        word = escape(gettext("Open the call"))
        return f'<a class="btn tiny" id="act-{number}" href="{url}"><span>{word}</span></a>'
    if step != "accept":
        key = "p" if step in PASSING else "d"
        return (
            f'<a class="btn tiny primary" data-row-key="{key}" id="act-{number}"'
            f' href="{url}#do-{step}"><span>{word}</span></a>'
        )
    return (
        f'<form method="post" action="{staff.step_url(call.public_id, step)}">'
        f'<input type="hidden" name="csrfmiddlewaretoken" value="{given.token}">'
        f'<input type="hidden" name="idempotency_key" value="{uuid4().hex}">'
        f'<input type="hidden" name="version" value="{call.version}">'
        f'<input type="hidden" name="next" value="{given.path}">'
        f'<button class="btn tiny primary" data-row-key="a" id="accept-{number}" type="submit">'
        f"<span>{word}</span></button></form>"
    )
