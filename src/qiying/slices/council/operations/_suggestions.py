"""What the steps of a suggestion write, and its clocks."""

from collections.abc import Callable, Mapping

from qiying.kernel.errors import Invalid
from qiying.slices.council import queries, rules
from qiying.slices.council.models import Answer, CoHandler, Remark, Suggestion
from qiying.slices.council.operations._move import Move
from qiying.slices.council.operations._topics import choose, ids_of
from qiying.slices.council.rules import (
    CO_MONTHS,
    MAX_CO_UNITS,
    OPEN_SUGGESTIONS,
    REDO_MONTHS,
    RETURN_DAYS,
    AnswerClass,
    Satisfaction,
)
from qiying.slices.registry import public as registry


def derive(move: Move) -> None:
    """Derive the limits from the day of handing over, the kind and the calendar."""
    row: Suggestion = move.record
    if row.handed_on is None:
        return
    calendar = registry.calendar(move.actor)
    months = rules.limit_fact(row.kind, is_complex=row.is_complex).months
    start_on = row.handed_on
    if row.round == 2 and row.redo_from is not None:
        start_on, months = row.redo_from, REDO_MONTHS
    due_at = rules.ends_after_months(start_on, months, calendar)
    move.set(
        due_at=due_at,
        return_until=rules.ends_after_days(row.handed_on, RETURN_DAYS, calendar),
    )


def plan_reminder(row: Suggestion) -> None:
    """When the handling unit is reminded next; nothing while no clock runs."""
    is_running = row.state in OPEN_SUGGESTIONS and row.due_at is not None
    row.next_reminder_at = (
        rules.next_reminder(row.due_at, row.reminded_until) if is_running and row.due_at else None
    )


def _remark(move: Move, *, is_needed: bool = True) -> None:
    text = move.text(is_needed=is_needed)
    if text:
        Remark.objects.create(
            suggestion=move.record,
            step=move.row.name,
            author_id=move.actor.person_id,
            text=text,
            at=move.now,
            **move.tenant,
        )


def _amend(move: Move) -> None:
    move.set(text=move.text())


def _hand(move: Move) -> None:
    """Hand over to the unit that answers; its clock starts today."""
    unit_id = move.inputs["unit_id"]
    registry.unit(move.actor, unit_id)
    co_units = ids_of(move.inputs.get("co_units") or [], "co_units")
    if unit_id in co_units or len(co_units) > MAX_CO_UNITS:
        raise Invalid("input.invalid", {"co_units": "council.same_unit"})
    for co_unit in co_units:
        registry.unit(move.actor, co_unit)
    CoHandler.objects.filter(suggestion=move.record, answered_at=None, **move.tenant).delete()
    calendar = registry.calendar(move.actor)
    due_at = rules.ends_after_months(move.today, CO_MONTHS, calendar)
    kept = {c.unit_id for c in move.docket.co_handlers if c.answered_at}
    CoHandler.objects.bulk_create(
        CoHandler(suggestion=move.record, unit_id=u, due_at=due_at, **move.tenant)
        for u in co_units
        if u not in kept
    )
    move.set(unit_id=unit_id, handed_on=move.today, is_key=bool(move.inputs.get("is_key")))
    derive(move)
    move.tell(unit=unit_id, co=co_units)


def _nothing(_move: Move) -> None:
    """The state says all."""


def _send_back(move: Move) -> None:
    _remark(move)
    move.tell(unit=move.record.unit_id)


def _extend(move: Move) -> None:
    """The organiser agrees that it is complex: six months in all."""
    move.set(is_complex=True)
    _remark(move)
    derive(move)


def _talk(move: Move) -> None:
    move.set(talked_round=move.record.round)
    _remark(move)


def _co_answer(move: Move) -> None:
    text = move.text()
    for row in queries.own_co(move.docket):
        row.answered_at, row.text = move.now, text
        row.save(update_fields=["answered_at", "text"])
        move.tell(unit=row.unit_id)


def _answer(move: Move) -> None:
    row: Suggestion = move.record
    found = choose(move.inputs["answer_class"], AnswerClass, "answer_class")
    is_on_time = row.due_at is not None and move.now < row.due_at
    Answer.objects.create(
        suggestion=row,
        round=row.round,
        unit_id=row.unit_id or 0,
        answer_class=found,
        text=move.text(),
        answered_by_id=move.actor.person_id,
        answered_at=move.now,
        is_on_time=is_on_time,
        **move.tenant,
    )
    move.tell(round=row.round, answer=found, on_time=is_on_time)


def _accept(move: Move) -> None:
    found = choose(move.inputs["satisfaction"], Satisfaction, "satisfaction")
    _judge(move, found)
    _remark(move, is_needed=False)


def _reject(move: Move) -> None:
    """Not satisfied: the same unit answers again within a month, once."""
    _judge(move, Satisfaction.DISSATISFIED)
    _remark(move)
    move.set(round=2, redo_from=move.today)
    derive(move)


def _judge(move: Move, satisfaction: str) -> None:
    answer = move.docket.answer
    if answer is None:
        raise Invalid("input.invalid", {"satisfaction": "input.choice"})
    answer.satisfaction = str(satisfaction)
    answer.judged_at, answer.judged_by = move.now, move.docket.me
    answer.save(update_fields=["satisfaction", "judged_at", "judged_by"])
    move.tell(round=answer.round, satisfaction=str(satisfaction))


def _follow_up(move: Move) -> None:
    """Progress of what was promised; the verdict on the answer stays."""
    found = choose(move.inputs["answer_class"], AnswerClass, "answer_class")
    answer = move.docket.answer
    if answer is not None:
        answer.answer_class = found
        answer.save(update_fields=["answer_class"])
    _remark(move)
    move.tell(answer=found)


SUGGESTION_STEPS: Mapping[str, Callable[[Move], None]] = {
    "amend": _amend,
    "hand": _hand,
    "sign": _nothing,
    "send_back": _send_back,
    "extend": _extend,
    "talk": _talk,
    "co_answer": _co_answer,
    "answer": _answer,
    "accept": _accept,
    "reject": _reject,
    "answer_again": _answer,
    "follow_up": _follow_up,
    "publish": _nothing,
}


def finish(move: Move) -> None:
    """Plan the next reminder from the state that the step leads to."""
    target = move.row.step.target
    before = move.record.state
    if target is not None:
        move.record.state = target
    plan_reminder(move.record)
    move.record.state = before
    move.changed.add("next_reminder_at")
