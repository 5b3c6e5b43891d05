"""What stands above a call: what was asked of the firm, why it waits, why it was not accepted."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.slices.calls.models import DECLINE_LABELS, PAUSE_LABELS, Call
from qiying.slices.calls.queries import Dossier
from qiying.slices.calls.rules import (
    CallState,
    DeclineCode,
    NoteKind,
    PauseReason,
    PauseState,
)


@dataclass(frozen=True, slots=True)
class Notice:
    """A heading, the words of whoever wrote it, and where to go instead."""

    title: Promise | str
    text: str
    path: str = ""


def notice_of(call: Call, found: Dossier) -> Notice | None:
    """The notice for the state that the call is in; None when there is nothing to say."""
    if call.state == CallState.NEED_INFO:
        return Notice(_asked(found), _last(found, NoteKind.QUESTION))
    if call.state == CallState.SUBMITTED and _has_lapsed(call, found):
        return Notice(NOT_GIVEN, _last(found, NoteKind.QUESTION))
    if call.state in {CallState.REFUSAL, CallState.DECLINED}:
        is_decided = call.state == CallState.DECLINED
        reason = DECLINE_LABELS[DeclineCode(call.decline_code)] if is_decided else TO_BE_REFUSED
        words = _last(found, NoteKind.DECLINE)
        return Notice(reason, words, _last(found, NoteKind.TOLD_PATH))
    if call.state != CallState.SUSPENDED:
        return None
    pause = next((p for p in found.pauses if p.state == PauseState.RUNNING), None)
    if pause is None:
        return None
    return Notice(PAUSE_LABELS[PauseReason(pause.reason_code)], found.words(pause.evidence_id))


TO_BE_REFUSED = _(
    "The service desk proposes not to accept the call because the information did not come; somebody "
    "above decides. It can still be given here. The desk says:"
)
NOT_GIVEN = _(
    "No information came in time: the service desk decides without it and the clock runs on. It "
    "had asked:"
)


def _asked(found: Dossier) -> Promise | str:
    """Until when the firm has time, and what the clock does until then."""
    until = next((p.expected_to_at for p in found.pauses if p.state == PauseState.RUNNING), None)
    if until is None:
        return _("The service desk asks:")
    return gettext("The clock stands still until %(at)s for the firm's answer. The desk asks:") % {
        "at": f"{timezone.localtime(until):%Y-%m-%d %H:%M}"
    }


def _has_lapsed(call: Call, found: Dossier) -> bool:
    """The last pause of a call at acceptance ended by itself: the firm had let its time pass."""
    asked = [p for p in found.pauses if p.round_id == found.round.pk]
    return bool(asked) and asked[-1].to_at == asked[-1].expected_to_at is not None


def _last(found: Dossier, kind: str) -> str:
    texts = [n.text for n in found.notes.values() if n.kind == kind]
    return texts[-1] if texts else ""
