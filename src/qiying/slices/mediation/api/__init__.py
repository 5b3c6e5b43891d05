"""``/api/v1/mediations``: disputes for those who have a part in them, counts for leaders."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from qiying.kernel import paging, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import NotFound
from qiying.kernel.web import actor_of
from qiying.slices.calls import public as calls
from qiying.slices.mediation import operations, queries, rules
from qiying.slices.mediation.api._roster import router as roster
from qiying.slices.mediation.api._schemas import (
    AgreementTermOut,
    DisputeDetail,
    DisputeIn,
    DisputeOut,
    DisputePage,
    DisputePartyIn,
    DisputePartyOut,
    DisputeQuery,
    MediationCount,
    MediationDays,
    MediationFigures,
    MediationSessionOut,
    MediationStepIn,
)
from qiying.slices.mediation.models import Case, labels
from qiying.slices.mediation.operations import PartyIn
from qiying.slices.mediation.queries import ORDER, TABS, Docket, Filters
from qiying.slices.mediation.rules import Kind
from qiying.slices.registry import public as registry

router = Router(tags=["mediations"])
router.add_router("", roster)
READERS = (
    Role.ENTERPRISE,
    Role.GRID_OFFICER,
    Role.DESK,
    Role.HANDLER,
    Role.UNIT_LEADER,
    Role.CALLBACK,
    Role.SUPERVISOR,
)
COUNTERS = (
    Role.ZONE_LEADER,
    Role.SUPERVISOR,
    Role.ANALYST,
    Role.AUDITOR,
    Role.DESK,
    Role.UNIT_LEADER,
)


def _out(case: Case) -> dict[str, Any]:
    names = DisputeOut.model_fields.keys() - {"id", "state_label"}
    found = {name: getattr(case, name) for name in names}
    return {**found, "id": case.public_id, "state_label": str(labels.STATES[case.state])}


def _detail(docket: Docket) -> DisputeDetail:
    case, agreement = docket.case, docket.agreement
    signed = {s.party_id for s in docket.signatures}
    came: dict[int, list[int]] = {}
    for row in docket.rows.attendances:
        came.setdefault(row.session_id, []).append(row.party_id)
    return DisputeDetail(
        **_out(case),
        facts=case.facts,
        claim_cny=case.claim_cny,
        parties=[
            DisputePartyOut(
                id=p.pk,
                side=p.side,
                name=docket.party_name(p),
                consent=p.consent,
                has_signed=p.pk in signed,
            )
            for p in docket.parties
        ],
        sessions=[
            MediationSessionOut(
                id=s.pk,
                number=s.number,
                state=s.state,
                at=s.at,
                place=s.place,
                minutes=s.minutes,
                present=came.get(s.pk, []),
            )
            for s in docket.rows.sessions
        ],
        agreement=agreement.text if agreement else "",
        terms=[AgreementTermOut(party=t.party_id, id=t.pk, **_term(t)) for t in docket.terms],
        steps=queries.steps_open(docket),
    )


def _term(term: Any) -> dict[str, Any]:
    names = AgreementTermOut.model_fields.keys() - {"id", "party"}
    return {name: getattr(term, name) for name in names}


@router.get("/", response=DisputePage, summary="Disputes in which the asker has a part")
@roles(*READERS)
def list_disputes(request: HttpRequest, query: Query[DisputeQuery]) -> DisputePage:
    actor, now = actor_of(request), timezone.now()
    tab = query.tab if query.tab in TABS else "all"
    kind = query.kind if query.kind in set(Kind) else ""
    rows = queries.list_cases(actor, Filters(tab, kind, query.q.strip()), now=now)
    page = paging.paginate(rows, order=ORDER, cursor=query.cursor, size=query.size)
    items = [DisputeOut(**_out(case)) for case in page]
    return DisputePage(items=items, next=page.next, previous=page.previous)


@router.post("/", response={201: DisputeOut}, summary="Register a dispute")
@roles(*operations.OPENERS)
@idempotent
def open_dispute(request: HttpRequest, body: DisputeIn) -> tuple[int, DisputeOut]:
    actor = actor_of(request)
    with tenancy.acting(actor):
        case = operations.open_case(
            actor,
            kind=body.kind,
            title=body.title,
            facts=body.facts,
            parties=[_party_in(actor, p) for p in body.parties],
            now=timezone.now(),
            applied_on=body.applied_on,
            arose_on=body.arose_on,
            claim_cny=body.claim_cny,
            call_id=calls.card_by_public_id(actor, body.call).id if body.call else None,
        )
    return 201, DisputeOut(**_out(case))


def _party_in(actor: Actor, body: DisputePartyIn) -> PartyIn:
    firm = registry.enterprise_by_public_id(actor, body.enterprise) if body.enterprise else None
    return PartyIn(body.side, firm.id if firm else None, body.name, body.phone, body.spokesperson)


@router.get(
    "/figures", response=MediationFigures, summary="Counts of a period; no dispute is named"
)
@roles(*COUNTERS)
def get_figures(request: HttpRequest, query: Query[MediationDays]) -> MediationFigures:
    now = timezone.now()
    start, end = query.edges(now)
    found = queries.figures(actor_of(request), start=start, end=end, now=now)
    return MediationFigures(
        total=_count(found.total),
        kinds=[_count(c) for c in found.kinds],
        rarer=found.few,
        terms_due=found.terms_due,
        terms_performed=found.terms_performed,
        confirmed=found.confirmed,
        confirmation_asked=found.asked,
    )


def _count(row: queries.Count) -> MediationCount:
    return MediationCount(
        kind=row.kind,
        registered=row.registered,
        settled=row.settled,
        failed=row.failed,
        running=row.running,
        success=row.success,
        median_days=row.days,
    )


@router.get("/{uuid:dispute_id}", response=DisputeDetail, summary="One dispute")
@roles(*READERS)
def get_dispute(request: HttpRequest, dispute_id: UUID) -> DisputeDetail:
    actor = actor_of(request)
    case = queries.get_by_public_id(actor, dispute_id)
    return _detail(queries.docket(actor, case, now=timezone.now()))


@router.post("/{uuid:dispute_id}/steps", response=DisputeOut, summary="Take a step in a dispute")
@roles(*READERS)
@idempotent
def take_dispute_step(
    request: HttpRequest, dispute_id: UUID, body: MediationStepIn
) -> tuple[int, DisputeOut]:
    actor = actor_of(request)
    if body.step not in rules.ROWS:
        raise NotFound("not_found")
    with tenancy.acting(actor):
        case = queries.get_by_public_id(actor, dispute_id)
        moved = operations.take(
            actor,
            case.pk,
            body.step,
            now=timezone.now(),
            version=body.version,
            **body.inputs(),
        )
    return 200, DisputeOut(**_out(moved))
