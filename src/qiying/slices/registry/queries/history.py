"""What happened to a record, from the events that concern it."""

from collections.abc import Iterable

from qiying.kernel import events
from qiying.kernel.access import Actor
from qiying.kernel.models import Event, User

MOST = 100


def what_happened(actor: Actor, subject: events.Subject) -> list[Event]:
    """The latest events of a record, newest first."""
    rows = Event.objects.filter(
        tenant_id=actor.tenant_id,
        subject_type=events.subject_type(subject),
        subject_id=subject.pk,
    )
    return list(rows.order_by("-sequence")[:MOST])


def names_of_people(identities: Iterable[str]) -> dict[str, str]:
    """Names for the short identities that events carry (``p12`` a person)."""
    ids = {int(i[1:]) for i in identities if i[:1] == "p" and i[1:].isdigit()}
    return {f"p{person.pk}": str(person) for person in User.objects.filter(id__in=ids)}
