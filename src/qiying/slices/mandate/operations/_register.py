"""Writing the register: new matters, new versions, files, editions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from qiying.kernel import events, revisions, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid, Refused
from qiying.slices.mandate import models, queries, rules
from qiying.slices.registry import public as registry

EDITORS = (Role.ADMINISTRATOR, Role.ZONE_LEADER, Role.SYSTEM)
"""Who may change the register."""


@tenancy.operation
def add_matter(
    actor: Actor, row: rules.Row, *, now: datetime, reason: str = ""
) -> models.MatterVersion:
    """Bring a new matter into the register from the row's first day on."""
    actor.require(*EDITORS)
    units = registry.units(actor)
    _check(row, units)
    if models.Matter.objects.visible_to(actor).filter(code=row.code).exists():
        raise Refused("mandate.code_taken", matter=row.code)
    matter = models.Matter.objects.create(
        tenant_id=actor.tenant_id, code=row.code, category=row.category
    )
    version = _write(actor, matter, row, units, now=now, reason=reason)
    revisions.bump(actor, "mandate")
    events.record("mandate.matter_added", subject=matter, actor=actor, now=now, version=version.pk)
    return version


@tenancy.operation
def revise(
    actor: Actor,
    code: str,
    *,
    effective_on: date,
    values: Mapping[str, Any],
    reason: str,
    now: datetime,
) -> models.MatterVersion:
    """Make a new version of a matter from a day on; the one in force then ends there.

    Parameters
    ----------
    values
        The fields of ``rules.Row`` that change, seats as tuples of unit codes.

    Raises
    ------
    Refused
        ``mandate.later_version``, ``mandate.same_day`` or ``mandate.no_change``.
    """
    actor.require(*EDITORS)
    cards = queries.register(actor).versions.get(code, ())
    return _revise(
        actor, code, cards, effective_on=effective_on, values=values, reason=reason, now=now
    )


def _revise(
    actor: Actor,
    code: str,
    cards: tuple[queries.MatterCard, ...],
    *,
    effective_on: date,
    values: Mapping[str, Any],
    reason: str,
    now: datetime,
) -> models.MatterVersion:
    matter = queries.get_matter(actor, code, for_update=True)
    before = next((c for c in cards if c.is_in_force(effective_on)), None)
    if before is None:
        raise Refused("mandate.not_in_force", matter=code)
    if any(c.valid_from > effective_on for c in cards):
        raise Refused("mandate.later_version", matter=code)
    if before.valid_from == effective_on:
        raise Refused("mandate.same_day", matter=code)
    number = max(c.number for c in cards) + 1
    period = {"valid_from": effective_on, "valid_to": before.valid_to, "number": number}
    after = before.changed({**values, **period})
    changes = rules.difference(before, after)
    if not changes:
        raise Refused("mandate.no_change")
    units = registry.units(actor)
    _check(after, units)
    models.MatterVersion.objects.filter(id=before.version_id).update(valid_to=effective_on)
    version = _write(actor, matter, after, units, now=now, reason=reason)
    revisions.bump(actor, "mandate")
    events.record(
        "mandate.matter_revised",
        subject=matter,
        actor=actor,
        now=now,
        version=version.pk,
        effective=effective_on.isoformat(),
        fields=[c.field for c in changes],
    )
    return version


@tenancy.operation
def withdraw(actor: Actor, version_id: int, *, today: date, now: datetime) -> None:
    """Take back a version that has not begun; the one before it goes on."""
    actor.require(*EDITORS)
    version = queries.get_version(actor, version_id, for_update=True)
    if version.valid_from <= today:
        raise Refused("mandate.has_begun")
    before = models.MatterVersion.objects.visible_to(actor).filter(
        matter_id=version.matter_id, valid_to=version.valid_from
    )
    number, ends = version.number, version.valid_to
    matter = version.matter
    version.delete()
    before.update(valid_to=ends)
    revisions.bump(actor, "mandate")
    events.record("mandate.version_withdrawn", subject=matter, actor=actor, now=now, number=number)


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a file did to the register: codes added, revised, left as they were."""

    added: tuple[str, ...]
    revised: tuple[str, ...]
    same: tuple[str, ...]


@tenancy.operation
def load_rows(
    actor: Actor, rows: Sequence[rules.Row], *, effective_on: date, reason: str, now: datetime
) -> LoadReport:
    """Bring a whole list of rows into the register from a day on, all or nothing.

    A code that is new is added, one whose content differs is revised, the others are left.
    """
    actor.require(*EDITORS)
    register = queries.register(actor)
    found: dict[str, list[str]] = {"added": [], "revised": [], "same": []}
    for row in rows:
        before = register.find(row.code, effective_on)
        if row.code not in register.versions:
            add_matter(actor, row.changed({"valid_from": effective_on}), now=now, reason=reason)
            found["added"].append(row.code)
        elif before is not None and not rules.difference(before, row):
            found["same"].append(row.code)
        else:
            values = {name: getattr(row, name) for name in rules.CONTENT}
            _revise(
                actor,
                row.code,
                register.versions[row.code],
                effective_on=effective_on,
                values=values,
                reason=reason,
                now=now,
            )
            found["revised"].append(row.code)
    return LoadReport(*(tuple(codes) for codes in found.values()))


def _check(row: rules.Row, units: Mapping[str, registry.UnitCard]) -> None:
    errors = rules.row_errors(row, {code: card.kind for code, card in units.items()})
    if errors:
        raise Invalid("mandate.row", errors, matter=row.code, limit="")


def _write(
    actor: Actor,
    matter: models.Matter,
    row: rules.Row,
    units: Mapping[str, registry.UnitCard],
    *,
    now: datetime,
    reason: str,
) -> models.MatterVersion:
    version = version_of(actor, matter.pk, row, now=now, reason=reason)
    version.save()
    models.Seat.objects.bulk_create(seats_of(actor, version.pk, row, units))
    return version


def version_of(
    actor: Actor, matter_id: int, row: rules.Row, *, now: datetime, reason: str
) -> models.MatterVersion:
    """The unsaved table row of a version."""
    same = {name: getattr(row, name) for name in queries.SAME}
    articles = [
        {"law_zh": a.law_zh, "law_en": a.law_en, "article": a.article, "grade": a.grade}
        for a in row.legal_basis
    ]
    return models.MatterVersion(
        tenant_id=actor.tenant_id,
        matter_id=matter_id,
        legal_basis=articles,
        keywords={"zh": list(row.keywords_zh), "en": list(row.keywords_en)},
        change_reason=reason,
        changed_at=now,
        changed_by=actor.identity,
        **same,
    )


def seats_of(
    actor: Actor, version_id: int, row: rules.Row, units: Mapping[str, registry.UnitCard]
) -> list[models.Seat]:
    """The unsaved seats of a version, in the row's order."""
    seats = []
    for name in rules.SEATS:
        part, side = name.split("_")
        for position, code in enumerate(getattr(row, name)):
            is_local = code == rules.LOCAL_TOWNSHIP
            seats.append(
                models.Seat(
                    tenant_id=actor.tenant_id,
                    version_id=version_id,
                    side=side,
                    part=part,
                    position=position,
                    unit_id=None if is_local else units[code].id,
                    is_local_township=is_local,
                )
            )
    return seats


@tenancy.operation
def publish(
    actor: Actor,
    *,
    kind: str,
    name_zh: str,
    name_en: str,
    effective_on: date,
    now: datetime,
    document: str = "",
) -> models.Edition:
    """Name a day of the register and keep the digest of every row then in force."""
    actor.require(*EDITORS)
    rows = queries.matters(actor, effective_on)
    if not rows:
        raise Refused("mandate.empty_register")
    if models.Edition.objects.visible_to(actor).filter(effective_on=effective_on).exists():
        raise Refused("mandate.edition_taken")
    edition = models.Edition.objects.create(
        tenant_id=actor.tenant_id,
        kind=kind,
        name_zh=name_zh,
        name_en=name_en,
        effective_on=effective_on,
        document=document,
        matters_count=len(rows),
        digest=rules.digest_of_rows(rows),
        published_at=now,
        published_by=actor.name,
    )
    events.record(
        "mandate.edition_published",
        subject=edition,
        actor=actor,
        now=now,
        effective=effective_on.isoformat(),
        digest=edition.digest,
    )
    return edition


@tenancy.operation
def found_register(
    actor: Actor,
    pairs: Iterable[tuple[rules.Row, ...]],
    *,
    now: datetime,
    reason: str,
) -> int:
    """Fill an empty register: for each matter its versions in order of time. How many matters."""
    actor.require(*EDITORS)
    if models.Matter.objects.visible_to(actor).exists():
        raise Refused("mandate.register_not_empty")
    units = registry.units(actor)
    by_code = {versions[0].code: versions for versions in pairs}
    for versions in by_code.values():
        for row in versions:
            _check(row, units)
    matters = models.Matter.objects.bulk_create(
        models.Matter(tenant_id=actor.tenant_id, code=code, category=versions[0].category)
        for code, versions in by_code.items()
    )
    flat = [(m, row) for m in matters for row in by_code[m.code]]
    written = models.MatterVersion.objects.bulk_create(
        version_of(actor, m.pk, row, now=now, reason=reason) for m, row in flat
    )
    models.Seat.objects.bulk_create(
        seat
        for version, (_, row) in zip(written, flat, strict=True)
        for seat in seats_of(actor, version.pk, row, units)
    )
    revisions.bump(actor, "mandate")
    events.record(
        "mandate.register_founded", subject=matters[0], actor=actor, now=now, count=len(matters)
    )
    return len(matters)
