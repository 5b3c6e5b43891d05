"""Triage over the wire: a text goes in, ranked matters and like calls come out."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from ninja import Field, Schema

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.slices.calls import queries
from qiying.slices.calls.queries import LikeCall, Near, Ranking
from qiying.slices.calls.rules import MAX_TEXT, MAX_TITLE, Spoken
from qiying.slices.calls.rules import triage as rules
from qiying.slices.mandate import public as mandate


class TriageIn(Schema):
    """Words to rank. A place and a firm make like calls surer; longitude, latitude in WGS 84."""

    text: str = Field(min_length=1, max_length=MAX_TEXT)
    title: str = Field("", max_length=MAX_TITLE)
    enterprise: UUID | None = None
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)


class TermOut(Schema):
    """A word of the text; one unit of weight is a factor e in the odds of the matter."""

    word: str
    weight: float


class RankedOut(Schema):
    """A matter that the text may be about; ``sureness`` says the probability in a code."""

    code: str
    name: str
    probability: float
    sureness: str
    speaks_for: list[TermOut]
    speaks_against: list[TermOut]


class LikeOut(Schema):
    """An earlier call that may be the same problem; ``score`` between 0 and 1."""

    id: UUID
    number: str
    title: str
    state: str
    received_at: datetime
    score: float
    is_same_firm: bool
    metres: float | None
    days: float
    shared: list[str]


class TriageOut(Schema):
    """``rule`` is ``model``, or ``keywords`` while nothing was trained; ``model`` its digest."""

    rule: str
    model: str
    matters: list[RankedOut]
    likes: list[LikeOut]


def answer(actor: Actor, body: TriageIn, enterprise_id: int | None, now: datetime) -> TriageOut:
    """Rank the words and look for like calls that this asker may read."""
    text = rules.whole_text(body.title, body.text)
    on = timezone.localdate(now)
    is_placed = body.longitude is not None and body.latitude is not None
    place = (body.longitude, body.latitude) if is_placed else (None, None)
    with tenancy.reading(actor):
        ranking = queries.rank(actor, text, on=on)
        likes = queries.like_calls(actor, Near(text, now, *place, enterprise_id))
        names = {card.code: card.name for card in mandate.matters(actor, on)}
    return _out(ranking, likes, names)


def _out(ranking: Ranking, likes: list[LikeCall], names: dict[str, str]) -> TriageOut:
    return TriageOut(
        rule=ranking.rule.value,
        model=ranking.digest,
        matters=[_ranked(row, names) for row in ranking.matters],
        likes=[_like(found) for found in likes],
    )


def _ranked(row: Spoken, names: dict[str, str]) -> RankedOut:
    return RankedOut(
        code=row.matter,
        name=names.get(row.matter, row.matter),
        probability=row.probability,
        sureness=row.sureness.value,
        speaks_for=[TermOut(word=word, weight=weight) for word, weight in row.speaks_for],
        speaks_against=[TermOut(word=word, weight=weight) for word, weight in row.speaks_against],
    )


def _like(found: LikeCall) -> LikeOut:
    call, like = found.call, found.like
    return LikeOut(
        id=call.public_id,
        number=call.number,
        title=call.title,
        state=call.state,
        received_at=call.received_at,
        score=round(like.score, 4),
        is_same_firm=like.is_same_firm,
        metres=None if like.metres is None else round(like.metres, 1),
        days=round(like.days, 2),
        shared=list(like.shared),
    )
