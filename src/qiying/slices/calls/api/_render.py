"""From rows to schemas, inside the read scope of the request."""

from datetime import datetime
from uuid import UUID

from qiying.kernel import files
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.kernel.models import Attachment
from qiying.slices.calls import queries
from qiying.slices.calls.api import _schemas as out
from qiying.slices.calls.api import _watch as watched
from qiying.slices.calls.models import STATE_LABELS, Call, Pause, Round, Task, is_stranger
from qiying.slices.calls.queries import Board, BoardRow, Dossier, Figure, OpenStep, local_day
from qiying.slices.calls.rules import PAUSES_SHOWN, READABLE, is_outside
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry

OF_THE_CALL = (
    *("rounds", "pauses", "files", "reasons", "steps"),
    *("extensions", "milestones", "supervision", "meetings"),
)
SILENCE: out.Plain = {
    **dict.fromkeys(("text", "position_source", "address", "contact_name", "contact_phone"), ""),
    **dict.fromkeys(("longitude", "latitude", "accuracy_m", "follows")),
    **{name: [] for name in OF_THE_CALL},
}
"""What stands for everything that a stranger is not told."""
NOBODY: out.Plain = {
    "marks": [],
    "enterprise": None,
    "proposed_unit": None,
    "needs_confirmation": False,
}


def codes_of(actor: Actor) -> dict[int, str]:
    """Unit codes by id."""
    return {card.id: code for code, card in registry.units(actor).items()}


def receipt(actor: Actor, call: Call) -> out.ReceiptOut:
    proposed = call.lead_unit_id or call.proposed_unit_id
    return out.ReceiptOut(
        id=call.public_id,
        number=call.number,
        state=call.state,
        received_at=call.received_at,
        due_at=call.due_at,
        is_provisional=call.is_provisional,
        proposed_unit=codes_of(actor).get(proposed) if proposed else None,
        version=call.version,
    )


def _plain(actor: Actor, call: Call, codes: dict[int, str], now: datetime) -> out.Plain:
    return {
        **_told(actor, call, codes),
        "id": call.public_id,
        "number": call.number,
        "state": call.state,
        "state_label": str(STATE_LABELS[call.state]),
        "light": queries.light(call, now),
        "matter": call.matter_code,
        "lead_unit": codes.get(call.lead_unit_id or 0),
        "round": call.current_round,
        "received_at": call.received_at,
        "due_at": call.due_at,
        "clock": call.clock,
        "is_provisional": call.is_provisional,
        "step_clock": call.step_clock,
        "step_due_at": call.step_due_at,
        "closed_at": call.closed_at,
        "closure_type": call.closure_type,
        "is_confirmed": call.is_confirmed,
        "version": call.version,
        "updated_at": call.updated_at,
    }


def _told(actor: Actor, call: Call, codes: dict[int, str]) -> out.Plain:
    """Whose call it is and what was said; a stranger is told what kind of matter it is."""
    if is_stranger(actor, call):
        names = {"title": matter_name(actor, call)}
        return {**names, **dict.fromkeys(("urgency", "channel", "nature"), ""), **NOBODY}
    firm = call.enterprise
    return {
        "title": call.title,
        "urgency": call.urgency,
        "channel": call.channel,
        "nature": call.nature,
        "marks": call.marks,
        "enterprise": {"id": firm.public_id, "name": str(firm), "credit_code": firm.credit_code}
        if firm
        else None,
        "proposed_unit": codes.get(call.proposed_unit_id or 0),
        "needs_confirmation": call.needs_confirmation,
    }


def matter_name(actor: Actor, call: Call) -> str:
    """The name of the matter in the register of the day, its code when it stands there no more."""
    try:
        return mandate.matter(actor, call.matter_code, local_day(call.received_at)).name
    except NotFound:
        return str(call.matter_code)


def summary(actor: Actor, call: Call, codes: dict[int, str], now: datetime) -> out.Plain:
    """A line of a list, checked once: when the whole list is."""
    return _plain(actor, call, codes, now)


def detail(actor: Actor, call: Call, *, now: datetime) -> out.DetailOut:
    codes = codes_of(actor)
    if is_stranger(actor, call):
        return out.DetailOut(**_plain(actor, call, codes, now), **SILENCE)
    found = queries.dossier(actor, call)
    is_out = is_outside(actor)
    ruling = queries.proposal(actor, call)
    steps = queries.steps_open(actor, call, now=now, dossier=found)
    return out.DetailOut(
        **_plain(actor, call, codes, now),
        text=call.text,
        longitude=call.longitude,
        latitude=call.latitude,
        accuracy_m=call.accuracy_m,
        position_source=call.position_source,
        address=call.address,
        contact_name=call.contact_name,
        contact_phone=call.contact_phone,
        follows=_earlier(actor, call),
        rounds=[_round(r, found, codes, is_out=is_out) for r in found.rounds],
        pauses=[_pause(p) for p in found.pauses if not is_out or p.state in PAUSES_SHOWN],
        extensions=watched.extensions(found, is_out=is_out),
        milestones=watched.milestones(found),
        supervision=watched.rungs(found, codes, is_out=is_out),
        meetings=watched.meetings(actor, found, codes, is_out=is_out),
        files=[file(f) for f in found.call_files],
        reasons=[
            out.ReasonOut(
                code=r.code,
                title=r.title,
                sentence=r.sentence,
                source=r.source,
                article=r.article,
                grade=r.grade,
            )
            for r in (ruling.reasons if ruling else ())
        ],
        steps=[_step(s) for s in steps],
    )


def _earlier(actor: Actor, call: Call) -> UUID | None:
    found = queries.find_call(actor, call.follows_id) if call.follows_id else None
    return found.public_id if found else None


def _pause(pause: Pause) -> out.PauseOut:
    return out.PauseOut(
        id=pause.pk,
        state=pause.state,
        reason=pause.reason_code,
        from_at=pause.from_at,
        to_at=pause.to_at,
        expected_to_at=pause.expected_to_at,
    )


def _step(step: OpenStep) -> out.StepOut:
    return out.StepOut(
        step=step.name,
        label=step.label,
        entity=step.entity,
        entity_id=step.entity_id,
        needed=list(step.inputs.needed),
        optional=list(step.inputs.optional),
        blocked=step.blocked,
    )


def _round(round_: Round, found: Dossier, codes: dict[int, str], *, is_out: bool) -> out.RoundOut:
    """A round; from outside its answer is read after review only, and no handler is named."""
    is_told = not is_out or round_.state in READABLE
    return out.RoundOut(
        number=round_.number,
        state=round_.state,
        lead_unit=codes.get(round_.lead_unit_id or 0),
        started_at=round_.started_at,
        due_at=round_.due_at,
        promised_at=round_.promised_at,
        is_provisional=round_.is_provisional,
        contacted_at=round_.contacted_at,
        answered_at=round_.answered_at if is_told else None,
        answer=found.words(round_.answer_note_id) if is_told else "",
        result=round_.result if is_told else "",
        resolved=round_.resolved,
        rating=round_.rating,
        closed_at=round_.closed_at,
        is_on_time=round_.is_on_time,
        evidence=round_.evidence_kind,
        tasks=_tasks(round_, found, codes, is_out=is_out),
    )


def _tasks(
    round_: Round, found: Dossier, codes: dict[int, str], *, is_out: bool
) -> list[out.TaskOut]:
    """The parts of a round; from outside without their words, persons and shares."""
    shares = {} if is_out else found.shares_of(round_)
    return [
        out.TaskOut(
            id=task.pk,
            unit=codes.get(task.unit_id, ""),
            is_lead=task.is_lead,
            state=task.state,
            weight=None if is_out else task.weight,
            share=shares.get(task.pk),
            duty="" if is_out else found.words(task.duty_id),
            person="" if is_out else found.person(task.person_id),
            due_at=task.due_at,
            set_due_at=None if is_out else task.set_due_at,
            signed_at=task.signed_at,
            done_at=task.done_at,
            reports=[] if is_out else _reports(task, found),
        )
        for task in found.tasks_of(round_)
    ]


def _reports(task: Task, found: Dossier) -> list[out.ReportOut]:
    return [out.ReportOut(at=note.at, text=note.text) for note in found.reports_of(task)]


def file(row: Attachment) -> out.FileOut:
    return out.FileOut(
        id=row.public_id,
        name=row.name,
        url=files.url(row),
        content_type=row.content_type,
        size=row.size,
    )


def line(row: queries.Line) -> out.LineOut:
    return out.LineOut(
        at=row.at,
        topic=row.topic,
        title=row.title,
        who=row.who,
        text=row.text,
        round=row.round,
        is_internal=row.is_internal,
        files=[file(f) for f in row.files],
    )


def board(found: Board) -> out.BoardOut:
    return out.BoardOut(
        start=found.start,
        end=found.end,
        total=_board_row(found.total),
        by_unit=[_board_row(r) for r in found.by_unit],
        by_matter=[_board_row(r) for r in found.by_matter],
        by_place=[_board_row(r) for r in found.by_place],
        ages=[out.AgeOut(key=a.key, count=a.count, query=dict(a.query)) for a in found.ages],
    )


def _board_row(row: BoardRow) -> out.BoardRowOut:
    figures = {name: _figure(f) for name, f in row.figures.items()}
    return out.BoardRowOut(key=row.key, label=row.label, figures=figures)


def _figure(found: Figure) -> out.FigureOut:
    low, high = found.interval
    return out.FigureOut(
        numerator=found.numerator,
        denominator=found.denominator,
        share=found.share,
        low=low,
        high=high,
        is_ranked=found.is_ranked,
        digest=found.digest,
        query=dict(found.query),
    )


def round_row(row: Round, codes: dict[int, str]) -> out.RoundRowOut:
    return out.RoundRowOut(
        call=row.call.public_id,
        call_number=row.call.number,
        number=row.number,
        state=row.state,
        lead_unit=codes.get(row.lead_unit_id or 0),
        due_at=row.due_at,
        answered_at=row.answered_at,
        closed_at=row.closed_at,
        is_on_time=row.is_on_time,
        resolved=row.resolved,
        rating=row.rating,
    )
