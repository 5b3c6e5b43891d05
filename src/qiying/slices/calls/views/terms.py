"""The zone's terms: what is in force, on what it rests, what is planned; set with a reason."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.engines.worktime import Rule
from qiying.kernel import nav, posting, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.kernel.language import in_language, is_chinese
from qiying.kernel.law import Basis
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import operations, queries, rules
from qiying.slices.calls.forms.terms import TermForm
from qiying.slices.calls.models import CASE_LABELS, TERM_LABELS, ZoneTerm
from qiying.slices.calls.queries import limits
from qiying.slices.calls.queries.limits import MatterLimit, TermLine
from qiying.slices.calls.rules import Statute, TermClock, TermKey
from qiying.slices.calls.rules.terms import TERM_KEEPERS
from qiying.slices.calls.views.record import period_words
from qiying.slices.calls.views.staff import READERS
from qiying.slices.mandate import public as mandate

AT_TERMS = tuple(sorted({*READERS, *TERM_KEEPERS}))
ANY_CASE = "all"
"""How an address names a term that has no cases."""


@page(*AT_TERMS)
def terms(request: HttpRequest) -> HttpResponse:
    """Every term with its source and grade; ``?matter=`` leads to the term of one matter."""
    actor, now = actor_of(request), timezone.now()
    code = request.GET.get("matter", "")
    if rules.is_matter(code):
        return redirect("calls:term", TermClock.ANSWER.value, code)
    found = limits.matter_limits(actor, now=now)
    context = {
        "rows": [_row(line) for line in limits.term_lines(actor, now=now)],
        "matters": [_matter_row(one) for one in found],
        "statutes": [_statute_row(s) for s in limits.unlisted_statutes()],
        "fixed": FIXED,
        "register": mandate.matters(actor, queries.local_day(now)),
        "may_set": actor.has(*TERM_KEEPERS),
    }
    return render(request, "calls/terms/list.html", context)


@page(*AT_TERMS)
def term(request: HttpRequest, clock: str, case: str) -> HttpResponse:
    """One term with its history; POST sets it anew."""
    actor, now, status = actor_of(request), timezone.now(), 200
    key = (clock, "" if case == ANY_CASE else case)
    with tenancy.reading(actor):
        card = _card(actor, key, now)
        line = limits.term_line(actor, key, now=now)
    form = TermForm(request.POST or None, key=key, rule=line.rule)
    if request.method == "POST":
        actor.require(*TERM_KEEPERS)
        answer = posting.send(request, form, lambda: _set(actor, key, form))
        if answer is not None:
            return answer
        status = 422
    with tenancy.reading(actor):
        matter = limits.matter_limit(actor, card, now=now) if card else None
        context = {
            "title": term_title(key, card),
            "facts": _facts(line, matter),
            "line": line,
            "basis": _basis(limits.basis_of(line)),
            "matter": _matter_row(matter) if matter else None,
            "history": [_history_row(r, line, now) for r in limits.history(actor, key)],
            "form": form,
            "may_set": actor.has(*TERM_KEEPERS),
        }
        return render(request, "calls/terms/term.html", context, status=status)


def _card(actor: Actor, key: TermKey, now: datetime) -> mandate.MatterCard | None:
    """The matter of a term, if it is one's; NotFound for a term that there is not."""
    if not rules.is_known(key):
        raise NotFound("not_found")
    if key in rules.SHIPPED:
        return None
    return mandate.matter(actor, key[1], queries.local_day(now))


def _set(actor: Actor, key: TermKey, form: TermForm) -> str:
    operations.set_term(actor, clock=key[0], case=key[1], now=timezone.now(), **form.cleaned_data)
    return term_url(key)


def term_url(key: TermKey) -> str:
    return reverse("calls:term", args=[key[0], key[1] or ANY_CASE])


def term_title(key: TermKey, card: mandate.MatterCard | None = None) -> str:
    """``Answer · complaint``."""
    label = str(TERM_LABELS[key[0]])
    case = f"{card.code} {card.name}" if card else str(CASE_LABELS.get(key[1], key[1]))
    return f"{label} · {case}" if case else label


def words_of(rule: Rule) -> str:
    return period_words(rule.kind, rule.amount)


def _basis(basis: Basis) -> dict[str, str]:
    return {"text": basis.text(is_chinese=is_chinese()), "grade": basis.grade}


def _row(line: TermLine) -> dict[str, Any]:
    return {
        "url": term_url(line.key),
        "label": TERM_LABELS[line.key[0]],
        "case": CASE_LABELS.get(line.key[1], ""),
        "rule": words_of(line.rule),
        "shipped": words_of(line.shipped.rule) if line.shipped and line.setting else "",
        "basis": _basis(limits.basis_of(line)),
        "since": line.setting.valid_from if line.setting else None,
        "planned": _planned(line.planned),
        "is_guarded": line.is_guarded,
    }


def _planned(rows: Iterable[ZoneTerm]) -> list[dict[str, Any]]:
    return [{"on": r.valid_from, "rule": words_of(r.setting.rule)} for r in rows]


def _matter_row(found: MatterLimit) -> dict[str, Any]:
    line, limit = found.line, found.limit
    own = line.setting if line else None
    return {
        "url": term_url((TermClock.ANSWER.value, found.card.code)),
        "code": found.card.code,
        "name": found.card.name,
        "register": words_of(limit.rule) if limit else "",
        "source": {"text": found.source, "grade": found.grade} if limit else None,
        "laws": [_statute_row(s) for s in found.laws],
        "own": words_of(own.setting.rule) if own else "",
        "planned": _planned(line.planned) if line else [],
        "rule": words_of(found.rule),
        "is_locked": found.is_locked,
    }


def _statute_row(statute: Statute) -> dict[str, Any]:
    return {
        "name": in_language(statute.zh, statute.en),
        "rule": words_of(statute.rule),
        "longest": words_of(statute.longest) if statute.longest else "",
        "basis": _basis(statute.basis),
    }


def _facts(line: TermLine, matter: MatterLimit | None) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = [
        (_("In force"), words_of(matter.rule if matter else line.rule)),
        (_("Since"), line.setting.valid_from if line.setting else _("from the beginning")),
    ]
    if line.shipped:
        found.append((_("Shipped default"), words_of(line.shipped.rule)))
    most = [period_words(kind, rules.most_of(line.key, kind)) for kind in rules.kinds_of(line.key)]
    laws = rules.laws_of(line.key[1], matter.limit) if matter else ()
    allowed = [words_of(law) for law in laws] or most
    found.append((_("The zone may set at most"), gettext(" or ").join(allowed)))
    return found


def _history_row(row: ZoneTerm, line: TermLine, now: datetime) -> dict[str, Any]:
    if line.setting is not None and row.pk == line.setting.pk:
        tone, label = "done", _("in force")
    elif row in line.planned:
        tone, label = "new", _("planned")
    else:
        tone, label = "paused", _("superseded")
    return {"row": row, "rule": words_of(row.setting.rule), "tone": tone, "label": label}


FIXED = (
    (
        _("A firm opens a closed call again, with nobody's leave"),
        _("30 days"),
        _("Otherwise a closure could be defended by shortening the time for complaints."),
    ),
    (
        _("Closing without the firm's word"),
        _("three failed attempts on two different days"),
        _("Silence is no consent; fewer attempts would close what was never confirmed."),
    ),
    (
        _("Who decides on an extension, a pause, a dispute, an answer, a call-back"),
        _("never the one whose clock it is"),
        _("Nobody judges the own promise."),
    ),
    (
        _("Pauses and extensions of a round"),
        _("three pauses, two extensions"),
        _("More of them hide delay; the call goes up the ladder instead."),
    ),
    (
        _("Third round"),
        _("to the joint meeting"),
        _("The unit alone was not enough twice."),
    ),
    (
        _("Relapse: the same firm, the same matter"),
        _("30 days"),
        _("The verified rate rests on it and would not be comparable."),
    ),
)
"""What no zone decides: the rule, its measure, the reason."""


def register_terms() -> None:
    """Hang the page into the navigation; called once at start-up."""
    nav.item("system", _("Time limits"), "calls:terms", "timer", AT_TERMS, order=66)
