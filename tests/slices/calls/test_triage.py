"""Triage in the house: models are trained from register and history, and rank what comes in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qiying.engines import triage
from qiying.kernel import revisions, tenancy
from qiying.kernel.access import Role, stand_in
from qiying.kernel.errors import Denied, Refused
from qiying.slices.calls import handlers, operations, queries
from qiying.slices.calls.models import Call, TriageModel
from qiying.slices.calls.queries import Near, _likes
from qiying.slices.calls.rules import RankedBy, Sureness, TriageState
from qiying.slices.calls.rules import triage as rules
from tests.slices.calls import steps
from tests.slices.world import EAST, NOW, World, make_world

ROAD = "厂门口的道路路面破损，货车经过颠簸"
SAFETY = "车间安全检查，配电房异响"
HOSTILE = (
    "",
    " ",
    "\u202e\u200b\ufeff",
    "'; DROP TABLE calls_call; --",
    "<script>alert(1)</script>",
    "%s %(x)s {0} {{ x }}",
    "😀" * 500,
    "a" * 4000,
    "道" * 4000,
)


def closed_call(world: World, text: str, matter: str) -> Call:
    """A call that went the whole way; its matter stands."""
    call = steps.raise_call(world, title=text[:20], text=text, matter_code=matter)
    lead = world.units["ZONE_SAFE"]
    steps.take(world, "desk", call, "accept")
    steps.take(world, "desk", call, "dispatch", lead_unit_id=lead, text="so it is")
    steps.take(world, "safety", call, "sign", task_id=steps.task(world, call, "ZONE_SAFE"))
    steps.take(world, "safety", call, "contact")
    steps.take(world, "safety", call, "answer", result="solved", text="done")
    steps.take(world, "desk", call, "review_pass")
    return steps.take(world, "caller", call, "callback_confirm", resolved="yes")


def train(world: World, who: str = "supervisor", **more: Any) -> TriageModel:
    return operations.train_triage(world.actor(who), now=world.now, **more)


# --- training ---


def test_without_history_the_register_alone_teaches(world: World) -> None:
    trained = train(world)
    assert trained.is_in_use
    assert (trained.examples, trained.matters, trained.report) == (0, 7, {})
    found = queries.rank(world.actor("desk"), ROAD, on=queries.local_day(world.now))
    assert found.rule == RankedBy.MODEL
    assert found.digest == trained.digest
    assert found.matters[0].matter == "M069"
    assert found.matters[0].speaks_for


def test_closed_calls_teach_what_the_register_does_not_say(world: World) -> None:
    closed_call(world, "夜里轰隆声扰人", "M016")
    world.later(minutes=1)
    call = closed_call(world, "轰隆声扰人，白天也有", "M016")
    steps.raise_call(world, text="轰隆声又来了", matter_code="M069")
    trained = train(world, "admin")
    assert trained.examples == 2
    assert trained.history_version == call.number
    best = queries.rank(world.actor("desk"), "轰隆声", on=queries.local_day(world.now)).best
    assert best is not None
    assert best.matter == "M016"


def test_the_model_is_judged_by_later_calls_beside_the_keyword_rule(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LEAST_HELD_OUT", 1)
    for text, matter in ((ROAD, "M069"), (SAFETY, "M016")) * 2 + ((ROAD, "M069"),):
        world.later(minutes=1)
        closed_call(world, text, matter)
    report = train(world).report
    assert report["learned"] == 4
    assert report["model"]["count"] == report["keywords"]["count"] == 1
    assert report["model"]["top_1"] == 1.0
    assert report["new_wording"] == {}, "two wordings are too few to hold a quarter out"
    assert operations.evaluate_triage(world.actor("analyst"), now=world.now) == report


@pytest.mark.parametrize("who", ["desk", "boss", "safety", "leader", "analyst", "auditor"])
def test_only_supervisors_and_administrators_train(world: World, who: str) -> None:
    with pytest.raises(Denied):
        train(world, who)
    with pytest.raises(Denied):
        operations.ask_training(world.actor(who), now=world.now)


def test_one_training_at_a_time_and_a_lost_one_is_given_up(world: World) -> None:
    supervisor = world.actor("supervisor")
    first = operations.ask_training(supervisor, now=world.now)
    with pytest.raises(Refused):
        train(world)
    trained = operations.train_triage(supervisor, now=world.later(hours=2))
    with tenancy.reading(supervisor):
        first.refresh_from_db()
    assert (first.state, trained.state) == (TriageState.FAILED, TriageState.READY)
    assert operations.fit_asked(supervisor, first.pk, now=world.now) is None


def test_a_later_model_takes_the_place_of_the_one_before(world: World) -> None:
    first, second = train(world), train(world, seed=3)
    found = queries.trainings(world.system, 5)
    assert [(row.pk, row.is_in_use) for row in found] == [(second.pk, True), (first.pk, False)]
    used = queries.model_in_use(world.system)
    assert used is not None
    assert used.id == second.pk


def test_a_register_of_one_matter_teaches_nothing(db: None) -> None:
    world = make_world("tiny", matters=("M016",))
    with pytest.raises(Refused):
        operations.train_triage(world.keeper, now=world.now)
    assert queries.model_in_use(world.system) is None


def test_the_worker_carries_out_what_was_asked(world: World) -> None:
    asked = operations.ask_training(world.actor("supervisor"), now=world.now, seed=5)
    with tenancy.reading(world.system):
        event = handlers.Event.objects.get(topic="calls.triage_asked")
    handlers.train(event)
    handlers.train(event)
    found = queries.find_in_use(world.system)
    assert found is not None
    assert (found.pk, found.seed) == (asked.pk, 5)
    assert found.asked_by is not None


def test_a_model_is_due_when_there_is_none_and_at_night_when_something_changed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LEAST_TO_LEARN", 1)
    assert operations.ask_when_due(world.system, now=world.now) == 0
    closed_call(world, ROAD, "M069")
    assert handlers.train_when_due(world.system, world.now) == 1
    assert handlers.train_when_due(world.system, world.now) == 0
    row = queries.last_training(world.system)
    assert row is not None
    operations.fit_asked(world.system, row.pk, now=world.now)
    night = NOW.replace(hour=18) + timedelta(days=1)
    assert operations.ask_when_due(world.system, now=night) == 0
    monkeypatch.setattr(rules, "LEAST_GROWTH", 1)
    world.later(hours=1)
    closed_call(world, SAFETY, "M016")
    assert operations.ask_when_due(world.system, now=NOW + timedelta(days=1)) == 0
    assert operations.ask_when_due(world.system, now=night) == 1


# --- rankings ---


def test_a_call_carries_what_its_words_spoke_for(world: World, reading: None) -> None:
    before = steps.raise_call(world, title="", text=ROAD, matter_code="")
    assert before.ranking["rule"] == RankedBy.KEYWORDS
    assert before.ranking["matters"][0]["matter"] == "M069"
    trained = train(world)
    after = steps.raise_call(world, title="", text=ROAD, matter_code="")
    kept = Call.objects.get(pk=after.pk)
    assert kept.ranked_by_id == trained.pk
    assert kept.ranking["digest"] == trained.digest
    assert next(m["matter"] for m in kept.ranking["matters"]) == "M069"
    assert kept.ranking["matters"][0]["for"]


def test_a_trained_model_costs_a_call_no_statement_more(world: World) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            steps.raise_call(world, text=ROAD)
        return len(seen.captured_queries)

    steps.raise_call(world, text=ROAD)
    counted = statements()
    train(world)
    steps.raise_call(world, text=ROAD)
    assert statements() == counted


def test_classifying_ranks_again_only_by_another_model(world: World, reading: None) -> None:
    call = steps.raise_call(world, title="", text=ROAD, matter_code="")
    first = train(world)
    steps.take(world, "desk", call, "classify", matter_code="M069")
    assert Call.objects.get(pk=call.pk).ranked_by_id == first.pk
    second = train(world, seed=1)
    steps.take(world, "desk", call, "classify", matter_code="M069")
    assert Call.objects.get(pk=call.pk).ranked_by_id == second.pk


def test_rankings_are_replayed_by_the_model_that_made_them(world: World, reading: None) -> None:
    steps.raise_call(world, text=ROAD)
    train(world)
    call = steps.raise_call(world, text=ROAD)
    train(world, seed=2)
    gone = steps.raise_call(world, text=SAFETY)
    Call.objects.filter(pk=gone.pk).update(text="", title="")
    found = operations.replay_rankings(world.system)
    assert (found.count, found.differ, found.gone) == (2, (), 1)
    false = {**call.ranking, "matters": call.ranking["matters"][::-1]}
    Call.objects.filter(pk=call.pk).update(ranking=false)
    assert operations.replay_rankings(world.system).differ == (call.number,)
    assert operations.replay_rankings(world.system, number=call.number).count == 1


@pytest.mark.parametrize("is_trained", [False, True])
def test_hostile_text_is_ranked_or_not_and_never_breaks(world: World, is_trained: bool) -> None:
    if is_trained:
        train(world)
    desk, on = world.actor("desk"), queries.local_day(world.now)
    for text in HOSTILE:
        found = queries.rank(desk, text, on=on)
        assert all(0 <= m.probability <= 1 for m in found.matters)
        assert queries.like_calls(desk, Near(text, world.now)) == []
        if text.strip("\u202e\u200b\ufeff "):
            assert steps.raise_call(world, text=text).ranking is not None


def test_keywords_are_never_very_likely() -> None:
    sure = rules.Spoken("M1", 1.0, 1.0, ())
    assert sure.sureness == Sureness.VERY_LIKELY
    counted = rules.Spoken("M1", 1.0, 1.0, (), is_calibrated=False)
    assert counted.sureness == Sureness.LIKELY


# --- other zones ---


def test_a_model_and_its_calls_stay_in_their_zone(world: World) -> None:
    train(world)
    steps.raise_call(world, text=ROAD)
    other = make_world("other")
    assert queries.model_in_use(other.system) is None
    assert queries.trainings(other.system, 5) == []
    assert queries.like_calls(other.keeper, Near(ROAD, world.now)) == []
    assert operations.replay_rankings(other.system).count == 0
    with tenancy.reading(other.system):
        assert TriageModel.objects.count() == 0
    assert revisions.current(other.system).get("triage") is None


# --- like calls ---


def test_half_a_sentence_finds_the_call_of_another_firm(world: World) -> None:
    first = steps.raise_call(world, text=ROAD)
    desk = world.actor("desk")
    found = queries.like_calls(desk, Near("道路路面破", world.now))
    assert [like.call.pk for like in found] == [first.pk]
    second = steps.raise_call(world, "rival", "远航", text="道路路面破损严重")
    found = queries.like_calls(desk, Near("道路路面破损", world.now))
    assert {like.call.pk for like in found} == {first.pk, second.pk}
    near = Near("道路路面破损", world.now, *EAST, enterprise_id=world.firms["远航"])
    assert queries.like_calls(desk, near)[0].call.pk == second.pk
    asked = Near("道路路面破损", world.now, call_id=second.pk)
    assert [like.call.pk for like in queries.like_calls(desk, asked)] == [first.pk]


def test_like_calls_are_those_that_the_asker_may_read(world: World) -> None:
    steps.raise_call(world, text=ROAD)
    complaint = steps.raise_call(
        world, text=f"{ROAD}，投诉", complained_unit_id=world.units["ZONE_SAFE"]
    )
    near = Near(ROAD, world.now)
    assert queries.like_calls(world.actor("rival"), near) == []
    assert len(queries.like_calls(world.actor("boss"), near)) == 2
    world.person("inside", Role.DESK, unit="ZONE_SAFE")
    seen = queries.like_calls(world.actor("inside"), near)
    assert complaint.pk not in {like.call.pk for like in seen}
    assert len(seen) == 1


def test_a_new_model_brings_a_new_index(world: World) -> None:
    call = steps.raise_call(world, text=ROAD)
    desk, near = world.actor("desk"), Near(ROAD, world.now)
    assert queries.like_calls(desk, near)
    train(world)
    assert [like.call.pk for like in queries.like_calls(desk, near)] == [call.pk]


def test_a_call_that_was_committed_late_is_found_all_the_same(world: World) -> None:
    """Of two transactions the one with the lower id may end later."""
    late = steps.raise_call(world, text=ROAD)
    steps.raise_call(world, text=SAFETY)
    desk, near = world.actor("desk"), Near(ROAD, world.now)
    assert queries.like_calls(desk, near)
    _revision, kept = _likes._kept._kept[desk.tenant_id]
    kept._index.remove(str(late.pk))
    assert [like.call.pk for like in queries.like_calls(desk, near)] == [late.pk]


def test_many_threads_ask_while_calls_come_in(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = count(1)

    def one_more(_self: object, _actor: object, _now: object) -> list[triage.Call]:
        return [triage.Call(str(next(numbers)), ROAD, 0.0)]

    monkeypatch.setattr(_likes.LikeCalls, "_missing", one_more)
    kept, near = _likes.LikeCalls(triage.Rarity({})), Near(ROAD, NOW)
    actor = stand_in(1, Role.DESK)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _n: kept.ask(actor, near, 500), range(60)))
    assert max(len(likes) for likes in found) == 60
    assert all(len({like.key for like in likes}) == len(likes) for likes in found)
