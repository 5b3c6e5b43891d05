"""What happened to a call and what runs now, as the case page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext

from qiying.engines.worktime import elapsed
from qiying.kernel.access import Actor, Role
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import (
    CLOCK_LABELS,
    EVIDENCE_LABELS,
    PAUSE_LABELS,
    PAUSE_STATE_LABELS,
    RESOLVED_LABELS,
    RESULT_LABELS,
    ROUND_LABELS,
    TASK_LABELS,
    Call,
    CallBack,
    Note,
    Pause,
    Round,
    Task,
)
from qiying.slices.calls.models.labels import GRADE_LABELS, OUTCOME_LABELS
from qiying.slices.calls.queries import Dossier
from qiying.slices.calls.rules import (
    PAUSED,
    STOPPED,
    CallState,
    PauseState,
    RoundState,
    TaskState,
)
from qiying.slices.calls.rules.clocks import ledger
from qiying.slices.calls.views import left, watch
from qiying.slices.calls.views.record import Limit, limit_of, rule_words
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry

Word = Promise | str
TASK_TONES = {
    TaskState.SENT: "sent",
    TaskState.SIGNED: "way",
    TaskState.REPORTED: "check",
    TaskState.DONE: "done",
}
ROUND_TONES = {
    RoundState.OPEN: "way",
    RoundState.ANSWERED: "check",
    RoundState.CALLBACK: "check",
    RoundState.CLOSED: "done",
    RoundState.REJECTED: "fix",
    RoundState.STOPPED: "paused",
}


# --- until when ---


@dataclass(frozen=True, slots=True)
class Promised:
    """The clocks of a call: what runs now, what was promised, what others set."""

    now: Word
    due_at: datetime | None
    step: Word
    step_due_at: datetime | None
    is_paused: bool
    rule: str
    counted_from: datetime
    round_due_at: datetime
    left: str
    """How many working days are left or over, for a clock that counts them."""
    limit: Limit | None
    limit_due_at: datetime | None
    is_provisional: bool
    first_due_at: datetime | None
    """The first due time, when more time was granted since."""


def promised_of(
    actor: Actor, found: Dossier, matter: mandate.MatterCard | None, *, now: datetime
) -> Promised:
    """Read the clocks; a limit of others is counted on the same calendar as the promise."""
    call, round_ = found.call, found.round
    is_over = call.state in STOPPED
    limit = limit_of(matter)
    limit_due_at = None
    if limit is not None and matter is not None:
        rule = rules.rule_of(matter.time_kind, float(matter.time_amount or 0))
        calendar = registry.calendar(actor)
        limit_due_at = rules.due_at(round_.started_at, rule, calendar)
    return Promised(
        now=CLOCK_LABELS[call.clock],
        due_at=None if is_over else call.due_at,
        step=CLOCK_LABELS.get(call.step_clock, ""),
        step_due_at=None if is_over else call.step_due_at,
        is_paused=call.state in PAUSED,
        rule=rule_words(round_),
        counted_from=round_.started_at,
        round_due_at=round_.promised_at,
        left=left.in_words(_days_left(actor, call, round_, now)),
        limit=limit,
        limit_due_at=limit_due_at,
        is_provisional=call.is_provisional,
        first_due_at=round_.due_at if round_.extended_due_at else None,
    )


def _days_left(actor: Actor, call: Call, round_: Round, now: datetime) -> float | None:
    return left.working_days(call, round_.rule_kind, registry.calendar(actor), now)


# --- rounds, tasks, pauses ---


@dataclass(frozen=True, slots=True)
class TaskLine:
    task: Task
    part: Word
    due_at: datetime
    unit: str
    person: str
    tone: str
    label: Word
    duty: str
    reports: list[Note]
    is_open: bool
    is_paused: bool
    share: int | None = None
    """Of the responsibility, in per cent."""
    light: str = ""
    """Of a co-handler's part; the lead's is that of the call."""
    is_late: bool = False
    """A co-handler that settled its part after its own due time."""


@dataclass(frozen=True, slots=True)
class PauseLine:
    pause: Pause
    reason: Word
    state: Word
    is_excluded: bool
    proposer: str
    approver: str
    words: str


@dataclass(frozen=True, slots=True)
class AttemptLine:
    callback: CallBack
    outcome: Word
    person: str
    words: str
    is_superseded: bool


@dataclass(frozen=True, slots=True)
class RoundLine:
    """One round with the parts of the units, its ledger and its call-backs."""

    round: Round
    tone: str
    label: Word
    tasks: list[TaskLine]
    pauses: list[PauseLine]
    attempts: list[AttemptLine]
    extensions: list[watch.ExtensionLine]
    milestones: list[watch.MilestoneLine]
    gross: str
    net: str
    result: Word
    resolved: Word
    rating: Word
    evidence: Word
    is_current: bool


def rounds_of(actor: Actor, found: Dossier, *, now: datetime) -> list[RoundLine]:
    """The rounds, the current one first."""
    calendar = registry.calendar(actor)
    lines = []
    for round_ in reversed(found.rounds):
        pauses = [p for p in found.pauses if p.round_id == round_.pk]
        gross, net = spent(round_, pauses, calendar, now)
        lines.append(
            RoundLine(
                round=round_,
                tone=ROUND_TONES[RoundState(round_.state)],
                label=ROUND_LABELS[round_.state],
                tasks=_tasks(found, round_, now),
                pauses=[_pause(found, p) for p in pauses],
                attempts=[_attempt(found, c) for c in found.callbacks if c.round_id == round_.pk],
                extensions=watch.extensions_of(found, round_),
                milestones=watch.milestones_of(found, round_, now=now),
                gross=gross,
                net=net,
                result=_word(RESULT_LABELS, round_.result),
                resolved=_word(RESOLVED_LABELS, round_.resolved),
                rating=_word(GRADE_LABELS, round_.rating),
                evidence=_word(EVIDENCE_LABELS, round_.evidence_kind),
                is_current=round_.number == found.call.current_round,
            )
        )
    return lines


def _word(words: Any, code: Any) -> Word:
    return words.get(code, "") if code else ""


def spent(round_: Round, pauses: Sequence[Pause], calendar: Any, now: datetime) -> tuple[str, str]:
    """How long the unit had it: in all, and without the pauses that count."""
    until = round_.answered_at or (round_.closed_at if round_.state != RoundState.OPEN else now)
    kind = rules.rule_of(round_.rule_kind, round_.rule_amount).kind
    rows = [
        rules.Paused(p.from_at, p.to_at, p.reason_code)
        for p in pauses
        if p.state in {PauseState.RUNNING, PauseState.ENDED}
    ]
    run = elapsed(round_.started_at, until or now, kind, calendar, ledger(rows))
    return left.amount(run.gross), left.amount(run.net)


def own_parts(actor: Actor, found: Dossier, *, now: datetime) -> list[TaskLine]:
    """The open parts that the reader's units have as co-handlers in the current round."""
    units = actor.units(Role.HANDLER, Role.UNIT_LEADER)
    lines = _tasks(found, found.round, now)
    return [x for x in lines if x.is_open and not x.task.is_lead and x.task.unit_id in units]


def _tasks(found: Dossier, round_: Round, now: datetime) -> list[TaskLine]:
    """The parts of a round; while the dispatch is disputed the first receiver leads."""
    shares = found.shares_of(round_)
    lines = [
        replace(_task(found, t, now), share=shares.get(t.pk), reports=found.reports_of(t))
        for t in found.tasks_of(round_)
    ]
    call = found.call
    if call.state != CallState.DISPUTED or round_.number != call.current_round:
        return lines
    keeper = Task(
        unit_id=call.lead_unit_id or 0, is_lead=True, state=TaskState.SIGNED, due_at=call.due_at
    )
    mine = replace(_task(found, keeper, now), part=gettext("first receiver leads"))
    rest = [replace(x, part=gettext("disputes it")) if x.task.is_lead else x for x in lines]
    return [mine, *(x for x in rest if x.unit != mine.unit)]


def _task(found: Dossier, task: Task, now: datetime) -> TaskLine:
    call = found.call
    is_open, is_paused = task.state in rules.TASK_OPEN, call.state in PAUSED
    follows = task.is_lead and is_open
    settled = [at for at in (task.reported_at, task.done_at) if at is not None]
    runs = is_open and not task.is_lead and call.state in rules.WITH_UNIT
    return TaskLine(
        task,
        gettext("lead") if task.is_lead else gettext("co-handler"),
        call.due_at if follows else task.due_at,
        found.unit(task.unit_id),
        found.person(task.person_id) or found.person(getattr(task, "signed_by_id", None)),
        TASK_TONES.get(TaskState(task.state), "done"),
        TASK_LABELS[task.state],
        found.words(task.duty_id),
        [],
        is_open,
        is_paused,
        light=rules.part_light(now, task.sent_at, task.due_at, is_open=runs, is_paused=is_paused),
        is_late=not task.is_lead and min(settled, default=task.due_at) > task.due_at,
    )


def _pause(found: Dossier, pause: Pause) -> PauseLine:
    is_excluded = pause.reason_code != rules.PauseReason.SUPERIOR_APPROVAL
    return PauseLine(
        pause,
        PAUSE_LABELS[pause.reason_code],
        PAUSE_STATE_LABELS[pause.state],
        is_excluded,
        found.person(pause.proposer_id),
        found.person(pause.approver_id),
        found.words(pause.evidence_id),
    )


def _attempt(found: Dossier, row: CallBack) -> AttemptLine:
    return AttemptLine(
        row,
        OUTCOME_LABELS[row.outcome],
        found.person(row.by_id),
        found.words(row.words_id),
        row.superseded_by_id is not None,
    )


# --- people ---


def people_of(found: Dossier) -> list[tuple[str, str]]:
    """Who did what in the current round, those who are known."""
    round_ = found.round
    lead = next((t for t in found.tasks_of(round_) if t.is_lead), None)
    by_firm = found.call.channel == rules.Channel.ONLINE
    pairs = [
        (
            gettext("Raised by") if by_firm else gettext("Logged by"),
            found.person(found.call.reported_by_id),
        ),
        (gettext("In charge"), found.person(lead.person_id) if lead else ""),
        (gettext("Answered by"), found.person(round_.answered_by_id)),
        (gettext("Reviewed by"), found.person(round_.reviewed_by_id)),
        (gettext("Called back by"), found.person(round_.called_back_by_id)),
    ]
    return [(label, name) for label, name in pairs if name]


# --- the timeline ---


def lines_of(actor: Actor, found: Dossier) -> list[tuple[queries.Line, str]]:
    """What happened, the latest first, each with the side it is on.

    ``from-firm`` and ``to-firm`` are messages, ``internal`` a note for colleagues, ``indoors``
    what else the firm does not read; an answer that passed review is the firm's to read.
    """
    lines = queries.timeline(actor, found.call, found=found)
    passed = {line.round for line in lines if line.topic == "calls.review_passed"}
    return [(line, _side(line, passed)) for line in reversed(lines)]


def _side(line: queries.Line, passed: set[int]) -> str:
    if line.topic == "calls.messaged":
        return "from-firm" if line.is_from_firm else "to-firm"
    if line.topic == "calls.noted":
        return "internal"
    is_read = line.topic == "calls.answered" and line.round in passed
    return "indoors" if line.is_internal and not is_read else ""


# --- what changed meanwhile ---


def changed_by(actor: Actor, call: Call, found: Dossier) -> queries.Line | None:
    """The last thing that happened, to tell somebody whose page is old."""
    lines = queries.timeline(actor, call, found=found)
    return lines[-1] if lines else None
