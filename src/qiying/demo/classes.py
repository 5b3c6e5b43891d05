"""Problems that several firms share: their calls, and what the zone did about them at once.

Two class issues whose measure has landed, after which the calls stopped, and a candidate. The calls
are stories among the others; the rest is played after them through the real operations.
"""

import io
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from PIL import Image

from qiying.demo.haste import in_haste
from qiying.demo.packaged import read_toml
from qiying.demo.plan import Plan
from qiying.kernel import events, files, people, tenancy
from qiying.kernel.access import Actor, Role, system
from qiying.slices.class_issues import operations, queries
from qiying.slices.class_issues.models import Issue
from qiying.slices.class_issues.rules import DEFAULTS, LIMITS

WATCHED_DAYS = 14
FOUND, RAISED, PLANNED, BEGUN, REACHED, LANDED, VERIFIED = 19.3, 18.6, 18.4, 17.6, 17.3, 16.35, 1.4
"""Days before the day of the demonstration."""
WITHIN = 5
"""Working days for each of these measures."""


def play_classes(plan: Plan, tenant_id: int) -> None:
    """Find the classes when they could be seen first, and carry two of them to the end."""
    with in_haste(), events.muted():
        platform = system(tenant_id)
        supervisor = _somebody(platform, plan, Role.SUPERVISOR)
        _set_thresholds(supervisor, plan)
        operations.look(platform, now=_ago(plan, FOUND))
        for told in _told("effective", "landed"):
            issue = _candidate(platform, told["matter"], plan.ends_at)
            if issue is not None:
                _carry(platform, supervisor, plan, issue, told)
        operations.look(platform, now=plan.ends_at - timedelta(hours=6))


def _told(*states: str) -> list[Mapping[str, Any]]:
    return [row for row in read_toml("classes")["classes"] if row["state"] in states]


def _ago(plan: Plan, days: float) -> datetime:
    return plan.ends_at - timedelta(days=days)


def _somebody(platform: Actor, plan: Plan, role: str, unit_id: int | None = None) -> Actor:
    """The first who holds a role, for the zone or in a unit."""
    on = plan.ends_at.date()
    person = people.people_with(platform, role, unit_id=unit_id, on=on)[0]
    found = people.actors_of(person, now=plan.ends_at)
    return next(actor for actor in found if actor.tenant_id == platform.tenant_id)


def _set_thresholds(supervisor: Actor, plan: Plan) -> None:
    """This zone watches a measure for two weeks, so that its first ones can be judged already."""
    values = {name: getattr(DEFAULTS, name) for name in LIMITS} | {"effect_days": WATCHED_DAYS}
    operations.set_thresholds(
        supervisor,
        now=_ago(plan, FOUND + 1),
        reason="试行期先观察 14 天",
        place=DEFAULTS.place,
        values=values,
    )


def _candidate(platform: Actor, matter: str, now: datetime) -> Issue | None:
    with tenancy.reading(platform):
        wanted = queries.Filters(tab="candidates", matter=matter)
        rows = queries.list_issues(platform, wanted, now=now)
        return rows.order_by(F("calls").desc(), "id").first()


def _carry(
    platform: Actor, supervisor: Actor, plan: Plan, issue: Issue, told: Mapping[str, Any]
) -> None:
    unit_id = issue.unit_id or 0
    owner = _somebody(platform, plan, Role.HANDLER, unit_id)
    stones = [(_ago(plan, REACHED).date(), name) for name in told["milestones"]]

    def take(who: Actor, step: str, days: float, **inputs: Any) -> None:
        operations.take(who, issue.pk, step, now=_ago(plan, days), **inputs)

    take(
        supervisor,
        "raise",
        RAISED,
        title=told["title"],
        owner_unit=unit_id,
        owner=owner.person_id,
    )
    cause = {"root_cause": told["root_cause"], "measure": told["measure"]}
    take(owner, "plan", PLANNED, **cause, within=WITHIN, milestones=stones)
    take(owner, "start", BEGUN)
    for position in range(1, len(stones) + 1):
        take(owner, "reach", REACHED - position / 100, milestone=position)
    file = _picture(owner, told["matter"], _ago(plan, LANDED))
    take(owner, "land", LANDED, text=told["landing"], attachments=[file])
    operations.tell_members(platform, issue.pk, now=_ago(plan, LANDED))
    if told["state"] == "effective":
        take(supervisor, "find_effective", VERIFIED, text=told["verdict"])


def _picture(owner: Actor, name: str, now: datetime) -> int:
    """A plain picture that stands for the photo of what was built."""
    image, held = Image.new("RGB", (480, 320), (150, 162, 170)), io.BytesIO()
    image.paste((88, 120, 96), (0, 200, 480, 320))
    image.save(held, "PNG")
    upload = SimpleUploadedFile(f"{name}-landed.png", held.getvalue(), "image/png")
    return files.store(owner, upload, purpose="evidence", now=now).pk
