"""One story on its way through the operations of the calls slice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from qiying.demo.cast import Cast
from qiying.demo.chance import stream
from qiying.demo.clock import Clock
from qiying.demo.enterprises import Enterprise
from qiying.demo.stories import Story
from qiying.demo.story_steps import Step, Wait
from qiying.demo.story_texts import phrase
from qiying.kernel.access import Actor
from qiying.slices.calls import operations as calls
from qiying.slices.calls.models import Call, Dispute, Pause, Task

_RECEIVED = Step("receive", Wait("clock", 0.0))
_ARCHIVED = Step("archive", Wait("clock", 0.0))
_FALLBACKS = ("ZONE_SERVICE", "ZONE_OFFICE")
_PUT_AWAY_AFTER = timedelta(days=2, hours=10)
_SAYS_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class World:
    """What every story needs: people, clock, and the records by the generator's codes."""

    cast: Cast
    clock: Clock
    firms: Mapping[str, Enterprise]
    firm_ids: Mapping[str, int]
    site_ids: Mapping[tuple[str, str], int]
    """By the firm's and the site's code."""
    unit_ids: Mapping[str, int]


@dataclass(slots=True)
class Tale:
    """A story and how far it has come; `next_at` is None when nothing is left to do."""

    story: Story
    world: World
    next_at: datetime | None
    _left: list[Step] = field(default_factory=list)
    _call: Call | None = None
    _started_at: datetime | None = None
    _due_at: datetime | None = None

    @classmethod
    def begin(cls, story: Story, world: World) -> "Tale":
        """A story before its first word."""
        return cls(story, world, story.submitted_at, [_RECEIVED, *story.steps])

    def go_on(self) -> None:
        """Take the next step at its time and find the time of the one after it."""
        now, step = self.next_at, self._left.pop(0)
        if now is None:
            raise RuntimeError("this story is over")
        found = _STEPS[step.name](self, step, now)
        if found is not None:
            self._follow(found, now)
        self.next_at = self._next(now)

    def _follow(self, call: Call, now: datetime) -> None:
        """Keep what later steps are counted from: the round's start and its deadline."""
        if self._call is None or call.current_round != self._call.current_round:
            self._started_at = now
        if call.clock == "answer":
            self._due_at = call.due_at
        self._call = call

    def _next(self, now: datetime) -> datetime | None:
        if not self._left:
            if self.call.state != "closed" or self.call.reopen_until is None:
                return None
            self._left = [_ARCHIVED]
            return self.call.reopen_until + _PUT_AWAY_AFTER
        started_at, due_at = self._started_at or now, self._due_at or now
        return self.world.clock.moment(self._left[0].wait, now, started_at, due_at)

    @property
    def call(self) -> Call:
        if self._call is None:
            raise RuntimeError("this story has not begun")
        return self._call

    # --- who ---

    def _firm(self) -> Actor:
        return self.world.cast.firm(self.story.enterprise)

    def _raiser(self) -> Actor:
        grid = self.world.firms[self.story.enterprise].grid
        if self.story.raised_by == "grid_officer" and grid:
            return self.world.cast.grid_officer(grid)
        return self._desk() if self.story.raised_by == "desk" else self._firm()

    def _desk(self, shift: int = 0) -> Actor:
        return self.world.cast.one("desk", self.story, shift)

    def _supervisor(self) -> Actor:
        return self.world.cast.one("supervisor", self.story)

    def _caller(self) -> Actor:
        return self.world.cast.one("callback", self.story)

    def _unit(self, unit_id: int) -> Actor:
        recused = self.call.complained_unit_id
        return self.world.cast.of_unit(unit_id, self.story, recused)

    def _lead(self) -> Actor:
        if self.call.lead_unit_id is None:
            raise RuntimeError("nobody leads this call")
        return self._unit(self.call.lead_unit_id)

    # --- steps ---

    def _receive(self, _step: Step, now: datetime) -> Call:
        story, world = self.story, self.world
        firm_id = world.firm_ids[story.enterprise]
        actor = self._raiser()
        visit_id = None
        if story.visit_zh:
            visit = calls.record_visit(actor, enterprise_id=firm_id, text=story.visit_zh, now=now)
            visit_id = visit.pk
        return calls.receive(
            actor,
            title=story.title_zh,
            text=story.text_zh,
            now=now,
            enterprise_id=firm_id,
            matter_code=story.matter,
            urgency=story.urgency,
            channel=story.channel,
            nature=story.nature,
            visit_id=visit_id,
            complained_unit_id=world.unit_ids.get(story.complained_unit or ""),
            **self._place(),
            **self._contact(),
        )

    def _place(self) -> dict[str, Any]:
        place = self.story.place
        return {
            "longitude": place.position[0],
            "latitude": place.position[1],
            "accuracy_m": place.accuracy_m,
            "position_source": place.source,
            "object_kind": place.object_kind,
            "address": place.address_zh,
            "site_id": self.world.site_ids.get((self.story.enterprise, place.asset or "")),
        }

    def _contact(self) -> dict[str, Any]:
        if self.story.raised_by == "enterprise":
            return {}
        contact = self.world.firms[self.story.enterprise].contacts[0]
        return {"contact_name": contact.name_zh, "contact_phone": contact.phone}

    def _accept(self, step: Step, now: datetime) -> Call:
        return calls.accept(self._desk(), self.call.pk, now=now, text=step.text_zh)

    def _ask_info(self, step: Step, now: datetime) -> Call:
        return calls.ask_info(self._desk(), self.call.pk, now=now, text=step.text_zh)

    def _supply_info(self, step: Step, now: datetime) -> Call:
        return calls.supply_info(self._raiser(), self.call.pk, now=now, text=step.text_zh)

    def _decline(self, step: Step, now: datetime) -> Call:
        chance = stream(self.story.number, "told")
        return calls.decline(
            self._desk(),
            self.call.pk,
            now=now,
            code=step.code,
            text=step.text_zh,
            told_path=phrase(f"told_{step.code}", _SAYS_NOTHING, chance),
        )

    def _withdraw(self, step: Step, now: datetime) -> Call:
        return calls.withdraw(self._firm(), self.call.pk, now=now, text=step.text_zh)

    def _dispatch(self, step: Step, now: datetime) -> Call:
        unit_ids, complained = self.world.unit_ids, self.call.complained_unit_id
        lead = self.call.proposed_unit_id or next(
            unit_ids[code] for code in _FALLBACKS if unit_ids[code] != complained
        )
        wanted = [unit_ids[code] for code in self.story.co_units]
        return calls.dispatch(
            self._desk(),
            self.call.pk,
            now=now,
            lead_unit_id=lead,
            co_units=[calls.CoUnit(i) for i in wanted if i not in {lead, complained}],
            text=step.text_zh,
        )

    def _dispute(self, step: Step, now: datetime) -> Call:
        proposed = self.world.unit_ids.get(step.unit or "")
        if proposed in {self.call.lead_unit_id, self.call.complained_unit_id}:
            proposed = None
        return calls.dispute(
            self._lead(), self.call.pk, now=now, text=step.text_zh, proposed_unit_id=proposed
        )

    def _adjudicate(self, step: Step, now: datetime) -> Call:
        dispute = self._open_dispute()
        unit_id = dispute.proposed_unit_id if step.code == "move" else None
        return calls.adjudicate(
            self._supervisor(),
            self.call.pk,
            now=now,
            unit_id=unit_id or dispute.unit_id,
            text=step.text_zh,
        )

    def _open_dispute(self) -> Dispute:
        return Dispute.objects.filter(
            tenant_id=self.call.tenant_id, call_id=self.call.pk, adjudicated_at=None
        ).get()

    def _sign(self, step: Step, now: datetime) -> Call | None:
        task = self._task(step)
        if task is None:
            return None
        return calls.sign(self._unit(task.unit_id), task.pk, now=now)

    def _task(self, step: Step) -> Task | None:
        """The lead's part, or that of the co-handler that the step names if it has one."""
        rows = Task.objects.filter(
            tenant_id=self.call.tenant_id,
            call_id=self.call.pk,
            round__number=self.call.current_round,
            is_lead=step.unit is None,
        ).exclude(state="withdrawn")
        if step.unit is not None:
            rows = rows.filter(unit_id=self.world.unit_ids[step.unit])
        return rows.first()

    def _contacted(self, step: Step, now: datetime) -> Call:
        is_reached = step.code == "reached"
        return calls.contact(
            self._lead(), self.call.pk, now=now, is_reached=is_reached, text=step.text_zh
        )

    def _co_part(self, step: Step, now: datetime) -> Call | None:
        task = self._task(step)
        if task is None:
            return None
        take = calls.task_done if step.name == "task_done" else calls.stage_report
        return take(self._unit(task.unit_id), task.pk, now=now, text=step.text_zh)

    def _propose_pause(self, step: Step, now: datetime) -> Call:
        return calls.propose_pause(
            self._lead(),
            self.call.pk,
            now=now,
            reason=step.code,
            text=step.text_zh,
            expected_to_at=self.world.clock.evening(now, step.days or 5),
        )

    def _approve_pause(self, _step: Step, now: datetime) -> Call:
        pause = Pause.objects.get(
            tenant_id=self.call.tenant_id, call_id=self.call.pk, state="proposed"
        )
        return calls.approve_pause(self._supervisor(), pause.pk, now=now)

    def _resume(self, step: Step, now: datetime) -> Call:
        return calls.resume(self._lead(), self.call.pk, now=now, text=step.text_zh)

    def _schedule(self, step: Step, now: datetime) -> Call:
        return calls.schedule(
            self._lead(),
            self.call.pk,
            now=now,
            milestone_on=self.world.clock.days_ahead(now, step.days or 10),
            text=step.text_zh,
        )

    def _answer(self, step: Step, now: datetime) -> Call:
        if self.story.urgency == "danger":
            self._settle(now)
        return calls.answer(
            self._lead(), self.call.pk, now=now, result=step.code, text=step.text_zh
        )

    def _settle(self, now: datetime) -> None:
        """Those whom the decision called to a danger beside the lead report before the answer."""
        rows = Task.objects.filter(
            tenant_id=self.call.tenant_id, call_id=self.call.pk, is_lead=False, state="sent"
        )
        for task in rows.order_by("id"):
            chance = stream(task.pk, "co")
            actor = self._unit(task.unit_id)
            calls.sign(actor, task.pk, now=now)
            text = phrase("co_done", _SAYS_NOTHING, chance)
            calls.task_done(actor, task.pk, now=now, text=text)

    def _review(self, step: Step, now: datetime) -> Call:
        if step.name == "review_pass":
            return calls.review_pass(self._desk(1), self.call.pk, now=now)
        return calls.review_return(self._desk(1), self.call.pk, now=now, text=step.text_zh)

    def _attempt(self, step: Step, now: datetime) -> Call:
        return calls.attempt_callback(
            self._caller(), self.call.pk, now=now, outcome=step.code, text=step.text_zh
        )

    def _confirm(self, step: Step, now: datetime) -> Call:
        return calls.callback_confirm(
            self._caller(), self.call.pk, now=now, resolved=step.code, text=step.text_zh
        )

    def _reject(self, step: Step, now: datetime) -> Call:
        return calls.callback_reject(self._caller(), self.call.pk, now=now, text=step.text_zh)

    def _close_unreached(self, _step: Step, now: datetime) -> Call:
        return calls.close_unreached(self._caller(), self.call.pk, now=now)

    def _rate(self, step: Step, now: datetime) -> Call:
        return calls.rate(
            self._firm(),
            self.call.pk,
            now=now,
            grade=step.grade or 3,
            resolved=step.code,
            text=step.text_zh,
        )

    def _reopen(self, step: Step, now: datetime) -> Call:
        return calls.reopen(self._firm(), self.call.pk, now=now, text=step.text_zh)

    def _message(self, step: Step, now: datetime) -> Call:
        return calls.message(self._firm(), self.call.pk, now=now, text=step.text_zh)

    def _archive(self, _step: Step, now: datetime) -> Call:
        return calls.archive(self._desk(), self.call.pk, now=now)


_STEPS: Mapping[str, Callable[[Tale, Step, datetime], Call | None]] = {
    "receive": Tale._receive,
    "accept": Tale._accept,
    "ask_info": Tale._ask_info,
    "supply_info": Tale._supply_info,
    "decline": Tale._decline,
    "withdraw": Tale._withdraw,
    "dispatch": Tale._dispatch,
    "dispute": Tale._dispute,
    "adjudicate": Tale._adjudicate,
    "sign": Tale._sign,
    "contact": Tale._contacted,
    "stage_report": Tale._co_part,
    "task_done": Tale._co_part,
    "propose_pause": Tale._propose_pause,
    "approve_pause": Tale._approve_pause,
    "resume": Tale._resume,
    "schedule": Tale._schedule,
    "answer": Tale._answer,
    "review_pass": Tale._review,
    "review_return": Tale._review,
    "attempt_callback": Tale._attempt,
    "callback_confirm": Tale._confirm,
    "callback_reject": Tale._reject,
    "close_unreached": Tale._close_unreached,
    "rate": Tale._rate,
    "reopen": Tale._reopen,
    "message": Tale._message,
    "archive": Tale._archive,
}
