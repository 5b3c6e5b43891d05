"""The agreement and the certificate as documents in Chinese, whatever the reader's language."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from qiying.kernel import letters
from qiying.kernel.errors import Refused
from qiying.kernel.letters import Letter, Part
from qiying.kernel.web import actor_of, page
from qiying.slices.mediation import queries, rules
from qiying.slices.mediation.models import labels
from qiying.slices.mediation.queries import Docket
from qiying.slices.mediation.rules import FACTS, Confirmation, Fact, State
from qiying.slices.mediation.views import shared
from qiying.slices.registry import public as registry

CHINESE = "zh-hans"


@page(*sorted(shared.READERS))
def agreement(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The agreement to be signed or kept, or the record of an oral one."""
    docket = _docket(request, public_id)
    if docket.agreement is None:
        raise Refused("mediation.no_agreement")
    with translation.override(CHINESE):
        return letters.respond(_issued(_agreement(docket), request))


@page(*sorted(shared.READERS))
def certificate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """That mediation ended without agreement, or the agreement was not kept, and where to go."""
    docket = _docket(request, public_id)
    ended = docket.case.failure or docket.case.state in {State.DECLINED, State.BREACHED}
    if not ended:
        raise Refused("mediation.no_certificate")
    with translation.override(CHINESE):
        return letters.respond(_issued(_certificate(docket), request))


def _issued(letter: Letter, request: HttpRequest) -> Letter:
    """The paper with the zone that issues it; the committee's own seal stands above."""
    return replace(letter, issuer=registry.zone(actor_of(request)).name_zh)


def _docket(request: HttpRequest, public_id: UUID) -> Docket:
    actor = actor_of(request)
    case = queries.get_by_public_id(actor, public_id)
    return queries.docket(actor, case, now=timezone.now())


def _agreement(docket: Docket) -> Letter:
    case, row = docket.case, docket.agreement
    if row is None:
        raise Refused("mediation.no_agreement")
    names = {p.pk: docket.party_name(p) for p in docket.parties}
    head = (_("Term"), _("Owed by"), _("What is to be done"), _("Until"), _("Amount (yuan)"))
    terms = [
        (
            str(t.number),
            names.get(t.party_id, ""),
            t.text,
            t.due_on.isoformat(),
            "" if t.amount_cny is None else f"{t.amount_cny:,.2f}",
        )
        for t in docket.terms
    ]
    is_oral = row.form == rules.Form.ORAL
    title = _("Record of an oral mediation agreement") if is_oral else _("Mediation agreement")
    parts = [
        Part(_("Parties"), _party_lines(docket)),
        Part(_("Facts, points in dispute, responsibility of each"), [row.text]),
        Part(_("What the parties agreed"), rows=[head, *terms], widths=(8, 22, 40, 15, 15)),
        Part(_("Effect"), _effect(docket)),
    ]
    return Letter(title, case.number, parts, _signatures(docket), _foot(), docket.now)


def _party_lines(docket: Docket) -> list[str]:
    return [
        f"{labels.SIDES[p.side]}：{docket.party_name(p)}"
        + (f"（{_spokesperson(p.spokesperson)}）" if p.spokesperson else "")
        for p in docket.parties
    ]


def _spokesperson(name: str) -> str:
    return _("spokesperson %(name)s") % {"name": name}


def _effect(docket: Docket) -> list[str]:
    codes = ["binding", "confirmation", "confirmation_effect"]
    row, case = docket.agreement, docket.case
    first = f"{row.form}_effect" if row else "binding"
    lines = [_sentence(FACTS[code]) for code in (first, *codes)]
    if case.effective_on and case.confirm_due_at:
        lines.append(
            _("In force since %(day)s; confirmation may be asked for until %(last)s.")
            % {"day": case.effective_on, "last": rules.last_day(case.confirm_due_at)}
        )
    return lines


def _sentence(fact: Fact) -> str:
    return f"{fact.sentence(str(labels.LEGAL[fact.code]))}（{fact.basis.zh}）"


def _signatures(docket: Docket) -> list[str]:
    line = "_" * 28
    parties = [
        _("%(side)s (signature, seal or fingerprint): %(line)s")
        % {"side": labels.SIDES[p.side], "line": line}
        for p in docket.parties
    ]
    return [
        *parties,
        _("Mediator (signature): %(line)s") % {"line": line},
        _("Mediation committee (seal): %(line)s") % {"line": line},
        _("Date: %(line)s") % {"line": line},
    ]


def _certificate(docket: Docket) -> Letter:
    case = docket.case
    why = _why(docket)
    is_confirmed = case.confirmation == Confirmation.CONFIRMED
    paths = (
        rules.breach_paths(case.kind, is_confirmed=is_confirmed)
        if case.state == State.BREACHED
        else rules.failure_paths(case.kind)
    )
    told = [f"{i}. {labels.PATHS[p]}" for i, p in enumerate(paths, start=1)]
    hint = rules.limitation_fact(case.kind)
    parts = [
        Part(_("Parties"), _party_lines(docket)),
        Part(
            _("Course"),
            [
                _("Kind of dispute: %(kind)s; application received on %(day)s.")
                % {"kind": labels.KINDS[case.kind], "day": case.applied_on},
                why,
            ],
        ),
        Part(_("You may, according to law"), told),
        Part(_("Mind the time"), [_sentence(hint), *_lapse(docket)]),
        Part("", [_sentence(FACTS["told_path"])]),
    ]
    seal = [_("Mediation committee (seal): %(line)s") % {"line": "_" * 28}]
    title = _("Certificate of the end of mediation")
    return Letter(title, case.number, parts, seal, _foot(), docket.now)


def _why(docket: Docket) -> str:
    case = docket.case
    if case.state == State.BREACHED:
        return _("The agreement in force since %(day)s was not kept.") % {"day": case.effective_on}
    if case.decline_reason:
        return _("Not mediated: %(reason)s.") % {"reason": labels.DECLINES[case.decline_reason]}
    return _("Ended without agreement: %(reason)s.") % {"reason": labels.FAILURES[case.failure]}


def _lapse(docket: Docket) -> list[str]:
    day = docket.case.limitation_on
    if day is None:
        return []
    return [_("By what is recorded here the claim may lapse on %(day)s.") % {"day": day}]


def _foot() -> str:
    return _("Mediation is free of charge.")
