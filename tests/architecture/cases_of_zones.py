"""The casebook of a zone of the tests of access: a row in every table, made by the operations."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from qiying.kernel import tenancy
from qiying.slices.calls.models import Call
from qiying.slices.casebook import operations, queries
from qiying.slices.casebook.models import Case, Selection
from tests.architecture.names import EVERYTHING
from tests.slices.calls import steps

if TYPE_CHECKING:
    from tests.architecture.two_zones import Zone

LATER = timedelta(days=40)
POINTS = {"importance": 8, "innovation": 8, "evidence": 8, "replicable": 8, "cost": 8}


def make_casebook(zone: "Zone") -> None:
    """A published case that is cited, drafts, one under review; selections at three stages."""
    now = zone.world.now + LATER
    zone.rows["nominable"] = _closed(zone, "丁", "safety", "ZONE_SAFE")
    _published(zone, now)
    _drafts(zone, now)
    _judged(zone, now)
    _open(zone, now)
    _being_read(zone, now)
    _publicised(zone, now)


def _closed(zone: "Zone", name: str, who: str, unit: str) -> Call:
    """A verified closure of a firm of its own, so that no other call counts as its return."""
    world = zone.world
    firm = f"{zone.mark}{name}坊"
    world.firm(firm)
    call = steps.raise_call(world, "desk", firm, title=f"{zone.mark} {name}", text="words")
    steps.take(world, "desk", call, "accept")
    more = {} if unit == "ZONE_SAFE" else {"text": "so it is"}
    steps.take(world, "desk", call, "dispatch", lead_unit_id=world.units[unit], **more)
    steps.take(world, who, call, "sign", task_id=steps.task(world, call, unit))
    steps.take(world, who, call, "contact")
    steps.take(world, who, call, "answer", result="solved", text="done")
    steps.take(world, "desk2", call, "review_pass")
    steps.take(world, "caller", call, "callback_confirm", resolved="yes", text="yes")
    return call


def texts_of(zone: "Zone") -> Mapping[str, str]:
    words = f"{zone.mark} words that say enough"
    parts = ("background", "difficulty", "practice", "effect", "replicable")
    return {"title": f"{zone.mark} title", **dict.fromkeys(parts, words)}


def _nominated(zone: "Zone", call: Call, who: str, now: Any, **texts: str) -> Case:
    given = {**texts_of(zone), **texts}
    return operations.nominate(zone.world.actor(who), call.public_id, texts=given, now=now)


def _published(zone: "Zone", now: Any) -> None:
    world = zone.world
    call = _closed(zone, "甲", "safety", "ZONE_SAFE")
    case = _nominated(zone, call, "desk", now)
    operations.submit(world.actor("desk"), case.pk, now=now)
    for name in ("analyst", "auditor"):
        person = world.user(name).pk
        operations.name_reviewer(world.actor("leader"), case.pk, person, now=now)
        operations.review(world.actor(name), case.pk, points=POINTS, comment=zone.mark, now=now)
    operations.accept(world.actor("leader"), case.pk, reason=zone.mark, now=now)
    zone.rows["case"] = operations.publish(world.actor("leader"), case.pk, now=now)
    operations.cite(
        world.actor("safety"),
        case.public_id,
        call_public_id=zone.rows["call"].public_id,
        note=zone.mark,
        now=now,
    )


def _drafts(zone: "Zone", now: Any) -> None:
    """A draft of whoever holds every role, and one of the desk."""
    world, rate = zone.world, "words that say 98% and more"
    first = _nominated(
        zone, _closed(zone, "乙", "safety", "ZONE_SAFE"), EVERYTHING, now, effect=rate
    )
    zone.rows["draft_case"] = first
    actor = world.actor(EVERYTHING)
    with tenancy.reading(actor):
        zone.rows["finding"] = operations.findings(actor, first, queries.current_version(first))[0]
    zone.rows["desk_draft"] = _nominated(
        zone, _closed(zone, "丙", "safety", "ZONE_SAFE"), "desk", now, effect=rate
    )


def _judged(zone: "Zone", now: Any) -> None:
    """A case that waits for two readers, one of them with every role."""
    world = zone.world
    case = _nominated(zone, _closed(zone, "戊", "emb", "EMB"), "desk", now)
    operations.submit(world.actor("desk"), case.pk, now=now)
    for name in ("analyst", EVERYTHING):
        person = world.user(name).pk
        operations.name_reviewer(world.actor("leader"), case.pk, person, now=now)
    zone.rows["judged_case"] = case
    waiting = _nominated(zone, _closed(zone, "己", "emb", "EMB"), "desk", now)
    zone.rows["waiting_case"] = operations.submit(world.actor("desk"), waiting.pk, now=now)


def _announced(zone: "Zone", now: Any) -> Selection:
    world, today = zone.world, timezone.localdate(now)
    row = operations.prepare(
        world.actor("supervisor"),
        title_zh=f"{zone.mark}评选",
        title_en=f"{zone.mark} selection",
        rules_zh=f"{zone.mark}规则",
        rules_en=f"{zone.mark} rules",
        quota=1,
        opens_on=today,
        closes_on=today + timedelta(days=900),
        review_until=today + timedelta(days=990),
        publicity_days=5,
        now=now,
    )
    return operations.announce(world.actor("supervisor"), row.pk, now=now)


def _entered(zone: "Zone", row: Selection, who: str, now: Any) -> Any:
    return operations.enter(
        zone.world.actor(who),
        row.pk,
        level="county",
        county=f"{zone.mark}县",
        entrant=f"{zone.mark}办",
        texts=texts_of(zone),
        now=now,
    )


def _open(zone: "Zone", now: Any) -> None:
    row = _announced(zone, now - LATER)
    zone.rows["open_selection"] = row
    zone.rows["own_entry"] = _entered(zone, row, EVERYTHING, now - LATER)
    zone.rows["desk_entry"] = _entered(zone, row, "desk", now - LATER)


def _dealt(zone: "Zone", now: Any, *judges: str) -> Selection:
    """Two entries, each read by both judges."""
    world, supervisor = zone.world, zone.world.actor("supervisor")
    row = _announced(zone, now)
    for _number in range(2):
        entry = _entered(zone, row, "desk", now)
        operations.pass_check(supervisor, entry.pk, now=now)
    for name in judges:
        operations.seat(supervisor, row.pk, world.user(name).pk, county="", now=now)
    over = now + timedelta(days=901)
    operations.close_entries(supervisor, row.pk, now=over)
    return operations.deal(supervisor, row.pk, now=over)


def _being_read(zone: "Zone", now: Any) -> None:
    row = _dealt(zone, now, "analyst", EVERYTHING)
    zone.rows["judged_selection"] = row
    with tenancy.reading(zone.world.system):
        zone.rows["reading"] = queries.competing(row)[0]
        zone.rows["reading_mark"] = queries.marks_of(row)[0]


def _publicised(zone: "Zone", now: Any) -> None:
    world = zone.world
    row = _dealt(zone, now, "analyst", "auditor")
    at = now + timedelta(days=910)
    with tenancy.reading(world.system):
        names = {world.user(n).pk: n for n in ("analyst", "auditor")}
        marks = [(names[m.seat.person_id], m.entry) for m in queries.marks_of(row)]
    for who, entry in marks:
        points = {**POINTS, "cost": 4 + (entry.blind or 0)}
        operations.mark(
            world.actor(who), entry.public_id, points=points, comment=zone.mark, now=at
        )
    row = operations.rank(world.actor("supervisor"), row.pk, now=at)
    operations.choose(
        world.actor("leader"),
        row.pk,
        row.ranking["inside"],
        met_on=timezone.localdate(at),
        minutes=zone.mark,
        now=at,
    )
    zone.rows["selection"] = operations.publicise(world.actor("supervisor"), row.pk, now=at)
    with tenancy.reading(world.system):
        zone.rows["entry"] = queries.publicised(world.system, row)[0]
    zone.rows["objection"] = operations.raise_objection(
        zone.boss, zone.rows["entry"].public_id, text=f"{zone.mark} objects", now=at
    )
