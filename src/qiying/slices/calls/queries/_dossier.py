"""Everything about one call in two statements: its rows, and the names of its people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qiying.kernel import bundle, prepared
from qiying.kernel.access import Actor
from qiying.kernel.bundle import Part
from qiying.kernel.models import Attachment, Event
from qiying.slices.calls.models import (
    Call,
    CallBack,
    Contact,
    Dispute,
    Extension,
    JointMeeting,
    Milestone,
    Note,
    Pause,
    Round,
    Supervision,
    Task,
)
from qiying.slices.calls.queries._case import Case
from qiying.slices.calls.rules import (
    STANDING,
    MilestoneState,
    NoteKind,
    TaskState,
    is_outside,
    share_out,
)
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry


@dataclass(frozen=True, slots=True)
class Dossier:
    """The rows of one call. ``notes``, ``files``, ``people`` and ``units`` are by id.

    ``files`` maps ``("calls.call", id)`` and ``("calls.note", id)`` to attachments; ``units`` are
    registry cards.
    """

    call: Call
    rounds: tuple[Round, ...]
    tasks: tuple[Task, ...]
    pauses: tuple[Pause, ...]
    callbacks: tuple[CallBack, ...]
    disputes: tuple[Dispute, ...]
    contacts: tuple[Contact, ...]
    extensions: tuple[Extension, ...]
    supervisions: tuple[Supervision, ...]
    meetings: tuple[JointMeeting, ...]
    milestones: tuple[Milestone, ...]
    events: tuple[Event, ...]
    notes: dict[int, Note]
    files: dict[tuple[str, int], list[Attachment]]
    people: dict[int, str]
    units: dict[int, registry.UnitCard]

    @property
    def round(self) -> Round:
        """The current round."""
        return next(r for r in self.rounds if r.number == self.call.current_round)

    def tasks_of(self, round_: Round) -> list[Task]:
        """The tasks of a round that were not taken back, the lead's first."""
        found = [
            t for t in self.tasks if t.round_id == round_.pk and t.state != TaskState.WITHDRAWN
        ]
        return sorted(found, key=lambda t: (not t.is_lead, t.pk))

    def shares_of(self, round_: Round) -> dict[int, int]:
        """The share of responsibility of each part of a round in per cent, by its id."""
        parts = self.tasks_of(round_)
        co = [t for t in parts if not t.is_lead]
        lead_share, shares = share_out([t.weight for t in co])
        found = {t.pk: lead_share for t in parts if t.is_lead}
        return found | {t.pk: share for t, share in zip(co, shares, strict=True)}

    def reports_of(self, task: Task) -> list[Note]:
        """What a unit reported on its part, in the order of time, as far as the reader may read it."""
        number = next(r.number for r in self.rounds if r.pk == task.round_id)
        return [
            n
            for n in self.notes.values()
            if (n.kind, n.unit_id, n.round_number) == (NoteKind.STAGE_REPORT, task.unit_id, number)
            and n.at >= task.sent_at
        ]

    def words(self, note_id: int | None) -> str:
        """The text of a note, "" when there is none, it was erased or is not for this reader."""
        note = self.notes.get(note_id or 0)
        return note.text if note else ""

    def person(self, person_id: int | None) -> str:
        return self.people.get(person_id or 0, "")

    def unit(self, unit_id: int | None) -> str:
        card = self.units.get(unit_id or 0)
        return card.name if card else ""

    @property
    def call_files(self) -> list[Attachment]:
        """What was attached when the call was raised."""
        return self.files.get(("calls.call", self.call.pk), [])

    def note_files(self, note_id: int) -> list[Attachment]:
        return self.files.get(("calls.note", note_id), [])


OF_CALL = "t.call_id = %(call)s"
PARTS = (
    *(Part(m, OF_CALL) for m in (Round, Task, Pause, CallBack, Dispute, Contact, Note)),
    *(Part(m, OF_CALL) for m in (Extension, Supervision, JointMeeting, Milestone)),
    Part(Event, "t.subject_type = 'calls.call' AND t.subject_id = %(call)s"),
    Part(
        Attachment,
        "t.subject_type = 'calls.call' AND t.subject_id = %(call)s OR "
        "t.subject_type = 'calls.note' AND t.subject_id IN "
        "(SELECT n.id FROM calls_note n WHERE n.tenant_id = %(tenant)s AND n.call_id = %(call)s)",
    ),
)


def dossier(actor: Actor, call: Call) -> Dossier:
    """Load everything about a call that the caller has shown to be visible."""
    rows = bundle.fetch(actor, PARTS, {"call": call.pk})
    notes = _notes(actor, call, rows[Note])
    events = sorted(rows[Event], key=lambda e: e.sequence)
    milestones = sorted(rows[Milestone], key=lambda m: (m.due_on, m.pk))
    groups = (r for model, r in rows.items() if model not in {Note, Event, Attachment})
    return Dossier(
        call=call,
        rounds=tuple(sorted(rows[Round], key=lambda r: r.number)),
        tasks=tuple(rows[Task]),
        pauses=tuple(rows[Pause]),
        callbacks=tuple(rows[CallBack]),
        disputes=tuple(rows[Dispute]),
        contacts=tuple(rows[Contact]),
        extensions=tuple(rows[Extension]),
        supervisions=tuple(rows[Supervision]),
        meetings=tuple(rows[JointMeeting]),
        milestones=tuple(milestones),
        events=tuple(events),
        notes=notes,
        files=_files(rows[Attachment], notes),
        people=_people(call, events, notes.values(), *groups),
        units=unit_cards(actor),
    )


def _notes(actor: Actor, call: Call, rows: Iterable[Note]) -> dict[int, Note]:
    """The words that this reader may read, by id: whoever is of the house reads all of a call."""
    if is_outside(actor):
        rows = Note.objects.visible_to(actor).filter(call_id=call.pk).order_by("id")
    return {n.pk: n for n in rows}


def unit_cards(actor: Actor) -> dict[int, registry.UnitCard]:
    """The units of the zone by id."""
    return {card.id: card for card in registry.units(actor).values()}


def _files(
    rows: Iterable[Attachment], notes: dict[int, Note]
) -> dict[tuple[str, int], list[Attachment]]:
    found: dict[tuple[str, int], list[Attachment]] = {}
    for row in rows:
        if row.subject_type != "calls.note" or row.subject_id in notes:
            found.setdefault((row.subject_type, row.subject_id or 0), []).append(row)
    return found


PERSON_FIELDS = (
    "author_id",
    "person_id",
    "answered_by_id",
    "reviewed_by_id",
    "called_back_by_id",
    "proposer_id",
    "approver_id",
    "by_id",
    "raised_by_id",
    "adjudicated_by_id",
    "signed_by_id",
    "officer_id",
    "opened_by_id",
    "talked_by_id",
    "removal_by_id",
    "ended_by_id",
    "convened_by_id",
    "decided_by_id",
    "set_by_id",
    "reported_by_id",
)


def _people(call: Call, events: Iterable[Event], *groups: Iterable[Any]) -> dict[int, str]:
    ids = {call.reported_by_id}
    for event in events:
        ids |= {person_id(event.actor), event.data.get("person")}
    for group in groups:
        for row in group:
            ids.update(getattr(row, name, None) for name in PERSON_FIELDS)
    return names_of({i for i in ids if i})


def person_id(actor: str) -> int:
    """The person behind the actor of an event, 0 for a machine."""
    return int(actor[1:]) if actor.startswith("p") else 0


def names_of(person_ids: Iterable[int]) -> dict[int, str]:
    """The names of people by id."""
    with prepared.cursor() as cursor:
        cursor.execute(NAMES, [list(person_ids)])
        return dict(cursor.fetchall())


NAMES = "SELECT id, coalesce(nullif(name, ''), username) FROM kernel_user WHERE id = ANY(%s)"


def case_of(actor: Actor, found: Dossier, *, now: datetime) -> Case:
    """The same rows as facts for the guards, without asking again."""
    this = found.round
    known = {
        "round": this,
        "tasks": found.tasks_of(this),
        "pauses": [p for p in found.pauses if p.round_id == this.pk],
        "callbacks": [
            c for c in found.callbacks if c.round_id == this.pk and c.superseded_by_id is None
        ],
        "disputes": list(found.disputes),
        "extensions": [e for e in found.extensions if e.round_id == this.pk],
        "supervision": next((s for s in found.supervisions if s.state in STANDING), None),
        "meeting": next((m for m in found.meetings if m.round_id == this.pk), None),
        "milestones": [
            m
            for m in found.milestones
            if m.round_id == this.pk and m.state != MilestoneState.DROPPED
        ],
    }
    return Case(actor, found.call, now, known=known)


def proposal(actor: Actor, call: Call) -> mandate.Ruling | None:
    """Whose job the call was found to be, with the reasons; None before a matter is set."""
    return mandate.ruling(actor, call.decision_id) if call.decision_id else None
