"""Training of triage, the ranking that a call carries, and its replay.

A training takes up to a minute and holds no transaction: load, fit, then lock and write.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from qiying.engines import triage
from qiying.kernel import events, revisions, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Refused
from qiying.kernel.tenancy import operation
from qiying.slices.calls import queries
from qiying.slices.calls.models import Call, TriageModel
from qiying.slices.calls.queries import Ranking
from qiying.slices.calls.rules import TriageState
from qiying.slices.calls.rules import triage as rules

TRAINERS = (Role.ADMINISTRATOR, Role.SUPERVISOR, Role.SYSTEM)
LOST_AFTER = timedelta(hours=1)
"""A training that was asked for so long ago has no worker any more."""
CHECKED = 25
"""Held-out texts whose ranking the engine's checker counts again before a model is kept."""
PAIRS_KEPT = 40


@dataclass(frozen=True, slots=True)
class Material:
    """What a model is trained on."""

    matters: list[triage.Matter]
    examples: list[triage.Example]
    latest: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """Rankings that were computed again; ``gone`` counts those whose words were erased."""

    count: int
    differ: tuple[str, ...]
    gone: int


# --- training ---


@operation
def ask_training(actor: Actor, *, now: datetime, seed: int = 0) -> TriageModel:
    """Ask the worker for a new model.

    Raises
    ------
    Refused
        While a training is under way.
    """
    row = _open(actor, now=now, seed=seed)
    events.record("calls.triage_asked", subject=row, actor=actor, now=now, seed=seed)
    return row


@operation
def _begin(actor: Actor, *, now: datetime, seed: int) -> TriageModel:
    row = _open(actor, now=now, seed=seed)
    events.record("calls.triage_begun", subject=row, actor=actor, now=now, seed=seed)
    return row


def _open(actor: Actor, *, now: datetime, seed: int) -> TriageModel:
    actor.require(*TRAINERS)
    last = queries.last_training(actor)
    if last is not None and last.state == TriageState.ASKED:
        if now - last.asked_at < LOST_AFTER:
            raise Refused("calls.triage_under_way")
        last.state = TriageState.FAILED
        last.save(update_fields=["state"])
    return TriageModel.objects.create(
        tenant_id=actor.tenant_id,
        state=TriageState.ASKED,
        seed=seed,
        asked_at=now,
        asked_by_id=actor.person_id,
    )


def train_triage(actor: Actor, *, now: datetime, seed: int = 0) -> TriageModel:
    """Train a model here and now and put it to use.

    Raises
    ------
    Refused
        While a training is under way, or when the register has fewer than two matters.
    """
    row = _begin(actor, now=now, seed=seed)
    trained = fit_asked(actor, row.pk, now=now)
    if trained is None or trained.state != TriageState.READY:
        raise Refused("calls.triage_no_register")
    return trained


def fit_asked(actor: Actor, training_id: int, *, now: datetime) -> TriageModel | None:
    """Carry out a training that was asked for; None when somebody else did.

    A model that the checker does not confirm, or a register of fewer than two matters, ends in
    the state ``failed``; the model in use stays.
    """
    actor.require(*TRAINERS)
    with tenancy.reading(actor):
        asked = queries.get_asked(actor, training_id)
    if asked is None:
        return None
    material = _material(actor, now=now)
    if len(material.matters) < 2:
        return _fail(actor, training_id, now=now)
    model = _fit(material, material.examples, asked.seed)
    report = _report(material, asked.seed)
    sample = [e.text for e in material.examples[-CHECKED:]]
    if any(triage.check(model, text, model.rank(text)) for text in sample):
        return _fail(actor, training_id, now=now)
    return _keep(actor, training_id, model, report, now=now)


def _material(actor: Actor, *, now: datetime) -> Material:
    matters = queries.register_words(actor, queries.local_day(now))
    examples, latest = queries.history(actor)
    return Material(matters, examples, latest)


def _fit(material: Material, examples: Any, seed: int) -> triage.Model:
    return triage.train(
        material.matters,
        examples,
        seed=seed,
        register_version=queries.register_version(material.matters),
        history_version=material.latest,
    )


def evaluate_triage(actor: Actor, *, now: datetime, seed: int = 0) -> dict[str, Any]:
    """How well a model of the earlier calls ranks the later ones; nothing is kept.

    Empty when there are too few closed calls to hold some out.
    """
    actor.require(*TRAINERS, Role.ANALYST)
    material = _material(actor, now=now)
    return _report(material, seed) if len(material.matters) > 1 else {}


def _report(material: Material, seed: int) -> dict[str, Any]:
    """The model that is judged has learned from earlier calls only; the keyword rule beside it."""
    earlier, later = rules.split_by_time(material.examples)
    if not later:
        return {}
    found = _judged(material, earlier, later, seed)
    known, unseen = triage.split_by_wording(material.examples, seed=seed)
    # Firms repeat one another's words; how it does on new words is the harder question.
    found["new_wording"] = _judged(material, known, unseen, seed) if known and unseen else {}
    return found


def _judged(material: Material, learned: Any, held_out: Any, seed: int) -> dict[str, Any]:
    model, keywords = _fit(material, learned, seed), triage.KeywordBaseline(material.matters)
    return {
        "learned": len(learned),
        "model": _figures(triage.evaluate(model, held_out)),
        "keywords": _figures(triage.evaluate(keywords, held_out)),
    }


def _figures(report: triage.Report) -> dict[str, Any]:
    """A report as JSON; of the confusion the pairs that occur most."""
    pairs = [
        (count, row.matter, taken) for row in report.confusion for taken, count in row.taken_for
    ]
    pairs.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    plain = asdict(report)
    plain.pop("confusion")
    plain["pairs"] = [
        {"matter": matter, "taken_for": taken, "count": count}
        for count, matter, taken in pairs[:PAIRS_KEPT]
    ]
    return plain


@operation
def _keep(
    actor: Actor, training_id: int, model: triage.Model, report: dict[str, Any], *, now: datetime
) -> TriageModel | None:
    row = queries.get_asked(actor, training_id, for_update=True)
    if row is None:
        return None
    TriageModel.objects.visible_to(actor).filter(is_in_use=True).update(is_in_use=False)
    row.state, row.is_in_use, row.trained_at = TriageState.READY, True, now
    row.digest, row.engine_version, row.plain = model.digest, model.version, queries.packed(model)
    row.register_version, row.history_version = model.register_version, model.history_version
    row.examples, row.matters, row.report = model.examples, len(model.matters), report
    row.save()
    revisions.bump(actor, queries.TRIAGE_REVISION)
    events.record(
        "calls.triage_trained",
        subject=row,
        actor=actor,
        now=now,
        model=model.digest,
        register=model.register_version,
        history=model.history_version,
        examples=model.examples,
    )
    return row


@operation
def _fail(actor: Actor, training_id: int, *, now: datetime) -> TriageModel | None:
    row = queries.get_asked(actor, training_id, for_update=True)
    if row is None:
        return None
    row.state = TriageState.FAILED
    row.save(update_fields=["state"])
    events.record("calls.triage_failed", subject=row, actor=actor, now=now)
    return row


def ask_when_due(actor: Actor, *, now: datetime) -> int:
    """Ask for a model when there is none yet, or at night when enough has changed; 1 if asked.

    One query in the minutes in which there is nothing to look at.
    """
    last = queries.last_training(actor)
    asked_at = last.asked_at if last is not None else None
    if not rules.is_time_to_look(asked_at, now=now, hour=queries.local_hour(now)):
        return 0
    used = queries.find_in_use(actor)
    if used is None:
        closed, is_new = queries.count_learnable(actor), False
    else:
        closed = queries.count_learnable_since(actor, used.asked_at)
        words = queries.register_words(actor, queries.local_day(now))
        is_new = queries.register_version(words) != used.register_version
    examples = used.examples if used is not None else None
    if not rules.is_due(examples=examples, closed=closed, is_register_new=is_new):
        return 0
    ask_training(actor, now=now)
    return 1


# --- the ranking of a call ---


def ranked(actor: Actor, number: str, title: str, text: str, *, now: datetime) -> dict[str, Any]:
    """The columns of a call that say which matters its words speak for, and by which model."""
    whole = rules.whole_text(title, text)
    found = queries.rank(actor, whole, on=queries.local_day(now))
    words = events.digest(whole, salt=number)
    return {
        "ranking": queries.ranking_plain(found, words),
        "ranked_by_id": found.model_id,
    }


def ranked_again(actor: Actor, call: Call, *, now: datetime) -> dict[str, Any]:
    """As ``ranked``, when another model is in use than the one that ranked; nothing otherwise."""
    used = queries.model_in_use(actor)
    if used is None or used.id == call.ranked_by_id:
        return {}
    return ranked(actor, call.number, call.title, call.text, now=now)


def replay_rankings(actor: Actor, *, number: str = "") -> Replayed:
    """Rank again every visible call, or one, by the model that its ranking names.

    The keyword rule counts by the register of that day.
    """
    count, gone = 0, 0
    differ: list[str] = []
    models: dict[int, triage.Model] = {}
    with tenancy.reading(actor):
        for call in queries.ranked_calls(actor, number):
            if events.digest(call.text, salt=call.number) != call.words:
                gone += 1
                continue
            count += 1
            again = _again(actor, call.text, call.ranking, models)
            if not rules.agree(call.ranking.matters, again):
                differ.append(call.number)
    return Replayed(count, tuple(differ), gone)


def _again(
    actor: Actor, text: str, stored: Ranking, models: dict[int, triage.Model]
) -> tuple[rules.Spoken, ...]:
    if stored.model_id is None:
        return queries.rank_by_keywords(actor, text, on=stored.on).matters
    if stored.model_id not in models:
        models.clear()
        models[stored.model_id] = queries.model_of(actor, stored.model_id)
    model = models[stored.model_id]
    if model.digest != stored.digest:
        return ()
    return rules.spoken(model.rank(text, rules.MOST_SHOWN), is_calibrated=True)
