"""Alarms of the duty board: one for each job, the worst first."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.functional import Promise

from qiying.slices.rescue.queries.live import Alarm, Board
from qiying.slices.rescue.views.chief import shared, words


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """An alarm as the page shows and sounds it."""

    code: str
    key: str
    at: datetime
    words: Promise | str
    name: str
    url: str
    job: int
    is_due: bool

    @classmethod
    def of(cls, alarm: Alarm, now: datetime) -> "AlarmLine":
        job = alarm.case.job
        mark = f"-{alarm.tier}" if alarm.tier else ""
        return cls(
            alarm.code,
            f"{alarm.code}{mark}-{job.pk}",
            alarm.at,
            words.ALARMS[alarm.code],
            f"{job.number} {job.title}",
            shared.job_url(job.public_id),
            job.pk,
            alarm.at <= now,
        )


def alarm_lines(found: Board, now: datetime) -> list[AlarmLine]:
    """All alarms, the worst first; of those of one job only the worst that is due is shown."""
    ranked = sorted(found.alarms, key=lambda a: (words.ALARM_RANK.index(a.code), a.at))
    shown: set[int] = set()
    lines = []
    for alarm in ranked:
        line = AlarmLine.of(alarm, now)
        lines.append(replace(line, is_due=line.is_due and line.job not in shown))
        if line.is_due:
            shown.add(line.job)
    return lines
