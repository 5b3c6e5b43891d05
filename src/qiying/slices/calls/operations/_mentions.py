"""Colleagues named in a note: told, when they may read the note, and never otherwise."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.urls import reverse

from qiying.kernel import notifications
from qiying.kernel.access import Actor
from qiying.kernel.models import User
from qiying.kernel.tenancy import operation
from qiying.slices.calls import queries
from qiying.slices.calls.models import Mention, Note
from qiying.slices.calls.queries import colleagues, standing
from qiying.slices.calls.rules import NoteKind
from qiying.slices.calls.rules.handles import NAMED, ways_to_name

MOST_NAMED = 20


@operation
def name_colleagues(actor: Actor, note_id: int, *, now: datetime) -> list[int]:
    """Keep who is named by ``@name`` or ``@user.name`` in a note of the house, and tell them.

    Whoever may not see the call is not told, and nothing says whether such a person exists.
    """
    note = queries.find_note(actor, note_id)
    if note is None or note.kind != NoteKind.NOTE or note.call_id is None:
        return []
    call = queries.get_call(actor, note.call_id)
    readers = colleagues.readers_of(actor, call, now=now)
    units = standing.units_of(actor, readers, now=now)
    found = find_named(note.text, readers, units)
    named = [p for p in found if p.pk != note.author_id][:MOST_NAMED]
    known = set(_known(actor, note))
    new = [p for p in named if p.pk not in known]
    Mention.objects.bulk_create(
        [
            Mention(tenant_id=actor.tenant_id, call=call, note=note, person_id=p.pk, at=now)
            for p in new
        ],
        ignore_conflicts=True,
    )
    notifications.notify(
        actor,
        [p.pk for p in new],
        kind="calls.mentioned",
        subject=call,
        url=reverse("calls:case", args=[call.public_id]),
        params={"number": call.number, "who": _author(note)},
        effect_key=f"calls.mentioned:{note.pk}",
        now=now,
    )
    return [p.pk for p in new]


def find_named(
    text: str, people: Iterable[User], units: Mapping[int, str] | None = None
) -> list[User]:
    """The people whose name, ``name·unit`` or user name follows an @; the longest that fits counts.

    Chinese runs on without blanks, so what follows the name need not end it. A name that two
    people bear names nobody: their units tell them apart (``units`` by id of the person).
    """
    found: dict[int, User] = {}
    ways = [(p, ways_to_name(p.name, p.username, (units or {}).get(p.pk, ""))) for p in people]
    for words in NAMED.findall(text):
        fitting = [(len(w), p) for p, own in ways for w in own if words.startswith(w)]
        longest = max((length for length, _p in fitting), default=0)
        best = {p.pk: p for length, p in fitting if length == longest}
        if len(best) == 1:
            found |= best
    return list(found.values())


def _known(actor: Actor, note: Note) -> Iterable[int]:
    rows = Mention.objects.filter(tenant_id=actor.tenant_id, note=note)
    return rows.values_list("person_id", flat=True)


def _author(note: Note) -> str:
    if note.author_id is None:
        return ""
    return str(User.objects.filter(pk=note.author_id).first() or "")
