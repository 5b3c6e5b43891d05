"""Calls as other slices compare them: words, place, firm, matter and unit, never a complaint."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from qiying.engines import triage
from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.slices.calls.models import Call
from qiying.slices.calls.queries._triage import model_in_use, model_of
from qiying.slices.calls.rules import triage as rules


@dataclass(frozen=True, slots=True)
class Source:
    """A call as it is compared with others; ``unit_id`` is the lead, before that the proposed one."""

    id: int
    public_id: UUID
    number: str
    title: str
    words: str
    at: datetime
    longitude: float | None
    latitude: float | None
    enterprise_id: int | None
    matter_code: str
    unit_id: int | None
    grid_id: int | None
    state: str


COLUMNS = (
    *("pk", "public_id", "number", "title", "text", "received_at", "longitude", "latitude"),
    *("enterprise_id", "matter_code", "lead_unit_id", "proposed_unit_id", "grid_id", "state"),
)


def sources(
    actor: Actor,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    ids: Iterable[int] | None = None,
    matter_code: str = "",
    most: int = rules.MOST_ALIKE,
) -> list[Source]:
    """The newest visible calls of a span of time (``until`` excluded), or some by id, oldest first.

    A complaint about a unit is left out: who works there must not learn of it through a class.
    """
    with tenancy.reading(actor):
        rows = Call.objects.visible_to(actor).filter(complained_unit=None)
        if ids is not None:
            rows = rows.filter(pk__in=list(ids))
        if since is not None:
            rows = rows.filter(received_at__gte=since)
        if until is not None:
            rows = rows.filter(received_at__lt=until)
        if matter_code:
            rows = rows.filter(matter_code=matter_code)
        found = rows.order_by(F("received_at").desc(), F("id").desc()).values_list(*COLUMNS)
        return [_source(row) for row in found[:most]][::-1]


def _source(row: Any) -> Source:
    pk, public, number, title, text, at, lon, lat, firm, matter, lead, proposed, grid, state = row
    is_placed = lon is not None and lat is not None
    return Source(
        id=pk,
        public_id=public,
        number=str(number),
        title=str(title),
        words=rules.whole_text(str(title), str(text)),
        at=at,
        longitude=lon if is_placed else None,
        latitude=lat if is_placed else None,
        enterprise_id=firm,
        matter_code=str(matter),
        unit_id=lead or proposed,
        grid_id=grid,
        state=str(state),
    )


@dataclass(frozen=True, slots=True)
class WordRarity:
    """How much sharing a word says, and which training of triage says so; none: all the same."""

    training_id: int | None
    digest: str
    rarity: triage.Rarity


def word_rarity(actor: Actor) -> WordRarity:
    """By the model in use; before there is one all words weigh the same."""
    with tenancy.reading(actor):
        found = model_in_use(actor)
    if found is None:
        return WordRarity(None, "", triage.Rarity({}))
    return WordRarity(found.id, found.digest, triage.Rarity.by(found.model))


def word_rarity_of(actor: Actor, training_id: int | None) -> WordRarity:
    """By the training that a stored decision names; NotFound when it is not kept."""
    if training_id is None:
        return WordRarity(None, "", triage.Rarity({}))
    with tenancy.reading(actor):
        model = model_of(actor, training_id)
    return WordRarity(training_id, model.digest, triage.Rarity.by(model))


def listed_by_id(actor: Actor, ids: Iterable[int]) -> list[Call]:
    """Visible calls by id, newest first, without their long texts."""
    wanted = list(ids)
    if not wanted:
        return []
    rows = Call.objects.visible_to(actor).filter(pk__in=wanted)
    return list(rows.defer("text", "words", "ranking").order_by("-received_at", "-id"))


def find_by_number(actor: Actor, number: str) -> Call | None:
    """A visible call by its number, None when there is none."""
    return Call.objects.visible_to(actor).filter(number=number.strip().upper()).first()
