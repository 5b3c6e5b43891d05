"""Nominating a call, writing the case, settling what could tell who is meant."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from qiying.kernel import events, numbering, tenancy
from qiying.kernel.access import Actor, system
from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.slices.calls import public as calls
from qiying.slices.casebook import queries, rules
from qiying.slices.casebook.models import Case, CaseReview, CaseVersion, FindingReason
from qiying.slices.casebook.operations._shared import (
    clean_texts,
    digest_of,
    person_of,
    require_whole,
    said,
)
from qiying.slices.mandate import public as mandate

CASE = rules.CASE


def closure_that_stands(actor: Actor, call_id: int) -> calls.ClosureCard:
    """The closure of a call as the platform sees it; refused unless it is verified.

    A secret call never becomes a case, and none becomes one any further that was marked later.
    """
    card = calls.closure(system(actor.tenant_id), call_id)
    if not card.is_verified:
        raise Refused("casebook.not_verified", number=card.call.number)
    if card.call.is_secret:
        raise Refused("casebook.secret", number=card.call.number)
    return card


def frozen(card: calls.ClosureCard, matter: mandate.MatterCard | None) -> dict[str, Any]:
    """The card that is kept beside the case: codes, days, rounds, no names."""
    return {
        "matter": card.call.matter_code,
        "matter_zh": matter.name_zh if matter else "",
        "matter_en": matter.name_en if matter else "",
        "units": len(card.unit_ids),
        "days": card.days,
        "rounds": card.rounds,
        "outcome": card.outcome,
        "is_on_time": card.is_on_time,
        "rating": card.rating,
        "is_verified": card.is_verified,
        "closed_on": card.call.closed_at.date().isoformat() if card.call.closed_at else "",
    }


@tenancy.operation
def nominate(
    actor: Actor, call_public_id: UUID, *, now: datetime, texts: Mapping[str, str] | None = None
) -> Case:
    """Nominate a closed call as a typical case; only a verified closure can be one."""
    actor.require(*rules.NOMINATORS)
    nominator = person_of(actor)
    found = calls.card_by_public_id(actor, call_public_id)
    card = closure_that_stands(actor, found.id)
    if card.complained_unit_id is not None:
        raise Refused("casebook.complaint", number=card.call.number)
    on = now.date()
    matter = mandate.matter(actor, card.call.matter_code, on) if card.call.matter_code else None
    row = Case(
        tenant_id=actor.tenant_id,
        number=numbering.next_number(actor, "DX", now=now),
        call_id=found.id,
        card=frozen(card, matter),
        matter_code=card.call.matter_code,
        category=matter.category if matter else "",
        involved=sorted({*card.person_ids, nominator}),
        units=sorted(card.unit_ids),
        nominated_by_id=nominator,
        nominated_at=now,
        updated_at=now,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused("casebook.nominated_already", number=card.call.number) from error
    _new_version(actor, row, {}, now=now)
    events.record("casebook.case_nominated", subject=row, actor=actor, now=now, call=found.number)
    if texts:
        write(actor, row.pk, texts=texts, now=now)
    return row


def _new_version(
    actor: Actor, case: Case, texts: Mapping[str, str], *, now: datetime
) -> CaseVersion:
    return CaseVersion.objects.create(
        tenant_id=actor.tenant_id,
        case=case,
        number=case.version,
        written_by_id=person_of(actor),
        written_at=now,
        **texts,
    )


@tenancy.operation
def nominate_and_look(
    actor: Actor, call_public_id: UUID, *, texts: Mapping[str, str], now: datetime
) -> tuple[Case, tuple[rules.Found, ...]]:
    """Nominate, and say at once who could be recognised in the text."""
    case = nominate(actor, call_public_id, texts=texts, now=now)
    return case, findings(actor, case, queries.current_version(case))


def own_case(actor: Actor, case_id: int, step: str) -> Case:
    """A case at a step that its nominator takes, locked."""
    case = queries.get_case(actor, case_id, for_update=True)
    CASE.step(case.state, step, actor.roles)
    if case.nominated_by_id != actor.person_id:
        raise Denied("casebook.not_yours")
    return case


@tenancy.operation
def write(actor: Actor, case_id: int, *, texts: Mapping[str, str], now: datetime) -> CaseVersion:
    """Write the parts of the text that are given, and look who could be recognised."""
    case = own_case(actor, case_id, "write")
    version = queries.current_version(case)
    for part, text in clean_texts(texts).items():
        setattr(version, part, text)
    version.written_at = now
    _look(actor, case, version, now=now)
    version.save()
    touch(case, now)
    events.record("casebook.case_written", subject=case, actor=actor, now=now, v=version.number)
    return version


def _look(actor: Actor, case: Case, version: CaseVersion, *, now: datetime) -> None:
    """Check the text as it stands and keep how many findings have no reason."""
    texts = queries.texts_of(version)
    version.digest = version.checked_digest = digest_of(texts)
    version.checked_at = now
    version.words = f"{case.number} {' '.join(texts.values())}"
    version.open_findings = len(unsettled(actor, case, version))


def findings(actor: Actor, case: Case, version: CaseVersion) -> tuple[rules.Found, ...]:
    """Who could be recognised in a version of a case, by the register as it is now."""
    known = queries.known_of(actor, call_id=case.call_id, card=case.card)
    return rules.check(queries.texts_of(version), known)


def unsettled(actor: Actor, case: Case, version: CaseVersion) -> list[rules.Found]:
    """The findings that stand without a reason, or that no reason lets stand."""
    reasons = queries.reasons_of(case)
    return [f for f in findings(actor, case, version) if f.is_hard or f.key not in reasons]


@tenancy.operation
def give_reason(
    actor: Actor, case_id: int, key: str, *, reason: str, now: datetime
) -> FindingReason:
    """Say why a finding may stand; never for what identifies by itself."""
    case = own_case(actor, case_id, "reason")
    version = queries.current_version(case)
    found = next((f for f in findings(actor, case, version) if f.key == key), None)
    if found is None:
        raise NotFound("casebook.no_finding")
    if found.is_hard:
        raise Refused("casebook.hard_finding")
    row, _made = FindingReason.objects.update_or_create(
        tenant_id=actor.tenant_id,
        case=case,
        key=key,
        defaults={
            "kind": found.kind,
            "reason": said(reason, "reason", most=300),
            "by_id": person_of(actor),
            "at": now,
        },
    )
    _look(actor, case, version, now=now)
    version.save()
    touch(case, now)
    events.record("casebook.finding_reasoned", subject=case, actor=actor, now=now, key=key)
    return row


def touch(case: Case, now: datetime, **changes: Any) -> None:
    """Write what a step changes on the case."""
    for name, value in changes.items():
        setattr(case, name, value)
    case.updated_at = now
    case.save(update_fields=[*changes, "updated_at"])


def require_unrecognisable(actor: Actor, case: Case, version: CaseVersion, now: datetime) -> None:
    """Check again by the register of today; Refused while a finding stands."""
    _look(actor, case, version, now=now)
    version.save()
    if version.open_findings:
        raise Refused("casebook.findings", count=version.open_findings)


@tenancy.operation
def submit(actor: Actor, case_id: int, *, now: datetime) -> Case:
    """Hand the text to review: whole, nobody to be recognised, the closure still verified."""
    case = own_case(actor, case_id, "submit")
    version = queries.current_version(case)
    require_whole(queries.texts_of(version))
    closure_that_stands(actor, case.call_id)
    if unsettled(actor, case, version):
        raise Refused("casebook.findings", count=len(unsettled(actor, case, version)))
    touch(
        case,
        now,
        state=rules.CaseState.REVIEW,
        criteria=[c.as_row() for c in rules.STANDARD],
        decided_by_id=None,
        decided_at=None,
        reason="",
        score=None,
    )
    events.record("casebook.case_submitted", subject=case, actor=actor, now=now, v=version.number)
    return case


@tenancy.operation
def drop(actor: Actor, case_id: int, *, now: datetime) -> Case:
    """Give a nomination up; a revision that is dropped leaves the published version standing."""
    case = own_case(actor, case_id, "drop")
    return end_revision(actor, case, "drop", now=now)


def end_revision(actor: Actor, case: Case, step: str, *, now: datetime, **changes: Any) -> Case:
    row = CASE.steps[step]
    target = row.target or case.state
    if case.published_version_id is not None:
        target = rules.CaseState.PUBLISHED
    before = case.state
    touch(case, now, state=str(target), **changes)
    CaseReview.objects.filter(
        tenant_id=actor.tenant_id, case=case, version__number=case.version, reviewed_at=None
    ).update(is_void=True)
    events.record(row.event, subject=case, actor=actor, now=now, before=before, after=case.state)
    return case


@tenancy.operation
def revise(actor: Actor, case_id: int, *, now: datetime) -> Case:
    """Begin a new version of a published case; the library keeps showing the old one."""
    case = own_case(actor, case_id, "revise")
    latest = (
        CaseVersion.objects.filter(tenant_id=actor.tenant_id, case=case)
        .order_by("-number")
        .values_list("number", flat=True)[0]
    )
    if case.published_version is None:
        raise Invalid("input.invalid")
    texts = queries.texts_of(case.published_version)
    touch(case, now, state=rules.CaseState.DRAFT, version=latest + 1)
    version = _new_version(actor, case, texts, now=now)
    _look(actor, case, version, now=now)
    version.save()
    events.record("casebook.case_revised", subject=case, actor=actor, now=now, v=version.number)
    return case
