"""The zone's terms as its clocks read them: built once per process and revision."""

from datetime import datetime

from qiying.kernel import revisions
from qiying.kernel.access import Actor
from qiying.slices.calls import rules
from qiying.slices.calls.models import ZoneTerm
from qiying.slices.calls.rules import Book, Terms
from qiying.slices.mandate import public as mandate

REVISION = "terms"
_books: revisions.Kept[Book] = revisions.Kept()


def book(actor: Actor) -> Book:
    """Everything that the zone set, what is planned among it."""
    revision = revisions.current(actor).get(REVISION, 0)
    return _books.get(actor.tenant_id, revision, lambda: read_book(actor))


def terms(actor: Actor, now: datetime) -> Terms:
    """The terms in force at a moment; without any setting the shipped ones."""
    return book(actor).at(now)


def limit_of(card: mandate.MatterCard) -> rules.Limit | None:
    """The limit that the register gives a matter; None when it names no source for it."""
    if not card.time_source:
        return None
    grade = rules.source_and_grade(card.time_source)[1]
    return rules.limit_of(card.time_kind, card.time_amount, is_law=grade == rules.STATUTE)


def read_book(actor: Actor) -> Book:
    """As ``book``, as the rows stand now: for whoever waited for another's change."""
    rows = ZoneTerm.objects.visible_to(actor).order_by("id")
    return Book(row.setting for row in rows)
