"""Two years of calls: shares, seasons and texts are those of a zone at work."""

import pickle
import re
from collections import Counter
from datetime import date, datetime, time, timedelta

import numpy as np
import pytest

from qiying.demo.enterprises import build_enterprises
from qiying.demo.geography import build_geography
from qiying.demo.organisations import build_organisations
from qiying.demo.sites import build_sites
from qiying.demo.stories import AS_OF, STORIES, Story, build_stories, regime_of
from qiying.demo.story_rhythm import CALL_REFORM_ON, SHANGHAI, is_working_day
from qiying.demo.story_texts import fill, matters
from qiying.kernel.access import Role
from qiying.slices.calls.rules import codes


@pytest.fixture(scope="module")
def stories() -> tuple[Story, ...]:
    return build_stories(7)


def closure(stories: tuple[Story, ...], name: str) -> float:
    """Declared closure when all is played: rounds that close among rounds that were owed."""
    ends = Counter(end for story in stories if story.regime == name for end in story.ends)
    return ends["closed"] / (ends.total() - ends["stopped"])


@pytest.mark.parametrize("seed", [7, pytest.param(19, marks=pytest.mark.full)])
def test_closure_rises_from_87_percent_to_more_than_98(seed: int) -> None:
    told = build_stories(seed)
    assert closure(told, "before") == pytest.approx(0.87, rel=0.01)
    assert 0.98 < closure(told, "after") < 0.98 * 1.05


def test_calls_fill_two_years_in_order(stories: tuple[Story, ...]) -> None:
    assert len(stories) == STORIES
    assert [story.number for story in stories] == list(range(1, STORIES + 1))
    times = [story.submitted_at for story in stories]
    assert times == sorted(times)
    first = datetime.combine(AS_OF.replace(year=2024), time(), SHANGHAI)
    assert first <= times[0] < times[-1] < datetime.combine(AS_OF, time(), SHANGHAI)
    assert first.date() < CALL_REFORM_ON < AS_OF
    assert {story.regime for story in stories} == {"before", "after"}


def test_regime_turns_a_little_before_the_reform_because_of_the_time_limit() -> None:
    assert regime_of(CALL_REFORM_ON - timedelta(days=30)) == "before"
    assert regime_of(CALL_REFORM_ON - timedelta(days=1)) == "after"


def test_weekdays_summers_and_office_hours_are_busier(stories: tuple[Story, ...]) -> None:
    days = [story.submitted_at for story in stories]
    weekends = sum(day.weekday() > 4 for day in days)
    assert 0.03 < weekends / len(days) < 0.12
    working = sum(9 <= day.hour < 18 for day in days)
    assert working > 0.7 * len(days)
    power = Counter(s.submitted_at.month for s in stories if s.matter == "M026")
    assert power[7] + power[8] > 1.5 * (power[2] + power[11])


def test_offices_are_entered_only_when_they_are_open(stories: tuple[Story, ...]) -> None:
    for story in stories:
        if story.channel in {"window", "phone", "visit", "on_behalf"}:
            assert is_working_day(story.submitted_at.date())
            assert 8 <= story.submitted_at.hour < 18


def test_about_sixty_matters_or_more_and_no_one_rules(stories: tuple[Story, ...]) -> None:
    counts = Counter(story.matter for story in stories)
    assert len(counts) >= 60
    assert counts.most_common(1)[0][1] < 0.1 * STORIES


def test_codes_are_those_of_the_calls_slice(stories: tuple[Story, ...]) -> None:
    for story in stories:
        codes.Nature(story.nature)
        codes.Urgency(story.urgency)
        codes.Channel(story.channel)
        codes.PositionSource(story.place.source)
        assert story.raised_by in {Role.ENTERPRISE, Role.DESK, Role.GRID_OFFICER}


def test_step_codes_are_those_of_the_calls_slice(stories: tuple[Story, ...]) -> None:
    known = {
        "answer": codes.Result,
        "attempt_callback": codes.Outcome,
        "callback_confirm": codes.Resolved,
        "decline": codes.DeclineCode,
        "propose_pause": codes.PauseReason,
    }
    for step in (step for story in stories for step in story.steps):
        if step.name in known:
            known[step.name](step.code)
        assert (step.grade is not None) == (step.name == "rate")
        assert step.wait.measure in {"working", "clock", "share"}
        assert step.wait.amount > 0


def test_every_way_a_call_can_go_is_told(stories: tuple[Story, ...]) -> None:
    names = {step.name for story in stories for step in story.steps}
    assert names >= {
        "accept", "ask_info", "supply_info", "decline", "withdraw", "dispatch", "dispute",
        "adjudicate", "sign", "contact", "propose_pause", "approve_pause", "resume", "schedule",
        "stage_report", "task_done", "answer", "review_return", "review_pass", "attempt_callback",
        "callback_confirm", "callback_reject", "close_unreached", "rate", "reopen", "message",
    }  # fmt: skip
    results = {step.code for story in stories for step in story.steps if step.name == "answer"}
    assert results == {"solved", "partly", "explained"}
    assert {story.urgency for story in stories} == {"normal", "urgent", "danger"}
    assert any(story.complained_unit for story in stories)


def test_co_handlers_settle_before_the_answer(stories: tuple[Story, ...]) -> None:
    for story in stories:
        names = [(step.name, step.unit) for step in story.steps]
        if ("answer", None) in names:
            answer = names.index(("answer", None))
            for unit in story.co_units:
                assert any(
                    name in {"task_done", "stage_report"} and by == unit
                    for name, by in names[:answer]
                )


def test_each_call_lies_somewhere_and_names_things_that_exist(stories: tuple[Story, ...]) -> None:
    firms = {firm.code: firm for firm in build_enterprises(7)}
    assets = {
        row.code for row in (*build_geography(7).segments, *build_geography(7).neighbourhoods)
    }
    assets |= {site.code for site in build_sites(7)}
    units = {unit.code for unit in build_organisations(7).units}
    for story in stories:
        firm = firms[story.enterprise]
        assert firm.registered_on < story.submitted_at.date()
        assert story.place.asset is None or story.place.asset in assets
        assert set(story.co_units) <= units
        assert story.complained_unit is None or story.complained_unit in units
        if story.raised_by == Role.GRID_OFFICER:
            assert firm.grid


def test_texts_are_whole_and_vary(stories: tuple[Story, ...]) -> None:
    texts = [story.text_zh for story in stories]
    for text in (
        *texts,
        *(s.title_zh for s in stories),
        *(p.text_zh for s in stories for p in s.steps),
    ):
        assert not re.search(r"[{}|<>]|\.\.|，，|。。|None", text), text
    assert len(set(texts)) > 0.8 * STORIES
    assert max(Counter(texts).values()) <= 14
    assert all(4 <= len(story.title_zh) <= 40 for story in stories)
    assert all(12 <= len(story.text_zh) <= 220 for story in stories)


def test_frequent_matters_have_at_least_four_ways_to_be_put() -> None:
    ranked = sorted(matters(), key=lambda matter: -matter.weight)
    for matter in ranked[:24]:
        assert sum(len(case.texts) for case in matter.cases) >= 4, matter.code


def test_words_that_belong_together_stay_together() -> None:
    chance = np.random.default_rng(1)
    slots = {"road": "开源大道"}
    drawn = {fill("{road}{坏|堵}了{2..4}天，{10..20:10}米", slots, chance) for _ in range(200)}
    assert len(drawn) == 12
    assert all(text.startswith("开源大道") for text in drawn)
    with pytest.raises(KeyError):
        fill("{nowhere}", slots, chance)


def test_one_seed_tells_one_set_of_stories() -> None:
    first = pickle.dumps(build_stories(7))
    build_stories.cache_clear()
    assert pickle.dumps(build_stories(7)) == first


def test_another_day_moves_the_two_years() -> None:
    told = build_stories(7, date(2026, 6, 30))
    assert told[0].submitted_at.date() >= date(2024, 6, 30)
    assert told[-1].submitted_at.date() < date(2026, 6, 30)
