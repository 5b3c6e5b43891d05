"""Calls that are still open on the day of the demonstration, so that every page has work on it.

Left alone, most calls of the last weeks would be over, because they are answered soon. Some of
them are therefore stopped on the way: each gets the steps that lead to the wanted state and no more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np

from qiying.demo.chance import stream
from qiying.demo.enterprises import Enterprise
from qiying.demo.stories import Story
from qiying.demo.story_rhythm import is_working_day
from qiying.demo.story_slots import slots_for
from qiying.demo.story_steps import Step, Wait
from qiying.demo.story_texts import phrase

_ON_THE_WAY = ("accept", "dispatch", "sign", "contact")
_ANSWERED = (*_ON_THE_WAY, "answer")
_TO_CALL = (*_ANSWERED, "review_pass")
_LONGEST_OWN_WAIT = 240.0


@dataclass(frozen=True, slots=True)
class _Halt:
    """So many calls that stop after these steps, `ages` working days after they came in.

    After quiet days, when too few are as young as that, older ones take their places.
    """

    count: int
    ages: tuple[int, int]
    steps: tuple[str, ...]
    needs_co: bool = False
    urgency: str = "normal"


_HALTS = (
    _Halt(3, (0, 0), ()),
    _Halt(2, (0, 1), ("accept",)),
    _Halt(2, (0, 1), ("accept", "dispatch")),
    _Halt(1, (0, 1), _ON_THE_WAY, urgency="urgent"),
    _Halt(2, (1, 2), ("accept", "dispatch", "dispute")),
    _Halt(1, (1, 3), ("ask_info",)),
    _Halt(1, (1, 3), (*_ON_THE_WAY, "propose_pause")),
    _Halt(2, (1, 2), _ANSWERED),
    _Halt(2, (1, 3), _TO_CALL),
    _Halt(1, (2, 3), (*_TO_CALL, "attempt_callback")),
    _Halt(1, (2, 4), (*_ANSWERED, "review_return")),
    _Halt(1, (2, 4), _ON_THE_WAY, needs_co=True),
    _Halt(3, (1, 3), _ON_THE_WAY),
    _Halt(1, (3, 5), (*_TO_CALL, "callback_reject")),
    _Halt(1, (4, 7), ("accept", "dispatch")),
    _Halt(3, (1, 4), (*_ON_THE_WAY, "propose_pause", "approve_pause")),
    _Halt(2, (3, 7), (*_ON_THE_WAY, "schedule")),
    _Halt(2, (8, 14), _ON_THE_WAY),
    _Halt(1, (8, 14), ("ask_info", "lapse_info", "propose_decline")),
)
#: What is said at a step (the name of stock phrases), its code, and how long it waits in minutes.
_SAID: Mapping[str, tuple[str, str, float]] = {
    "ask_info": ("ask_info", "", 30.0),
    "lapse_info": ("", "", 6 * 8 * 60.0),
    "propose_decline": ("propose_decline", "UNCOOPERATIVE", 90.0),
    "accept": ("accept", "", 25.0),
    "dispatch": ("dispatch", "", 30.0),
    "dispute": ("dispute", "", 60.0),
    "sign": ("", "", 40.0),
    "contact": ("contact_reached", "reached", 45.0),
    "schedule": ("schedule", "", 200.0),
    "propose_pause": ("pause_firm_asked", "firm_asked", 120.0),
    "approve_pause": ("", "", 60.0),
    "answer": ("answer_again", "solved", 240.0),
    "review_return": ("review_return", "", 60.0),
    "review_pass": ("", "", 60.0),
    "attempt_callback": ("call_missed", "no_answer", 90.0),
    "callback_reject": ("reject", "", 90.0),
}
_DAYS = {"propose_pause": 5, "schedule": 12}


def keep_open(
    stories: Sequence[Story], firms: Sequence[Enterprise], *, seed: int, ends_at: datetime
) -> tuple[Story, ...]:
    """The stories, some of the last ones stopped on the way."""
    chance = stream(seed, "live")
    by_code = {firm.code: firm for firm in firms}
    ages = _ages(stories, ends_at.date())
    found = {story.number: story for story in stories}
    for halt in _HALTS:
        fitting = [number for number, age in ages.items() if _fits(found[number], age, halt)]
        order = [fitting[int(index)] for index in chance.permutation(len(fitting))]
        order.sort(key=lambda number: max(0, ages[number] - halt.ages[1]))
        for number in sorted(order[: halt.count]):
            story = found[number]
            found[number] = _stopped(story, halt, by_code[story.enterprise], chance)
            del ages[number]
    return tuple(found[story.number] for story in stories)


def _ages(stories: Iterable[Story], as_of: date) -> dict[int, int]:
    """How many working days ago the recent calls came in, by their numbers."""
    ages: dict[int, int] = {}
    oldest = max(halt.ages[1] for halt in _HALTS)
    for story in stories:
        day = story.submitted_at.date()
        if (as_of - day).days <= 2 * oldest:
            later = (day + timedelta(days=n) for n in range(1, (as_of - day).days))
            ages[story.number] = sum(is_working_day(other) for other in later)
    return ages


def _fits(story: Story, age: int, halt: _Halt) -> bool:
    return (
        age >= halt.ages[0]
        and story.urgency == halt.urgency
        and story.complained_unit is None
        and (bool(story.co_units) or not halt.needs_co)
    )


def _stopped(story: Story, halt: _Halt, firm: Enterprise, chance: np.random.Generator) -> Story:
    slots = slots_for(firm, story.place, story.submitted_at.date(), chance)
    own = {step.name: step for step in reversed(story.steps) if step.code != "missed"}
    steps = tuple(_step(name, own.get(name), slots, chance) for name in halt.steps)
    ends = ("rejected", "open") if "callback_reject" in halt.steps else ("open",)
    co_units = story.co_units if halt.needs_co else ()
    return replace(story, fate="live", co_units=co_units, steps=steps, ends=ends)


def _step(
    name: str, own: Step | None, slots: Mapping[str, str], chance: np.random.Generator
) -> Step:
    """The story's own step of that name where it has one, soon enough to lie in the past."""
    said, code, minutes = _SAID[name]
    wait = Wait("working", minutes)
    if own is not None and own.unit is None:
        is_soon = own.wait.measure != "share" and own.wait.amount <= _LONGEST_OWN_WAIT
        return replace(own, wait=own.wait if is_soon else wait)
    text = phrase(said, slots, chance) if said else ""
    return Step(name, wait, text, code, days=_DAYS.get(name))
