"""Two selections of innovative cases: one with its final list, one that is being judged.

The final list holds five cases of one county (figure B08).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from qiying.demo.cases import Office
from qiying.demo.chance import stream
from qiying.demo.packaged import read_toml
from qiying.demo.plan import Plan
from qiying.engines.worktime import add_working_days
from qiying.kernel import tenancy
from qiying.slices.casebook import operations, queries
from qiying.slices.casebook.models import Entry, EntryMark, Selection
from qiying.slices.registry import public as registry

FIRST = "澜川县"
OF_FIRST = 5
"""How many cases of the one county stand on the list: figure B08."""
_QUOTA, _ENTRIES = 12, 22
_RUNNING, _RUNNING_QUOTA = 9, 4
_LEVELS = ("county", "county", "unit", "zone")


def hold_selections(plan: Plan, office: Office) -> None:
    """One selection from the call to the hashed list, one half judged."""
    words = read_toml("cases")["selection"]
    _finished(plan, office, words)
    _running(plan, office, words)


def _prepared(
    office: Office, words: Mapping[str, Any], part: int, *, quota: int, now: datetime
) -> Selection:
    today = timezone.localdate(now)
    row = operations.prepare(
        office.organiser,
        now=now,
        title_zh=f"{words['title_zh']}（{now.year}年第{part}批）",
        title_en=f"{words['title_en']} ({now.year}, part {part})",
        rules_zh=words["rules_zh"],
        rules_en=words["rules_en"],
        quota=quota,
        opens_on=today,
        closes_on=today + timedelta(days=20),
        review_until=today + timedelta(days=45),
        publicity_days=5,
        seed=now.year + part,
    )
    return operations.announce(office.organiser, row.pk, now=now)


def _entered(
    office: Office, row: Selection, words: Mapping[str, Any], count: int, now: datetime
) -> None:
    """Entries of many counties; the first county hands in as many as it will have on the list."""
    counties: Sequence[str] = words["counties"]
    for number in range(count):
        county = FIRST if number < OF_FIRST else counties[1 + number % (len(counties) - 1)]
        theme = words["themes"][number % len(words["themes"])]
        parts = ("background", "difficulty", "practice", "effect", "replicable")
        texts = {part: str(words[part]).replace("THEME", theme) for part in parts}
        entry = operations.enter(
            office.organiser,
            row.pk,
            level=_LEVELS[number % len(_LEVELS)],
            county=county,
            entrant=f"{county}{_office_of(number)}",
            texts={**texts, "title": f"{theme}的实践（{_series(number)}）"},
            evidence="季度台账、第三方评估摘要",
            now=now + timedelta(minutes=7 * number),
        )
        operations.pass_check(office.checker, entry.pk, now=now + timedelta(days=1))


def _office_of(number: int) -> str:
    return ("发展改革部门", "经济和信息化部门", "一处乡镇", "一处开发区")[number % 4]


def _series(number: int) -> str:
    return "甲乙丙丁"[number // 12]


def _dealt(office: Office, row: Selection, words: Mapping[str, Any], now: datetime) -> None:
    """The panel comes from other counties than the first, each barred from its own."""
    others: Sequence[str] = words["counties"][1:]
    for place, judge in enumerate(office.judges[:8]):
        person, county = judge.person_id or 0, others[place % len(others)]
        operations.seat(office.organiser, row.pk, person, county=county, now=now)
    later = now + timedelta(days=22)
    operations.close_entries(office.organiser, row.pk, now=later)
    operations.deal(office.organiser, row.pk, now=later)


def _waiting(office: Office, row: Selection) -> list[EntryMark]:
    with tenancy.reading(office.platform):
        return [m for m in queries.marks_of(row) if m.marked_at is None]


def _mark(
    plan: Plan,
    office: Office,
    row: Selection,
    marks: Iterable[EntryMark],
    now: datetime,
    comment: str,
) -> None:
    """Points by the worth of the entry and the strictness of the judge."""
    judges = {j.person_id: (place, j) for place, j in enumerate(office.judges)}
    for mark in marks:
        place, judge = judges[mark.seat.person_id]
        chance = stream(plan.seed, f"mark {row.number} {mark.entry.number} {place}")
        worth = (
            8.4 if mark.entry.county == FIRST else 5.2 + ((mark.entry.blind or 0) * 7 % 11) * 0.28
        )
        level = worth + (place % 3 - 1) * 0.5
        points = {
            c["code"]: max(0, min(10, round(level + float(chance.normal(0, 0.7)))))
            for c in row.criteria
        }
        operations.mark(judge, mark.entry.public_id, points=points, comment=comment, now=now)


def _finished(plan: Plan, office: Office, words: Mapping[str, Any]) -> None:
    begun = plan.ends_at - timedelta(days=110)
    row = _prepared(office, words, 1, quota=_QUOTA, now=begun)
    _entered(office, row, words, _ENTRIES, begun + timedelta(days=2))
    _dealt(office, row, words, begun)
    at = begun + timedelta(days=30)
    _mark(plan, office, row, _waiting(office, row), at, words["comment"])
    with tenancy.reading(office.platform):
        wide = queries.wide_entries(row, queries.marks_of(row))
    if wide:
        operations.deal_again(office.organiser, row.pk, now=at)
        _mark(plan, office, row, _waiting(office, row), at, words["comment"])
    row = operations.rank(office.organiser, row.pk, now=at + timedelta(days=2))
    _decided(plan, office, row, words, at + timedelta(days=5))


def _decided(
    plan: Plan, office: Office, row: Selection, words: Mapping[str, Any], now: datetime
) -> None:
    chosen = [*row.ranking["inside"], *row.ranking["on_the_line"]][: row.quota]
    operations.choose(
        office.decider,
        row.pk,
        chosen,
        met_on=timezone.localdate(now),
        minutes=words["minutes"],
        now=now,
    )
    row = operations.publicise(office.organiser, row.pk, now=now)
    _objected(office, row, words, now + timedelta(days=1))
    over = add_working_days(timezone.localdate(now), 7, registry.calendar(office.platform))
    gone = timedelta(days=(over - timezone.localdate(now)).days)
    operations.conclude(office.organiser, row.pk, now=now + gone)


def _objected(office: Office, row: Selection, words: Mapping[str, Any], now: datetime) -> None:
    """One objection, raised by a judge's colleague at the desk and dismissed with a finding."""
    with tenancy.reading(office.platform):
        entry: Entry = queries.publicised(office.platform, row)[-1]
    objection = operations.raise_objection(
        office.nominator, entry.public_id, text=words["objection"], now=now
    )
    operations.settle(
        office.decider,
        objection.public_id,
        is_upheld=False,
        finding=words["finding"],
        now=now + timedelta(days=1),
    )


def _running(plan: Plan, office: Office, words: Mapping[str, Any]) -> None:
    begun = plan.ends_at - timedelta(days=27)
    row = _prepared(office, words, 2, quota=_RUNNING_QUOTA, now=begun)
    _entered(office, row, words, _RUNNING, begun + timedelta(days=2))
    _dealt(office, row, words, begun)
    analyst = office.judges[0].person_id
    marks = [m for m in _waiting(office, row) if m.seat.person_id != analyst]
    _mark(
        plan, office, row, marks[: len(marks) // 2], begun + timedelta(days=25), words["comment"]
    )
