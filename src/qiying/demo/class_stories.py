"""Calls of several firms about one problem, among the other stories of the last month."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from qiying.demo.enterprises import Enterprise
from qiying.demo.packaged import read_toml
from qiying.demo.stories import Story
from qiying.demo.story_steps import Step, Wait

_APART_DEGREES = 0.0009
_HOURS_OF_DAY = (9, 14, 10, 15, 11, 16, 13)


def count_members() -> int:
    """How many calls are added to the stories."""
    return sum(len(row["days"]) for row in read_toml("classes")["classes"])


def with_classes(
    stories: Sequence[Story],
    firms: Sequence[Enterprise],
    patterns: Sequence[Story],
    *,
    ends_at: datetime,
) -> tuple[Story, ...]:
    """The stories with the calls of each class among them, in order of time.

    Place, nature and way of handling are those of a story of the same matter in `patterns`.
    """
    callers = sorted({story.enterprise for story in stories})
    known = {firm.code for firm in firms if firm.belongs_to_zone}
    turn = [code for code in callers if code in known]
    made: list[Story] = []
    for row in read_toml("classes")["classes"]:
        pattern = _pattern(patterns, row["matter"])
        for index, days in enumerate(row["days"]):
            number = max(story.number for story in patterns) + 1 + len(made)
            firm = turn[(len(made) * 7 + index) % len(turn)]
            at = (ends_at - timedelta(days=days)).replace(hour=_HOURS_OF_DAY[index % 7], minute=20)
            made.append(_member(pattern, row, index, number=number, firm=firm, at=at))
    return tuple(sorted([*stories, *made], key=lambda s: (s.submitted_at, s.enterprise)))


def _pattern(patterns: Sequence[Story], matter: str) -> Story:
    """The latest quiet story of the matter."""
    found = [
        s
        for s in patterns
        if s.matter == matter and s.complained_unit is None and s.urgency == "normal"
    ]
    return max(found, key=lambda s: (s.submitted_at, s.number))


def _member(
    pattern: Story, row: Mapping[str, Any], index: int, *, number: int, firm: str, at: datetime
) -> Story:
    east, north = pattern.place.position[:2]
    place = replace(
        pattern.place,
        position=(east + (index % 3) * _APART_DEGREES, north),
        asset=None,
        source="stated",
    )
    return replace(
        pattern,
        number=number,
        enterprise=firm,
        urgency="normal",
        channel="online",
        raised_by="enterprise",
        place=place,
        title_zh=row["titles"][index % len(row["titles"])],
        text_zh=row["text"].format(tail=row["tails"][index % len(row["tails"])]),
        visit_zh="",
        submitted_at=at,
        complained_unit=None,
        co_units=(),
        steps=_steps(row["answer"]),
        ends=("closed",) if row["answer"] else ("open",),
    )


def _steps(answer: str) -> tuple[Step, ...]:
    """Handled quickly and to the end; without an answer it is still in hand."""
    begun = (
        Step("accept", Wait("working", 25)),
        Step("dispatch", Wait("working", 30)),
        Step("sign", Wait("working", 40)),
        Step("contact", Wait("working", 45), "已与企业通话，约定现场查看。", "reached"),
    )
    if not answer:
        return begun
    return (
        *begun,
        Step("answer", Wait("working", 300), answer, "solved"),
        Step("review_pass", Wait("working", 60)),
        Step("callback_confirm", Wait("working", 120), "企业认可。", "yes"),
        Step("rate", Wait("working", 60), "", "yes", grade=5),
    )
