"""Not accepting a call for want of co-operation: proposed by the desk, decided by somebody above.

``calls.md`` §3.4 asks for an approval in writing. The clock of acceptance runs on meanwhile, the
firm is told and can still give what is missing; the database keeps proposer and approver apart.
"""

from collections.abc import Sequence
from datetime import datetime

from qiying.kernel.access import Actor
from qiying.kernel.errors import Refused
from qiying.kernel.tenancy import operation
from qiying.slices.calls.models import Call
from qiying.slices.calls.operations._move import begin, clean, step_clock, write
from qiying.slices.calls.rules import DeclineCode, NoteKind

CODE = DeclineCode.UNCOOPERATIVE.value


@operation
def propose_decline(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    text: str,
    told_path: str,
    attachments: Sequence[int] = (),
    version: int | None = None,
) -> Call:
    """Propose it with the record of what was asked for, and with the path that the firm is told."""
    move = begin(actor, call_id, "propose_decline", now=now, version=version)
    if actor.person_id is None:
        raise Refused("calls.person_needed")
    path = clean(told_path, name="told_path")
    note = write(move, NoteKind.DECLINE, text, attachments=attachments)
    told = write(move, NoteKind.TOLD_PATH, path)
    move.set(refusal_proposer_id=actor.person_id)
    return move.end(note=note, told=told, code=CODE)


@operation
def approve_decline(
    actor: Actor, call_id: int, *, now: datetime, text: str = "", version: int | None = None
) -> Call:
    """The call is not accepted; it stays in the published rate of those."""
    move = begin(actor, call_id, "approve_decline", now=now, version=version)
    note = write(move, NoteKind.DECLINE_REPLY, text, is_needed=False)
    move.move_round("approve_decline")
    move.set(decline_code=CODE, refusal_approver_id=actor.person_id)
    step_clock(move, None)
    return move.end(note=note, code=CODE)


@operation
def refuse_decline(
    actor: Actor, call_id: int, *, now: datetime, text: str, version: int | None = None
) -> Call:
    """The call goes back to the desk as it was: its clock never stood still."""
    move = begin(actor, call_id, "refuse_decline", now=now, version=version)
    note = write(move, NoteKind.DECLINE_REPLY, text)
    move.set(refusal_proposer_id=None)
    return move.end(note=note)
