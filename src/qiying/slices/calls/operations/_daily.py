"""Sheets of the day: what waits for each person, and for leaders what their units have open."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import translation

from qiying.kernel import events, messaging, notifications
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, Invalid, NotFound
from qiying.kernel.models import User
from qiying.kernel.people import people_with
from qiying.kernel.tenancy import operation
from qiying.slices.calls import queries
from qiying.slices.calls.models import Charge, DailyChoice, DailySheet
from qiying.slices.calls.models.notices import NOTICES
from qiying.slices.calls.queries import daily
from qiying.slices.calls.rules.desk import DIGEST_HOURS
from qiying.slices.registry import public as registry

LATEST = timedelta(hours=3)
"""A sheet that could not be made within three hours of its hour is not made any more."""


@operation
def choose_daily(actor: Actor, *, is_on: bool, hour: int, now: datetime) -> DailyChoice:
    """When the sheet of the day comes to this person, or that it does not."""
    if actor.person_id is None:
        raise Denied("calls.person_needed")
    if hour not in DIGEST_HOURS:
        raise Invalid("input.invalid", {"hour": "input.choice"})
    row, _is_new = DailyChoice.objects.update_or_create(
        tenant_id=actor.tenant_id,
        person_id=actor.person_id,
        defaults={"is_on": is_on, "hour": hour},
    )
    return row


@operation
def put_in_charge(actor: Actor, unit_id: int, person_id: int | None, *, now: datetime) -> None:
    """Name the leader in charge of a unit from today on (分管); None ends it."""
    actor.require(Role.ADMINISTRATOR, Role.SUPERVISOR, Role.SYSTEM)
    today = queries.local_day(now)
    if unit_id not in {u.id for u in registry.units(actor).values()}:
        raise NotFound("not_found")
    leaders = {p.pk for p in people_with(actor, Role.ZONE_LEADER, on=today)}
    if person_id is not None and person_id not in leaders:
        raise Invalid("input.invalid", {"person_id": "calls.charge_leader"})
    open_rows = Charge.objects.select_for_update().filter(
        tenant_id=actor.tenant_id, unit_id=unit_id, valid_to=None
    )
    before = open_rows.first()
    if before is not None and before.person_id == person_id:
        return
    if before is not None:
        before.valid_to = today
        before.save(update_fields=["valid_to"])
    if person_id is None:
        subject = before
    else:
        subject = Charge.objects.create(
            tenant_id=actor.tenant_id,
            person_id=person_id,
            unit_id=unit_id,
            valid_from=today,
            set_by_id=actor.person_id,
        )
    if subject is not None:
        events.record(
            "calls.charge_set",
            subject=subject,
            actor=actor,
            now=now,
            unit=unit_id,
            person=person_id or 0,
        )


def send_daily(actor: Actor, *, now: datetime) -> int:
    """Make the sheets whose hour has come, each in a transaction of its own; how many."""
    count = 0
    for due in daily.due_sheets(actor, now=now, within=LATEST):
        count += _send(actor, due, now=now)
    return count


@operation
def _send(actor: Actor, due: daily.Due, *, now: datetime) -> int:
    on = queries.local_day(now)
    person = due.actor
    sheet, is_new = DailySheet.objects.get_or_create(
        tenant_id=actor.tenant_id,
        person_id=due.person_id,
        on=on,
        is_of_charge=due.is_of_charge,
        defaults={"made_at": now},
    )
    if not is_new:
        return 0
    if due.is_of_charge:
        figures = daily.charge_figures(person, due.unit_ids, now=now)
    else:
        figures = daily.figures(person, now=now)
    sheet.figures = figures
    sheet.save(update_fields=["figures"])
    if not any(figures.values()):
        return 1
    kind = "calls.daily.charge" if due.is_of_charge else "calls.daily"
    key = f"{kind}:{on:%Y%m%d}"
    notifications.notify(
        actor,
        [due.person_id],
        kind=kind,
        subject=sheet,
        url=reverse("calls:day"),
        params=figures,
        effect_key=key,
        now=now,
    )
    if due.is_of_charge:
        _message(actor, due, figures, on, now)
    return 1


def _message(
    actor: Actor, due: daily.Due, figures: dict[str, int], on: date, now: datetime
) -> None:
    """The morning sheet of a leader goes to the phone too, in Chinese as every message."""
    phone = next(iter(_phones([due.person_id])), "")
    if not phone:
        return
    messaging.send(
        actor,
        phone,
        template="notice",
        params={"text": _in_chinese(figures)},
        effect_key=f"calls.daily.charge:{on:%Y%m%d}:{due.person_id}",
        now=now,
    )


def _in_chinese(figures: dict[str, int]) -> str:
    """Messages to phones are in Chinese, whatever somebody reads on the screen."""
    with translation.override("zh-hans"):
        return str(NOTICES["calls.daily.charge"]) % figures


def _phones(ids: Iterable[int]) -> list[str]:
    return list(
        User.objects.filter(id__in=list(ids)).exclude(phone="").values_list("phone", flat=True)
    )
