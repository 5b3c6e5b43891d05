"""Over the clocks: more time, supervision, the joint meeting, milestones. Codes and limits.

Sources: ``calls.md`` §3.6 (extension, ladder, third round; published practice, our own values
where nothing outside sets one) and §3.7 (cap on pauses). What each value rests on stands in
``SOURCES`` with its grade and is shown on the page of the ladder.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum

from qiying.engines import worktime
from qiying.engines.worktime import Calendar, Rule
from qiying.kernel.access import Role
from qiying.kernel.law import Basis
from qiying.slices.calls.rules.clocks import closing


class ExtensionState(StrEnum):
    PROPOSED = "proposed"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"


class ExtensionReason(StrEnum):
    COMPLEX = "complex"
    OTHER_UNITS = "other_units"
    EXPERT_OPINION = "expert_opinion"
    WORKS_UNDER_WAY = "works_under_way"
    SUPERIOR_APPROVAL = "superior_approval"
    FORCE_MAJEURE = "force_majeure"


class Level(IntEnum):
    """The rungs of supervision, lowest first."""

    CHASE = 1
    SUPERVISE = 2
    POST = 3
    INTERVIEW = 4

    @property
    def code(self) -> str:
        return self.name.lower()


LEVEL_CODES: Mapping[str, Level] = {level.code: level for level in Level}
PURPLE_FROM = Level.POST
"""From this rung on the light of an open call is purple."""
CHASE_AGAIN_AFTER = timedelta(hours=4)
"""A unit is not chased about the same call twice within this time."""


class Trigger(StrEnum):
    """Why a rung was reached."""

    OVERDUE = "overdue"
    LONG_OVERDUE = "long_overdue"
    THIRD_ROUND = "third_round"
    DANGER = "danger"
    REPEATED = "repeated"
    PAUSE_CAP = "pause_cap"
    LIMIT_OVER = "limit_over"
    BY_HAND = "by_hand"
    """The desk, a supervisor or a leader chased the unit."""
    MARK = "mark"


LEVEL_OF: Mapping[Trigger, Level] = {
    Trigger.OVERDUE: Level.CHASE,
    Trigger.REPEATED: Level.SUPERVISE,
    Trigger.PAUSE_CAP: Level.SUPERVISE,
    Trigger.LONG_OVERDUE: Level.POST,
    Trigger.THIRD_ROUND: Level.POST,
    Trigger.DANGER: Level.POST,
}
"""The rung that a trigger leads to; what it passes over is written down with it."""


class SupervisionState(StrEnum):
    OPEN = "open"
    REMOVING = "removing"
    """The unit proposed that it be taken off."""
    RAISED = "raised"
    REMOVED = "removed"
    ENDED = "ended"
    """The call ended; a notice on a low rung needs no decision then."""


STANDING = frozenset({SupervisionState.OPEN, SupervisionState.REMOVING})


class MeetingState(StrEnum):
    DUE = "due"
    CONVENED = "convened"
    DECIDED = "decided"
    WAIVED = "waived"
    LAPSED = "lapsed"


MEETING_OPEN = frozenset({MeetingState.DUE, MeetingState.CONVENED})
MEETING_SETTLED = frozenset({MeetingState.DECIDED, MeetingState.WAIVED})
MEETING_FROM_ROUND = 3


class MilestoneState(StrEnum):
    OPEN = "open"
    REPORTED = "reported"
    DROPPED = "dropped"


MILESTONES_MOST = 12
EXTENSIONS_MOST = 2
NEAR_DUE_DAYS = 1
"""An extension asked for within so many working days of the due time stretches no rate."""
REPEATED_CALLS = 3
REPEATED_DAYS = 30
IN_CHARGE: Mapping[Level, tuple[str, ...]] = {
    Level.CHASE: (Role.UNIT_LEADER, Role.HANDLER),
    Level.SUPERVISE: (Role.SUPERVISOR,),
    Level.POST: (Role.ZONE_LEADER, Role.SUPERVISOR),
    Level.INTERVIEW: (Role.ZONE_LEADER, Role.SUPERVISOR),
}
"""Who is named when nobody was: the unit's own leader for the first notice, then from above."""


SOURCES: Mapping[str, Basis] = {
    "chase": Basis(
        "广州某局限时办结规定（公开页面）：逾期次日发催办通知书并抄送负责人",
        "time-limit rules of a Guangzhou bureau (public page): a notice the day after, copied "
        "to the leader",
        "C",
    ),
    "supervise": Basis(
        "潍坊市12345政务服务便民热线条例第二十六条；济南市12345市民服务热线条例第二十八条",
        "Weifang regulations on the 12345 hotline, article 26; Jinan regulations, article 28",
        "B",
    ),
    "post": Basis("平台默认，可调整", "our default, may be changed", "D"),
    "interview": Basis(
        "潍坊市12345政务服务便民热线条例第二十六条（督办触发）；约谈层级为平台默认",
        "Weifang regulations, article 26 (triggers); the rung itself is our default",
        "D",
    ),
    "extension": Basis(
        "泉州企业问题办理流程：到期前一个工作日申请；山东做法：累计不超过十个工作日",
        "procedure of Quanzhou: asked for a working day before it is due; practice of Shandong: "
        "ten working days in all",
        "C",
    ),
    "meeting": Basis(
        "衢州、湖州分层办理：疑难事项由联席会议研究",
        "Quzhou and Huzhou: what is hard goes to a joint meeting",
        "C",
    ),
}


def long_overdue_before(now: datetime, calendar: Calendar, *, days: int) -> datetime:
    """What was due before this moment is overdue by more than so many working days."""
    today = now.astimezone(worktime.SHANGHAI).date()
    return closing(worktime.subtract_working_days(today, days, calendar), calendar)


def latest_extension(first_due_at: datetime, calendar: Calendar, *, days: int) -> date:
    """The last day to which a round may be extended."""
    first = first_due_at.astimezone(worktime.SHANGHAI).date()
    return worktime.add_working_days(first, days, calendar)


def asked_in_time(now: datetime, due_at: datetime, calendar: Calendar) -> bool:
    """Whether at least one working day lies between asking and the moment that is to move."""
    last = worktime.subtract_working_days(
        due_at.astimezone(worktime.SHANGHAI).date(), NEAR_DUE_DAYS, calendar
    )
    return now <= closing(last, calendar)


def extension_amount(rule: Rule, due_at: datetime, until_on: date, calendar: Calendar) -> float:
    """How much a new day adds, in the unit of the rule; 0 or less when it adds nothing."""
    first = due_at.astimezone(worktime.SHANGHAI).date()
    if rule.kind == "working_days":
        return worktime.working_days_between(first, until_on, calendar)
    if rule.kind == "natural_days":
        return (until_on - first).days
    end = closing(until_on, calendar)
    if end <= due_at:
        return 0
    return round(worktime.elapsed(due_at, end, rule.kind, calendar).gross, 4)


def paused_days(spans: list[tuple[datetime, datetime]], calendar: Calendar) -> float:
    """Working days of standing still, by the length of the working day."""
    hours = sum(worktime.elapsed(a, b, "working_hours", calendar).gross for a, b in spans)
    return float(hours / (calendar.hours.length / HOUR))


HOUR = 3_600_000_000
"""Microseconds: how a calendar tells the length of its working day."""
