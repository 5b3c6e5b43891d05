"""When the steps of a story happen: waits in working time become moments."""

from datetime import date, datetime, time, timedelta

from qiying.demo.story_rhythm import SHANGHAI
from qiying.demo.story_steps import Wait
from qiying.engines import worktime
from qiying.engines.worktime import Calendar, Rule

_LEAST = 2.0
_SHORT_HOURS = 2.0
_HALF_PAST_FIVE = time(17, 30)


class Clock:
    """Counts waits on the zone's work calendar."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar

    def moment(
        self, wait: Wait, after: datetime, started_at: datetime, due_at: datetime
    ) -> datetime:
        """When a step is taken that waits since the step before (`after`).

        A share is one of the round's time, from `started_at` to `due_at`; it never leads back
        behind the step before.
        """
        if wait.measure == "clock":
            return after + timedelta(minutes=wait.amount)
        if wait.measure == "working":
            return self.working(after, wait.amount)
        return max(self._share(wait.amount, started_at, due_at), self.working(after, _LEAST))

    def working(self, after: datetime, minutes: float) -> datetime:
        """So many working minutes later."""
        rule = Rule("working_hours", minutes / 60)
        return worktime.due(after, rule, self._calendar).due_at

    def _share(self, share: float, started_at: datetime, due_at: datetime) -> datetime:
        run = worktime.elapsed(started_at, due_at, "working_hours", self._calendar)
        if run.gross < _SHORT_HOURS:
            return started_at + (due_at - started_at) * share
        return self.working(started_at, share * run.gross * 60)

    def days_ahead(self, now: datetime, days: int) -> date:
        """The day so many working days ahead."""
        today = now.astimezone(SHANGHAI).date()
        return worktime.add_working_days(today, days, self._calendar)

    def evening(self, now: datetime, days: int) -> datetime:
        """The end of business on that day."""
        on = self.days_ahead(now, days)
        return datetime.combine(on, _HALF_PAST_FIVE, tzinfo=SHANGHAI)
