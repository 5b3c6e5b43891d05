"""What the pages of mediation share: who reads them, a case as a row, forms of steps."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from qiying.kernel.access import STAFF, Role
from qiying.kernel.exports import SHANGHAI
from qiying.slices.mediation import queries
from qiying.slices.mediation.forms import StepForm, step_form
from qiying.slices.mediation.forms.steps import Given
from qiying.slices.mediation.models import labels
from qiying.slices.mediation.queries import Docket
from qiying.slices.mediation.rules import Consent, SessionState, TermState

READERS = frozenset(
    {
        Role.ENTERPRISE,
        Role.GRID_OFFICER,
        Role.DESK,
        Role.HANDLER,
        Role.UNIT_LEADER,
        Role.CALLBACK,
        Role.SUPERVISOR,
    }
)
"""Who can have a part in a dispute; each sees the cases that ``visible_to`` leaves."""
COUNTERS = frozenset(
    {
        Role.ZONE_LEADER,
        Role.SUPERVISOR,
        Role.ANALYST,
        Role.AUDITOR,
        Role.DESK,
        Role.UNIT_LEADER,
    }
)
"""Who sees counts and no case."""
ROSTER_READERS = frozenset(STAFF)


def given(docket: Docket, step: str) -> Given:
    """The choices that a form of this step offers."""
    return Given(
        kind=docket.case.kind,
        capacities=docket.capacities,
        parties=_parties(docket, step),
        all_parties=[(p.pk, docket.party_name(p)) for p in docket.parties],
        sessions=_sessions(docket),
        terms=_terms(docket, step),
        mediators=_mediators(docket) if step == "appoint" else [],
        today=queries.today(docket.now),
    )


def given_any(docket: Docket) -> Given:
    """Every row of the case: what is sent twice was right once, and the operation judges it."""
    parties = [(p.pk, docket.party_name(p)) for p in docket.parties]
    return Given(
        kind="",
        capacities=docket.capacities,
        parties=parties,
        all_parties=parties,
        sessions=[(s.pk, s.place) for s in docket.rows.sessions],
        terms=[(t.pk, t.text) for t in docket.rows.terms],
        mediators=[(c.row.pk, c.name) for c in queries.mediators(docket.actor, now=docket.now)],
        today=queries.today(docket.now),
    )


def _parties(docket: Docket, step: str) -> list[tuple[int, str]]:
    rows = queries.parties_for(docket)
    if step in {"consent", "refuse"}:
        rows = [p for p in rows if p.consent == Consent.ASKED]
    elif step == "sign":
        unsigned = {p.pk for p in queries.unsigned(docket)}
        rows = [p for p in rows if p.pk in unsigned]
    return [(p.pk, docket.party_name(p)) for p in rows]


def _sessions(docket: Docket) -> list[tuple[int, str]]:
    rows = [s for s in docket.rows.sessions if s.state == SessionState.PLANNED]
    return [(s.pk, f"{_moment(s.at)} · {s.place}") for s in rows]


def _moment(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _terms(docket: Docket, step: str) -> list[tuple[int, str]]:
    rows = [t for t in docket.terms if t.state != TermState.PERFORMED]
    if step == "breach":
        rows = [t for t in rows if t.due_on < queries.today(docket.now)]
    return [(t.pk, f"{t.number}. {t.text[:40]}") for t in rows]


def _mediators(docket: Docket) -> list[tuple[int, str]]:
    """Mediators who may take the case, those with least in hand first."""
    tried = queries.tried(docket)
    cards = [
        c
        for c in queries.mediators(docket.actor, now=docket.now)
        if c.row.pk not in tried and not queries.misfit(docket, c.row)
    ]
    cards.sort(key=lambda c: (c.load, c.row.pk))
    return [
        (
            c.row.pk,
            _("%(name)s, %(unit)s (%(count)s in hand)")
            % {"name": c.name, "unit": c.unit, "count": c.load},
        )
        for c in cards
    ]


def forms_of(docket: Docket, bound: StepForm | None = None) -> list[dict[str, Any]]:
    """The steps open to the reader, each with its form; ``bound`` replaces the one sent wrongly."""
    found: list[dict[str, Any]] = []
    for name in queries.steps_open(docket):
        is_sent = bound is not None and bound.step == name
        form = bound if is_sent else step_form(name, given(docket, name))
        found.append(
            {
                "name": name,
                "label": labels.STEPS[name],
                "form": form,
                "is_open": is_sent,
                "is_danger": name in labels.DANGEROUS,
                "is_main": not found and name in labels.MAIN,
            }
        )
    return found
