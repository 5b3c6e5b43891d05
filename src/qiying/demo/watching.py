"""More time, plans, the ladder and a joint meeting on the last day of the demonstration."""

from datetime import datetime, timedelta

from qiying.demo.cast import Cast
from qiying.demo.haste import in_haste
from qiying.demo.plan import Plan
from qiying.demo.story_rhythm import is_working_day
from qiying.kernel import events, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Problem
from qiying.kernel.models import Event
from qiying.slices.calls import operations as calls
from qiying.slices.calls.models import Call, Supervision, Task
from qiying.slices.calls.rules import CallState, Level, SupervisionState

_BEFORE, _UNTIL = timedelta(minutes=50), timedelta(seconds=2)
_LOOKED_AT = 10
_MOMENTS = 80
"""All of it happens after everything that was played, so that the record keeps its order."""


def watch_over(plan: Plan, tenant_id: int) -> None:
    """Let the ladder climb, ask for more time, follow plans through, bring one call to a meeting."""
    with in_haste(), events.muted():
        _Watch(plan, tenant_id).run()


class _Watch:
    def __init__(self, plan: Plan, tenant_id: int) -> None:
        self._plan = plan
        self._cast = Cast(plan, tenant_id)
        self._platform = self._cast.platform
        last = Event.objects.filter(tenant_id=tenant_id).order_by("-sequence")
        with tenancy.reading(self._platform):
            played = last.values_list("occurred_at", flat=True).first()
        self._now = max(plan.ends_at - _BEFORE, played or plan.begins_at)
        self._pace = max((plan.ends_at - _UNTIL - self._now) / _MOMENTS, timedelta(0))

    def run(self) -> None:
        with tenancy.acting(self._platform):
            self._third_round()
            self._more_time()
            self._plans()
            calls.climb(self._platform, now=self._tick())
            self._mark()
            self._notes()

    def _tick(self) -> datetime:
        self._now += self._pace
        return self._now

    def _one(self, role: str, shift: int = 0) -> Actor:
        return self._cast.one(role, self._plan.stories[0], shift)

    def _unit(self, call: Call) -> Actor:
        return self._cast.of_unit(
            call.lead_unit_id or 0, self._plan.stories[0], call.complained_unit_id
        )

    def _open(self, state: str, *, count: int, is_late: bool | None = None) -> list[Call]:
        rows = Call.objects.filter(
            tenant_id=self._platform.tenant_id, state=state, complained_unit=None
        )
        if is_late is not None:
            rows = (
                rows.filter(due_at__lt=self._now)
                if is_late
                else rows.filter(due_at__gt=self._now + timedelta(hours=8))
            )
        return list(rows.exclude(urgency="danger").order_by("due_at", "id")[:count])

    def _day(self, days: int) -> datetime:
        """So many working days later."""
        found = self._now
        while days:
            found += timedelta(days=1)
            days -= is_working_day(found.date())
        return found

    # --- more time ---

    def _more_time(self) -> None:
        """One request that was granted and one that waits."""
        asked: list[Call] = []
        for call in self._open(CallState.WORKING, count=6, is_late=False):
            try:
                calls.propose_extension(
                    self._unit(call),
                    call.pk,
                    now=self._tick(),
                    reason="expert_opinion" if not asked else "other_units",
                    text="需第三方检测机构出具报告后方可处理，已委托并预约进场，附计划安排。",
                    until_on=self._day(8).date(),
                )
            except Problem:
                continue
            asked.append(call)
            if len(asked) == 2:
                break
        if asked:
            calls.approve_extension(self._one("supervisor"), asked[0].pk, now=self._tick())

    # --- plans ---

    def _plans(self) -> None:
        """A plan of three days, its first reported on."""
        for call in self._open(CallState.SCHEDULED, count=1, is_late=False):
            unit = self._unit(call)
            text = "已完成现场勘查和方案比选，进入下一阶段。"
            calls.report_milestone(unit, call.pk, now=self._tick(), text=text)
            for days, step in ((7, "完成施工图审查和材料采购。"), (14, "完成施工并组织验收。")):
                try:
                    calls.schedule(
                        unit,
                        call.pk,
                        now=self._tick(),
                        milestone_on=self._day(days).date(),
                        text=step,
                    )
                except Problem:
                    continue

    # --- a third round ---

    def _third_round(self) -> None:
        """A call that the firm sent back twice: the joint meeting is convened."""
        for call in self._open(CallState.CALLBACK, count=1):
            calls.callback_reject(
                self._other(call),
                call.pk,
                now=self._tick(),
                text="问题只处理了一半，仍在影响生产。",
            )
            unit = self._unit(call)
            self._sign(call, unit)
            calls.contact(unit, call.pk, now=self._tick(), text="已到企业现场再次核实。")
            calls.answer(
                unit, call.pk, now=self._tick(), result="solved", text="已补做处理，请企业确认。"
            )
            reviewer = self._one("desk", 1)
            calls.review_pass(reviewer, call.pk, now=self._tick())
            calls.callback_reject(
                self._other(call), call.pk, now=self._tick(), text="补做后又出现同样的问题。"
            )
            self._sign(call, unit)
            calls.convene_meeting(
                self._one("supervisor"),
                call.pk,
                now=self._tick(),
                meets_on=self._day(2).date(),
                unit_ids=[call.lead_unit_id or 0],
                text="研究同一问题反复出现的原因、整改措施和责任分工。",
            )

    def _sign(self, call: Call, unit: Actor) -> None:
        task = Task.objects.filter(
            tenant_id=self._platform.tenant_id, call_id=call.pk, is_lead=True, state="sent"
        )
        calls.sign(unit, task.values_list("id", flat=True).get(), now=self._tick())

    def _other(self, call: Call) -> Actor:
        return self._one("callback", call.pk)

    # --- the ladder ---

    def _mark(self) -> None:
        """A leader posts one call; the rungs passed over stand beside it."""
        found = self._open(CallState.DISPATCHED, count=_LOOKED_AT)
        for call in [c for c in found if c.supervision_level < Level.POST][:1]:
            leader = self._one("zone_leader")
            calls.supervise(
                leader,
                call.pk,
                now=self._tick(),
                level=Level.POST.code,
                text="涉及多家企业同类诉求，请分管领导牵头，一周内拿出办法。",
                officer_id=leader.person_id,
            )

    def _notes(self) -> None:
        """The first of those posted has its weekly note; one chased asks to be taken off."""
        rows = Supervision.objects.filter(
            tenant_id=self._platform.tenant_id, state=SupervisionState.OPEN
        )
        posted = rows.filter(level=int(Level.POST)).order_by("id").first()
        if posted is not None:
            calls.supervision_note(
                self._one("supervisor"),
                posted.call_id,
                now=self._tick(),
                text="本周已召开两次协调会，责任清单和时间表已报分管领导。",
            )
        low = rows.filter(level__lt=int(Level.POST)).select_related("call").order_by("id").first()
        if low is not None and low.call.state != CallState.DISPUTED:
            calls.propose_removal(
                self._unit(low.call),
                low.call_id,
                now=self._tick(),
                text="已与企业商定处理方案并开始实施，申请解除。",
            )
