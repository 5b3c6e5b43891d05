"""What else a call is: secret, before a court, collective."""

from datetime import datetime

from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid
from qiying.kernel.tenancy import operation
from qiying.slices.calls.models import Call
from qiying.slices.calls.operations._move import Move, begin, write
from qiying.slices.calls.rules import Mark, NoteKind


@operation
def mark(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    mark: str,
    text: str,
    version: int | None = None,
) -> Call:
    """Set a mark and say why; the reason is a note for the house.

    A secret call is not shown to the public nor to keys of others, and is not handed on.
    """
    move = begin(actor, call_id, "mark", now=now, version=version)
    if _known(mark) in move.call.marks:
        raise Invalid("input.invalid", {"mark": "calls.marked_already"})
    return _end(move, [*move.call.marks, mark], mark, text)


@operation
def unmark(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    mark: str,
    text: str,
    version: int | None = None,
) -> Call:
    """Take a mark off and say why; a supervisor does it, whoever set the mark."""
    move = begin(actor, call_id, "unmark", now=now, version=version)
    if _known(mark) not in move.call.marks:
        raise Invalid("input.invalid", {"mark": "calls.not_marked"})
    return _end(move, [m for m in move.call.marks if m != mark], mark, text)


def _known(code: str) -> str:
    if code not in set(Mark):
        raise Invalid("input.invalid", {"mark": "input.choice"})
    return code


def _end(move: Move, marks: list[str], mark: str, text: str) -> Call:
    note = write(move, NoteKind.NOTE, text)
    move.set(marks=sorted(marks))
    return move.end(note=note, mark=mark)
