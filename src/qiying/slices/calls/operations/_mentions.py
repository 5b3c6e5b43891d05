"""Colleagues named in a note: told, when they may read the note, and never otherwise."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from qiying.kernel import notifications
from qiying.kernel.access import Actor
from qiying.kernel.models import User
from qiying.kernel.tenancy import operation
from qiying.slices.calls import queries
from qiying.slices.calls.models import Mention, Note
from qiying.slices.calls.queries import colleagues
from qiying.slices.calls.rules import NoteKind

MOST_NAMED = 20
_NAMED = re.compile(r"[@＠]([\w.\-·]{1,64})")


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
    named = [p for p in find_named(note.text, readers) if p.pk != note.author_id][:MOST_NAMED]
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


def find_named(text: str, people: Iterable[User]) -> list[User]:
    """The people whose name or user name follows an @; the longest name that fits counts.

    Chinese runs on without blanks, so what follows the name need not end it. A name that two
    people bear names nobody: write the user name.
    """
    found: dict[int, User] = {}
    known = list(people)
    for words in _NAMED.findall(text):
        fitting = [p for p in known if words.startswith((p.name or p.username, p.username))]
        fitting = [p for p in fitting if p.name or p.username]
        if not fitting:
            continue
        longest = max(_length(words, p) for p in fitting)
        best = [p for p in fitting if _length(words, p) == longest]
        if len(best) == 1:
            found[best[0].pk] = best[0]
    return list(found.values())


def _length(words: str, person: User) -> int:
    return max(len(n) for n in (person.name, person.username) if n and words.startswith(n))


def _known(actor: Actor, note: Note) -> Iterable[int]:
    rows = Mention.objects.filter(tenant_id=actor.tenant_id, note=note)
    return rows.values_list("person_id", flat=True)


def _author(note: Note) -> str:
    if note.author_id is None:
        return ""
    return str(User.objects.filter(pk=note.author_id).first() or "")
