"""The steps of a story as calls of the real operations, by the names that the stories use."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from qiying.demo.chance import stream
from qiying.demo.story_rhythm import SHANGHAI
from qiying.demo.story_steps import Step
from qiying.demo.story_texts import phrase
from qiying.demo.tale import Tale
from qiying.slices.calls import operations as calls
from qiying.slices.calls.models import Call, Dispute, Pause, Task
from qiying.slices.calls.rules import MEETING_FROM_ROUND, CallState, PauseState, TaskState

_FALLBACKS = ("ZONE_SERVICE", "ZONE_OFFICE")
_PAUSE_DAYS, _MILESTONE_DAYS = 5, 10
_NO_SLOTS: Mapping[str, str] = {}


def go_on(tale: Tale) -> None:
    """Take the next step of a story at its time."""
    step, now = tale.turn()
    tale.follow(ACTS[step.name](tale, step, now), now)


def _receive(tale: Tale, _step: Step, now: datetime) -> Call:
    story, world = tale.story, tale.world
    firm_id, actor = world.firm_ids[story.enterprise], tale.raiser
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
        **_place(tale),
        **_contact_person(tale),
    )


def _place(tale: Tale) -> Any:
    place = tale.story.place
    return {
        "longitude": place.position[0],
        "latitude": place.position[1],
        "accuracy_m": place.accuracy_m,
        "position_source": place.source,
        "object_kind": place.object_kind,
        "address": place.address_zh,
        "site_id": tale.world.site_ids.get((tale.story.enterprise, place.asset or "")),
    }


def _contact_person(tale: Tale) -> Any:
    if tale.story.raised_by == "enterprise":
        return {}
    contact = tale.world.firms[tale.story.enterprise].contacts[0]
    return {"contact_name": contact.name_zh, "contact_phone": contact.phone}


def _accept(tale: Tale, step: Step, now: datetime) -> Call:
    return calls.accept(tale.desk, tale.call.pk, now=now, text=step.text_zh)


def _ask_info(tale: Tale, step: Step, now: datetime) -> Call:
    return calls.ask_info(tale.desk, tale.call.pk, now=now, text=step.text_zh)


def _supply_info(tale: Tale, step: Step, now: datetime) -> Call:
    return calls.supply_info(tale.raiser, tale.call.pk, now=now, text=step.text_zh)


def _decline(tale: Tale, step: Step, now: datetime) -> Call:
    chance = stream(tale.story.number, "told")
    return calls.decline(
        tale.desk,
        tale.call.pk,
        now=now,
        code=step.code,
        text=step.text_zh,
        told_path=phrase(f"told_{step.code}", _NO_SLOTS, chance),
    )


def _lapse_info(tale: Tale, _step: Step, now: datetime) -> Call:
    return calls.lapse_info(tale.world.cast.platform, tale.call.pk, now=now)


def _propose_decline(tale: Tale, step: Step, now: datetime) -> Call:
    path = phrase("told_UNCOOPERATIVE", _NO_SLOTS, stream(tale.story.number, "told"))
    return calls.propose_decline(
        tale.desk, tale.call.pk, now=now, text=step.text_zh, told_path=path
    )


def _withdraw(tale: Tale, step: Step, now: datetime) -> Call:
    return calls.withdraw(tale.firm, tale.call.pk, now=now, text=step.text_zh)


def _dispatch(tale: Tale, step: Step, now: datetime) -> Call:
    """To the proposed unit; where nobody could be proposed the zone's service sees to it."""
    unit_ids, complained = tale.world.unit_ids, tale.call.complained_unit_id
    lead = tale.call.proposed_unit_id or next(
        unit_ids[code] for code in _FALLBACKS if unit_ids[code] != complained
    )
    wanted = {code: unit_ids[code] for code in tale.story.co_units}
    return calls.dispatch(
        tale.desk,
        tale.call.pk,
        now=now,
        lead_unit_id=lead,
        co_units=[
            _part(tale, code, unit_id)
            for code, unit_id in wanted.items()
            if unit_id not in {lead, complained}
        ],
        text=step.text_zh,
    )


def _part(tale: Tale, code: str, unit_id: int) -> calls.CoUnit:
    """What a co-handler is given to do; most share equally, some carry what the desk says."""
    chance = stream(tale.story.number, f"part {code}")
    weight = (None, None, 20, 30)[int(chance.integers(4))]
    return calls.CoUnit(unit_id, weight, phrase("co_duty", _NO_SLOTS, chance))


def _dispute(tale: Tale, step: Step, now: datetime) -> Call:
    proposed = tale.world.unit_ids.get(step.unit or "")
    if proposed in {tale.call.lead_unit_id, tale.call.complained_unit_id}:
        proposed = None
    return calls.dispute(
        tale.lead, tale.call.pk, now=now, text=step.text_zh, proposed_unit_id=proposed
    )


def _adjudicate(tale: Tale, step: Step, now: datetime) -> Call:
    dispute = Dispute.objects.get(
        tenant_id=tale.call.tenant_id, call_id=tale.call.pk, adjudicated_at=None
    )
    unit_id = dispute.proposed_unit_id if step.code == "move" else None
    return calls.adjudicate(
        tale.supervisor,
        tale.call.pk,
        now=now,
        unit_id=unit_id or dispute.unit_id,
        text=step.text_zh,
    )


def _sign(tale: Tale, step: Step, now: datetime) -> Call | None:
    part = tale.part(step.unit)
    if part is None:
        return None
    call = calls.sign(tale.handler(part.unit_id), part.task_id, now=now)
    return _convene(tale, call, now) if call.current_round >= MEETING_FROM_ROUND else call


def _convene(tale: Tale, call: Call, now: datetime) -> Call:
    """A third round goes to the joint meeting as soon as its unit has it."""
    lead = [call.lead_unit_id] if call.lead_unit_id else []
    return calls.convene_meeting(
        tale.supervisor,
        call.pk,
        now=now,
        meets_on=now.astimezone(SHANGHAI).date(),
        unit_ids=lead,
        text="企业连续两轮不满意，研究整改措施和责任分工。",
    )


def _contact(tale: Tale, step: Step, now: datetime) -> Call:
    is_reached = step.code == "reached"
    return calls.contact(
        tale.lead, tale.call.pk, now=now, is_reached=is_reached, text=step.text_zh
    )


def _task_done(tale: Tale, step: Step, now: datetime) -> Call | None:
    part = tale.part(step.unit)
    if part is None:
        return None
    actor = tale.handler(part.unit_id)
    return calls.task_done(actor, part.task_id, now=now, text=step.text_zh)


def _stage_report(tale: Tale, step: Step, now: datetime) -> Call | None:
    part = tale.part(step.unit)
    if part is None:
        return None
    actor = tale.handler(part.unit_id)
    return calls.stage_report(actor, part.task_id, now=now, text=step.text_zh)


def _propose_pause(tale: Tale, step: Step, now: datetime) -> Call:
    return calls.propose_pause(
        tale.lead,
        tale.call.pk,
        now=now,
        reason=step.code,
        text=step.text_zh,
        expected_to_at=tale.world.clock.evening(now, step.days or _PAUSE_DAYS),
    )


def _approve_pause(tale: Tale, _step: Step, now: datetime) -> Call:
    pause = Pause.objects.get(
        tenant_id=tale.call.tenant_id, call_id=tale.call.pk, state=PauseState.PROPOSED
    )
    return calls.approve_pause(tale.supervisor, pause.pk, now=now)


def _resume(tale: Tale, step: Step, now: datetime) -> Call:
    return calls.resume(tale.lead, tale.call.pk, now=now, text=step.text_zh)


def _schedule(tale: Tale, step: Step, now: datetime) -> Call:
    """One more day of the plan; the day before it is reported on first."""
    if tale.call.state == CallState.SCHEDULED:
        calls.report_milestone(tale.lead, tale.call.pk, now=now, text=step.text_zh)
    return calls.schedule(
        tale.lead,
        tale.call.pk,
        now=now,
        milestone_on=tale.world.clock.days_ahead(now, step.days or _MILESTONE_DAYS),
        text=step.text_zh,
    )


def _answer(tale: Tale, step: Step, now: datetime) -> Call:
    if tale.story.urgency == "danger":
        _settle(tale, now)
    if tale.call.current_round >= MEETING_FROM_ROUND:
        text = "由主办单位牵头整改，一周内完成并请企业现场确认。"
        calls.decide_meeting(tale.supervisor, tale.call.pk, now=now, text=text)
    return calls.answer(tale.lead, tale.call.pk, now=now, result=step.code, text=step.text_zh)


def _settle(tale: Tale, now: datetime) -> None:
    """Those whom the decision sent to a danger beside the lead report before the answer."""
    rows = Task.objects.filter(
        tenant_id=tale.call.tenant_id,
        call_id=tale.call.pk,
        is_lead=False,
        state=TaskState.SENT,
    )
    for task_id, unit_id in rows.order_by("id").values_list("id", "unit_id"):
        chance = stream(tale.story.number, f"co {unit_id}")
        actor = tale.handler(unit_id)
        calls.sign(actor, task_id, now=now)
        text = phrase("co_done", _NO_SLOTS, chance)
        calls.task_done(actor, task_id, now=now, text=text)


def _review_pass(tale: Tale, _step: Step, now: datetime) -> Call:
    return calls.review_pass(tale.reviewer, tale.call.pk, now=now)


def _review_return(tale: Tale, step: Step, now: datetime) -> Call:
    return calls.review_return(tale.reviewer, tale.call.pk, now=now, text=step.text_zh)


def _attempt_callback(tale: Tale, step: Step, now: datetime) -> Call:
    return calls.attempt_callback(
        tale.caller, tale.call.pk, now=now, outcome=step.code, text=step.text_zh
    )


def _callback_confirm(tale: Tale, step: Step, now: datetime) -> Call:
    return calls.callback_confirm(
        tale.caller, tale.call.pk, now=now, resolved=step.code, text=step.text_zh
    )


def _callback_reject(tale: Tale, step: Step, now: datetime) -> Call:
    return calls.callback_reject(tale.caller, tale.call.pk, now=now, text=step.text_zh)


def _close_unreached(tale: Tale, _step: Step, now: datetime) -> Call:
    return calls.close_unreached(tale.caller, tale.call.pk, now=now)


def _rate(tale: Tale, step: Step, now: datetime) -> Call:
    if step.grade is None:
        raise RuntimeError("a rating has a grade")
    return calls.rate(
        tale.firm,
        tale.call.pk,
        now=now,
        grade=step.grade,
        resolved=step.code,
        text=step.text_zh,
    )


def _reopen(tale: Tale, step: Step, now: datetime) -> Call:
    return calls.reopen(tale.firm, tale.call.pk, now=now, text=step.text_zh)


def _message(tale: Tale, step: Step, now: datetime) -> Call:
    return calls.message(tale.firm, tale.call.pk, now=now, text=step.text_zh)


def _archive(tale: Tale, _step: Step, now: datetime) -> Call:
    return calls.archive(tale.desk, tale.call.pk, now=now)


ACTS: Mapping[str, Callable[[Tale, Step, datetime], Call | None]] = {
    "receive": _receive,
    "accept": _accept,
    "ask_info": _ask_info,
    "supply_info": _supply_info,
    "lapse_info": _lapse_info,
    "propose_decline": _propose_decline,
    "decline": _decline,
    "withdraw": _withdraw,
    "dispatch": _dispatch,
    "dispute": _dispute,
    "adjudicate": _adjudicate,
    "sign": _sign,
    "contact": _contact,
    "stage_report": _stage_report,
    "task_done": _task_done,
    "propose_pause": _propose_pause,
    "approve_pause": _approve_pause,
    "resume": _resume,
    "schedule": _schedule,
    "answer": _answer,
    "review_pass": _review_pass,
    "review_return": _review_return,
    "attempt_callback": _attempt_callback,
    "callback_confirm": _callback_confirm,
    "callback_reject": _callback_reject,
    "close_unreached": _close_unreached,
    "rate": _rate,
    "reopen": _reopen,
    "message": _message,
    "archive": _archive,
}
