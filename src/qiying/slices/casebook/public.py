"""What other slices and commands may ask of the casebook."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.slices.casebook import operations, queries, rules
from qiying.slices.casebook.models import labels
from qiying.slices.casebook.rules import Found

__all__ = ["Found", "PublishedCase", "digests", "fitting", "kind_label", "recognised"]


@dataclass(frozen=True, slots=True)
class PublishedCase:
    """A case of the library as other slices may show it."""

    id: int
    public_id: UUID
    number: str
    title: str
    matter_code: str
    published_at: datetime | None


def fitting(actor: Actor, *, matter: str, text: str, limit: int = 3) -> list[PublishedCase]:
    """The published cases that fit a matter and a text best."""
    found = queries.fitting(actor, matter=matter, text=text, limit=limit)
    return [
        PublishedCase(
            fit.case.pk,
            fit.case.public_id,
            fit.case.number,
            version.title,
            fit.case.matter_code,
            version.published_at,
        )
        for fit in found
        if (version := fit.case.published_version) is not None
    ]


def recognised(actor: Actor, text: str) -> tuple[Found, ...]:
    """Who could be recognised in any text, by the register as it is now."""
    with tenancy.reading(actor):
        known = queries.known_of(actor, call_id=None, card={})
    return rules.check({"practice": text}, known)


def kind_label(kind: str) -> str:
    """What kind of finding it is, in the reader's language."""
    return str(labels.FINDING_LABELS[kind])


def digests(actor: Actor, number: str) -> tuple[str, str]:
    """The stored hash of a final list, and the one computed from the stored list now."""
    with tenancy.reading(actor):
        row = queries.list_selections(actor).filter(number=number).first()
    if row is None:
        raise NotFound("not_found")
    return row.final_digest, operations.digest_of_list(row)
