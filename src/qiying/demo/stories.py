"""Two years of calls as stories: who calls about what, where and when, and what becomes of it.

Nothing here knows a database. A story holds what goes into the operations of the calls slice;
whose job it is, the deadlines and the rates follow from playing it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice

import numpy as np

from qiying.demo.chance import stream
from qiying.demo.enterprises import build_enterprises
from qiying.demo.geography import build_geography
from qiying.demo.naming import pick
from qiying.demo.sites import build_sites
from qiying.demo.story_people import CHANNELS, Callers, draw_channel
from qiying.demo.story_places import Gazetteer, Place
from qiying.demo.story_rhythm import (
    CALL_REFORM_ON,
    call_days,
    draw_matter,
    draw_moment,
    is_working_day,
)
from qiying.demo.story_slots import slots_for
from qiying.demo.story_steps import Step, Teller, regime
from qiying.demo.story_texts import Case, fill, matching, phrase

STORIES = 2400
AS_OF = date(2026, 11, 22)
#: Calls of the last days before the reform fall due after it and are handled in the new way.
_HANDED_OVER = timedelta(days=9)
_URGENT_SHARE = 0.75
_OPENED, _CLOSED = 0.34, 0.30
#: Nobody leaves a gas leak or a flooded hall lying for months.
_NEVER_DONE, _DONE_AT_LAST = {"stuck", "rolling"}, "rejected"


@dataclass(frozen=True, slots=True)
class Story:
    """One call from the first word to the last.

    `raised_by` is the role that enters it; `co_units` are asked beside the lead that the register
    names; `ends` says how each of its rounds ends when all steps are taken: `closed`, `rejected`,
    `open` or `stopped`. Texts are Chinese, as firms write them.
    """

    number: int
    enterprise: str
    matter: str
    nature: str
    urgency: str
    channel: str
    raised_by: str
    place: Place
    title_zh: str
    text_zh: str
    visit_zh: str
    submitted_at: datetime
    complained_unit: str | None
    co_units: tuple[str, ...]
    fate: str
    regime: str
    steps: tuple[Step, ...]
    ends: tuple[str, ...]


@cache
def build_stories(seed: int = 7, as_of: date = AS_OF) -> tuple[Story, ...]:
    """All stories of the two years that end the day before `as_of`, by time of arrival."""
    chance = stream(seed, "stories")
    days = call_days(_two_years_before(as_of), as_of, STORIES, chance)
    writer = _Writer(seed, chance)
    fates = _fates(days, chance)
    told = [writer.story(day, fate) for day, fate in zip(days, fates, strict=True)]
    told.sort(key=lambda story: (story.submitted_at, story.enterprise))
    return tuple(replace(story, number=number) for number, story in enumerate(told, start=1))


def regime_of(day: date) -> str:
    """`before` or `after` the reform of the handling of calls."""
    return "before" if day < CALL_REFORM_ON - _HANDED_OVER else "after"


def _two_years_before(day: date) -> date:
    # Nobody is asked for a demonstration that ends on a leap day's own morning.
    return date(day.year - 2, day.month, min(day.day, 28) if day.month == 2 else day.day)


def _fates(days: tuple[date, ...], chance: np.random.Generator) -> list[str]:
    """A fate for each call: shares kept exactly within each regime, order by chance."""
    fates = ["plain"] * len(days)
    for name in ("before", "after"):
        places = [index for index, day in enumerate(days) if regime_of(day) == name]
        drawn = iter(int(index) for index in chance.permutation(places))
        for fate, share in regime(name).fates.items():
            for index in islice(drawn, round(share * len(places))):
                fates[index] = fate
    return fates


class _Writer:
    """Writes one story after the other."""

    def __init__(self, seed: int, chance: np.random.Generator) -> None:
        self._chance = chance
        self._callers = Callers(build_enterprises(seed))
        self._gazetteer = Gazetteer(build_geography(seed), build_sites(seed))

    def story(self, day: date, fate: str) -> Story:
        chance = self._chance
        matter = draw_matter(day, chance)
        case = pick(chance, matter.cases)
        variant = int(chance.integers(case.variants()))
        firm = self._callers.firm(case.who, chance)
        urgency = self._urgency(case)
        fate = _DONE_AT_LAST if urgency != "normal" and fate in _NEVER_DONE else fate
        name = regime_of(day)
        channel = draw_channel(
            firm, chance, is_reformed=name == "after", offices_open=is_working_day(day)
        )
        _, _, raised_by, in_office = CHANNELS[channel]
        place = self._gazetteer.place(firm, matter.code, pick(chance, case.objects), chance)
        slots = slots_for(firm, place, day, chance)
        told = fill(case.texts[variant], slots, chance)
        co_units = self._co_units(case, name)
        teller = Teller(
            regime(name), case, variant, urgency, co_units, slots, told, chance, matter.code
        )
        return Story(
            number=0,
            enterprise=firm.code,
            matter=matter.code,
            nature=case.nature,
            urgency=urgency,
            channel=channel,
            raised_by=raised_by,
            place=place,
            title_zh=self._title(case, variant, slots, told),
            text_zh=self._text(told, slots),
            visit_zh=phrase("visit", slots, chance) if channel == "visit" else "",
            submitted_at=draw_moment(day, chance, in_office=in_office),
            complained_unit=case.against,
            co_units=teller.co_units,
            fate=fate,
            regime=name,
            steps=teller.tell(fate),
            ends=tuple(teller.ends),
        )

    def _urgency(self, case: Case) -> str:
        if case.urgency == "urgent" and self._chance.random() > _URGENT_SHARE:
            return "normal"
        return case.urgency

    def _co_units(self, case: Case, name: str) -> tuple[str, ...]:
        """Units asked beside those of the register's row: none, the first, or all."""
        if self._chance.random() > regime(name).chances["co"]:
            return ()
        return case.co[: 1 + int(self._chance.integers(2))]

    def _title(self, case: Case, variant: int, slots: Mapping[str, str], told: str) -> str:
        title = matching(case.titles, variant, case.variants(), self._chance, told)
        return fill(title, slots, self._chance, told)

    def _text(self, told: str, slots: Mapping[str, str]) -> str:
        text = told
        if self._chance.random() < _OPENED:
            text = phrase("openings", slots, self._chance) + text
        if self._chance.random() < _CLOSED:
            text += phrase("closings", slots, self._chance)
        return text
