"""Which matters a text may be about: by the model in use, kept once per process and revision."""

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from typing import Any

from django.db.models import QuerySet

from qiying.engines import triage
from qiying.kernel import revisions, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.slices.calls.models import Call, TriageModel
from qiying.slices.calls.queries._case import local_day
from qiying.slices.calls.rules import PROVEN, RankedBy, Spoken, TriageState
from qiying.slices.calls.rules import triage as rules
from qiying.slices.mandate import public as mandate

REVISION = "triage"


@dataclass(frozen=True, slots=True)
class InUse:
    """The model that ranks now."""

    id: int
    digest: str
    model: triage.Model

    @property
    def is_calibrated(self) -> bool:
        """Whether it learned from enough calls for its probabilities to be fitted to them."""
        return self.model.examples >= rules.LEAST_TO_LEARN


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a text may be about, and who said so."""

    rule: RankedBy
    model_id: int | None
    digest: str
    on: date
    matters: tuple[Spoken, ...]

    @property
    def best(self) -> Spoken | None:
        return self.matters[0] if self.matters else None


_models: revisions.Kept[InUse | None] = revisions.Kept()
_keywords: revisions.Kept[triage.KeywordBaseline | None] = revisions.Kept()


def model_in_use(actor: Actor) -> InUse | None:
    """The tenant's model, None when nothing was trained; read once per process and training."""
    revision = revisions.current(actor).get(REVISION)
    if not revision:
        return None
    return _models.get(actor.tenant_id, revision, partial(_load_in_use, actor))


def _load_in_use(actor: Actor) -> InUse | None:
    with tenancy.reading(actor):
        row = TriageModel.objects.visible_to(actor).filter(is_in_use=True).first()
    return InUse(row.pk, row.digest, unpacked(row)) if row is not None else None


def unpacked(row: TriageModel) -> triage.Model:
    """The engine's value of a stored model."""
    if row.plain is None:
        raise NotFound("calls.triage_no_model")
    return triage.Model.from_plain(json.loads(zlib.decompress(bytes(row.plain))))


def packed(model: triage.Model) -> bytes:
    """A model as it is stored."""
    plain = json.dumps(model.to_plain(), ensure_ascii=False, sort_keys=True)
    return zlib.compress(plain.encode(), 6)


def keyword_rule(actor: Actor, on: date) -> triage.KeywordBaseline | None:
    """The count of keywords of the register in force on a day; None without a register.

    Kept by the stretch of days in which the same rows are in force, not by the day: what is played
    or replayed goes through days.
    """
    with tenancy.reading(actor):
        stretch = mandate.stretch(actor, on)
        return _keywords.get(actor.tenant_id, stretch, partial(_count_keywords, actor, on))


def _count_keywords(actor: Actor, on: date) -> triage.KeywordBaseline | None:
    cards = mandate.matters(actor, on)
    return triage.KeywordBaseline(_read(cards)) if cards else None


def register_words(actor: Actor, on: date) -> list[triage.Matter]:
    """The register in force on a day as the engine reads it, by code."""
    with tenancy.reading(actor):
        return _read(mandate.matters(actor, on))


def _read(cards: Iterable[mandate.MatterCard]) -> list[triage.Matter]:
    return [
        triage.Matter(
            card.code,
            card.name_zh,
            card.name_en,
            tuple(card.keywords_zh),
            tuple(card.keywords_en),
            card.note_zh,
            card.note_en,
        )
        for card in sorted(cards, key=lambda card: card.code)
    ]


def register_version(matters: Sequence[triage.Matter]) -> str:
    """A digest of all words of a register: what a change of any of them changes."""
    words = [
        [m.code, m.name_zh, m.name_en, m.keywords_zh, m.keywords_en, m.note_zh, m.note_en]
        for m in matters
    ]
    return sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


def rank(actor: Actor, text: str, *, on: date, k: int = rules.MOST_SHOWN) -> Ranking:
    """The matters that a text may be about, the likeliest first, with the words that spoke.

    Without a trained model the register's keywords are counted. No query but for the revisions
    once model and register are in the memory of the process.
    """
    found = model_in_use(actor)
    if found is not None:
        matters = rules.spoken(found.model.rank(text, k), is_calibrated=found.is_calibrated)
        return Ranking(RankedBy.MODEL, found.id, found.digest, on, matters)
    return rank_by_keywords(actor, text, on=on, k=k)


def rank_by_keywords(actor: Actor, text: str, *, on: date, k: int = rules.MOST_SHOWN) -> Ranking:
    """As ``rank``, by the count of the register's keywords alone."""
    counted = keyword_rule(actor, on)
    guesses = counted.rank(text, k) if counted is not None else ()
    matters = rules.spoken(guesses, is_calibrated=False)
    return Ranking(RankedBy.KEYWORDS, None, "", on, matters)


def ranking_of(actor: Actor, call: Call, *, now: datetime) -> Ranking:
    """What was stored with a call; of a call older than that what its words say today."""
    stored = stored_ranking(call)
    if stored is not None:
        return stored
    return rank(actor, rules.whole_text(call.title, call.text), on=local_day(now))


def stored_ranking(call: Call) -> Ranking | None:
    """The ranking that a call carries; the digest of its model stands with it."""
    plain: dict[str, Any] | None = call.ranking
    if plain is None:
        return None
    rule = RankedBy(plain["rule"])
    matters = rules.from_plain(plain["matters"], is_calibrated=plain["is_calibrated"])
    on = date.fromisoformat(plain["on"])
    return Ranking(rule, call.ranked_by_id, plain["digest"], on, matters)


def ranking_plain(ranking: Ranking, words: str) -> dict[str, Any]:
    """A ranking as the call's column holds it; ``words`` is a digest of what was ranked."""
    return {
        "rule": ranking.rule.value,
        "is_calibrated": all(row.is_calibrated for row in ranking.matters),
        "digest": ranking.digest,
        "engine": triage.VERSION,
        "on": ranking.on.isoformat(),
        "words": words,
        "matters": rules.to_plain(ranking.matters),
    }


# --- what a model learns from ---


def _learnable(tenant_id: int) -> QuerySet[Call]:
    """Closed calls with the matter as it was finally set; by the platform's own eyes."""
    rows = Call.objects.filter(tenant_id=tenant_id, state__in=sorted(PROVEN))
    return rows.exclude(matter_code="").order_by("-received_at", "-id")


def history(actor: Actor) -> tuple[list[triage.Example], str]:
    """The newest closed calls in order of time, and the number of the latest one."""
    with tenancy.reading(actor):
        rows = _learnable(actor.tenant_id).values_list("number", "title", "text", "matter_code")
        found = list(rows[: rules.MOST_TO_LEARN])[::-1]
    examples = [
        triage.Example(rules.whole_text(title, text), code) for _, title, text, code in found
    ]
    return examples, found[-1][0] if found else ""


def count_learnable(actor: Actor) -> int:
    """How many closed calls there are to learn from, at most ``MOST_TO_LEARN``."""
    with tenancy.reading(actor):
        return int(_learnable(actor.tenant_id)[: rules.MOST_TO_LEARN].count())


def count_learnable_since(actor: Actor, since: datetime) -> int:
    """How many of them were closed after a moment."""
    with tenancy.reading(actor):
        return int(_learnable(actor.tenant_id).filter(closed_at__gt=since).count())


def last_training(actor: Actor) -> TriageModel | None:
    """The latest training, whatever came of it."""
    with tenancy.reading(actor):
        return _light(actor).first()


def trainings(actor: Actor, limit: int) -> list[TriageModel]:
    """The latest trainings, newest first, without the models themselves."""
    with tenancy.reading(actor):
        return list(_light(actor)[:limit])


def find_in_use(actor: Actor) -> TriageModel | None:
    """The training whose model ranks now."""
    with tenancy.reading(actor):
        return _light(actor).filter(is_in_use=True).first()


def _light(actor: Actor) -> QuerySet[TriageModel]:
    rows = TriageModel.objects.visible_to(actor).select_related("asked_by").defer("plain")
    return rows.order_by("-asked_at", "-id")


def get_asked(actor: Actor, training_id: int, *, for_update: bool = False) -> TriageModel | None:
    """A training that nobody has carried out yet, locked on request."""
    rows = TriageModel.objects.visible_to(actor).filter(state=TriageState.ASKED)
    if for_update:
        rows = rows.select_for_update(of=("self",))
    return rows.filter(pk=training_id).first()


# --- replay ---


@dataclass(frozen=True, slots=True)
class Stored:
    """A call that carries a ranking."""

    number: str
    text: str
    ranking: Ranking
    words: str


def ranked_calls(actor: Actor, number: str = "") -> Iterable[Stored]:
    """The calls that this actor may see and that carry a ranking, in the order of their models."""
    rows = Call.objects.visible_to(actor).filter(ranking__isnull=False)
    rows = rows.filter(number=number) if number else rows
    for call in rows.order_by("ranked_by_id", "id").iterator(chunk_size=500):
        ranking = stored_ranking(call)
        if ranking is not None:
            text = rules.whole_text(call.title, call.text)
            words = str((call.ranking or {})["words"])
            yield Stored(call.number, text, ranking, words)


def model_of(actor: Actor, training_id: int) -> triage.Model:
    """A stored model, in use or not; NotFound otherwise."""
    row = TriageModel.objects.visible_to(actor).filter(pk=training_id).first()
    if row is None:
        raise NotFound("calls.triage_no_model")
    return unpacked(row)
