"""A work calendar from a file: every year in it becomes one new edition."""

from collections import defaultdict
from datetime import date

from qiying.slices.registry import queries
from qiying.slices.registry.operations.calendars import set_calendar
from qiying.slices.registry.operations.imports._target import Ground, Target, sound, verdict
from qiying.slices.registry.rules import calendars as rules
from qiying.slices.registry.rules.kinds import Grade
from qiying.slices.registry.rules.lines import Line, fail


def judge(ground: Ground, lines: list[Line]) -> None:
    known = {row.year: row for row in queries.latest_editions(ground.actor)}
    for line in lines:
        _judge_day(line)
    for year, group in _by_year(lines).items():
        if any(line.errors for line in group):
            for line in sound(group):
                fail(line, "on", "registry.calendar.incomplete", year=year)
            continue
        row = known.get(year)
        rests, works = _days(group)
        changed = row is not None and (
            row.rest_days != [d.isoformat() for d in rests]
            or row.work_days != [d.isoformat() for d in works]
            or row.notice != _first(group, "notice", row.notice)
        )
        for line in group:
            verdict(line, is_known=row is not None, differs=changed)


def write(ground: Ground, lines: list[Line]) -> None:
    known = {row.year: row for row in queries.latest_editions(ground.actor)}
    for year, group in _by_year(lines).items():
        before = known.get(year)
        rests, works = _days(group)
        set_calendar(
            ground.actor,
            year,
            rest_days=rests,
            work_days=works,
            hours=before.hours if before else rules.STANDARD_HOURS,
            notice=_first(group, "notice", before.notice if before else ""),
            grade=_first(group, "grade", Grade.D.value),
            now=ground.now,
        )


def _judge_day(line: Line) -> None:
    if line.errors:
        return
    found = date.fromisoformat(line.clean["on"])
    is_weekend = found.weekday() >= rules.WEEKEND
    if is_weekend and line.clean["day_kind"] == "rest":
        fail(line, "on", "registry.calendar.rest")
    if not is_weekend and line.clean["day_kind"] == "work":
        fail(line, "on", "registry.calendar.work")


def _by_year(lines: list[Line]) -> dict[int, list[Line]]:
    groups: defaultdict[int, list[Line]] = defaultdict(list)
    for line in lines:
        if "on" in line.clean:
            groups[int(line.clean["on"][:4])].append(line)
    return groups


def _days(lines: list[Line]) -> tuple[list[date], list[date]]:
    found = sorted((line.clean["day_kind"], line.clean["on"]) for line in lines)
    rests = [date.fromisoformat(on) for kind, on in found if kind == "rest"]
    return rests, [date.fromisoformat(on) for kind, on in found if kind == "work"]


def _first(lines: list[Line], name: str, otherwise: str) -> str:
    return next((line.clean[name] for line in lines if line.clean.get(name)), otherwise)


CALENDAR = Target(judge, write)
