"""Codes of the rescue slice; words for them are in ``models.labels``."""

from enum import StrEnum


class Kind(StrEnum):
    """What the firm wants: help now, work on a day, or a better process."""

    EMERGENCY = "emergency"
    REPAIR = "repair"
    RETROFIT = "retrofit"


class State(StrEnum):
    REPORTED = "reported"
    ACKNOWLEDGED = "acknowledged"
    PROPOSED = "proposed"
    ANSWERED = "answered"
    UNDER_WAY = "under_way"
    ON_SITE = "on_site"
    REMOTE = "remote"
    DIAGNOSED = "diagnosed"
    QUOTED = "quoted"
    WORKING = "working"
    WAITING_PARTS = "waiting_parts"
    TRIAL = "trial"
    TEMPORARY = "temporary"
    DONE = "done"
    CONFIRMED = "confirmed"
    SETTLED = "settled"
    REFERRED = "referred"
    WITHDRAWN = "withdrawn"
    FALSE_ALARM = "false_alarm"


FINAL = frozenset({State.SETTLED, State.REFERRED, State.WITHDRAWN, State.FALSE_ALARM})
OVER = FINAL | {State.CONFIRMED}
"""Nothing is left to be done for the firm."""
OPEN = frozenset(State) - OVER
UNANSWERED = frozenset({State.REPORTED, State.ACKNOWLEDGED, State.PROPOSED})
BEFORE_SITE = UNANSWERED | {State.ANSWERED, State.UNDER_WAY}
CREWED = frozenset({State.ANSWERED, State.UNDER_WAY, State.ON_SITE, State.DIAGNOSED, State.QUOTED})
"""Technicians belong to the job and work has not begun."""
AT_WORK = frozenset({State.WORKING, State.TRIAL})
MENDED = frozenset({State.DONE, State.CONFIRMED, State.SETTLED})


class SeatState(StrEnum):
    """One place of a crew."""

    FREE = "free"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    EN_ROUTE = "en_route"
    ON_SITE = "on_site"
    AWAY = "away"
    """Has left for a while and comes back: parts, or a patch that holds until a day."""
    LEFT = "left"
    RELEASED = "released"
    """The job ended without anybody going there."""


MOVING = frozenset({SeatState.EN_ROUTE, SeatState.ON_SITE})
"""One technician is in one such seat at most."""
HELD = MOVING | {SeatState.ACCEPTED, SeatState.AWAY}
WANTED = frozenset({SeatState.FREE, SeatState.OFFERED})
LIVE = HELD | {SeatState.OFFERED}


class OfferState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Refusal(StrEnum):
    """Why a technician cannot come."""

    BUSY = "busy"
    FAR = "far"
    SKILL = "skill"
    PARTS = "parts"
    ILL = "ill"
    RECUSED = "recused"
    OTHER = "other"


class Why(StrEnum):
    """Why the duty chief takes somebody other than the engine proposes."""

    KNOWS_MACHINE = "knows_machine"
    FIRM_ASKED = "firm_asked"
    ROAD = "road"
    LOAD = "load"
    TOLD_UNFIT = "told_unfit"
    RECUSED = "recused"
    OTHER = "other"


class Channel(StrEnum):
    BUTTON = "button"
    SCAN = "scan"
    DESK = "desk"
    PHONE = "phone"
    CALL = "call"
    API = "api"


class Urgency(StrEnum):
    """How much stands still."""

    LINE_STOPPED = "line_stopped"
    SLOWED = "slowed"
    NOT_URGENT = "not_urgent"


class Safety(StrEnum):
    """What the firm answered when asked whether somebody is in danger."""

    NOT_ASKED = "not_asked"
    SAFE = "safe"
    STOPPED = "stopped"
    """The machine is stopped and locked; nobody is in danger."""
    DANGER = "danger"
    """Somebody is in danger: 119, 120 or 110 first."""


class Criticality(StrEnum):
    STOPS_LINE = "stops_line"
    SLOWS_LINE = "slows_line"
    SPARE = "spare"


class MachineState(StrEnum):
    IN_USE = "in_use"
    STOPPED = "stopped"
    SCRAPPED = "scrapped"


class Tier(StrEnum):
    """The ladder: whom a seat is offered to."""

    CONTRACTED = "1"
    NEAREST = "2"
    BACKUP = "3"
    ALARM = "4"
    """Nobody took it: the duty chief is alarmed until somebody does."""


class ProviderKind(StrEnum):
    CONTRACTED = "contracted"
    BACKUP = "backup"


class ShiftKind(StrEnum):
    DAY = "day"
    EVENING = "evening"
    NIGHT = "night"
    ON_CALL = "on_call"


class Step(StrEnum):
    """What a technician's phone may say."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    HELP_REMOTELY = "help_remotely"
    SET_OUT = "set_out"
    ARRIVE = "arrive"
    POSITION = "position"
    DIAGNOSE = "diagnose"
    QUOTE = "quote"
    ACCEPT_QUOTE = "accept_quote"
    DECLINE_QUOTE = "decline_quote"
    ISSUE_PERMIT = "issue_permit"
    BEGIN = "begin"
    WAIT_FOR_PARTS = "wait_for_parts"
    PARTS_CAME = "parts_came"
    USE_PART = "use_part"
    PATCH = "patch"
    RESUME = "resume"
    TRY_RUN = "try_run"
    FAIL_TRIAL = "fail_trial"
    FINISH = "finish"
    SOLVE_REMOTELY = "solve_remotely"
    RELEASE = "release"


class QuoteState(StrEnum):
    SHOWN = "shown"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REPLACED = "replaced"


class Consent(StrEnum):
    """How the firm said yes to a quote or a report."""

    ACCOUNT = "account"
    SIGNED = "signed"
    """On the technician's phone, in front of the firm's person."""


class PermitKind(StrEnum):
    LOCK_OUT = "lock_out"
    HOT_WORK = "hot_work"
    CONFINED_SPACE = "confined_space"
    AT_HEIGHT = "at_height"
    LIVE_WORK = "live_work"


class Stock(StrEnum):
    """Whose store a part came from."""

    FIRM = "firm"
    PROVIDER = "provider"
    ZONE = "zone"


class Outcome(StrEnum):
    REPAIRED = "repaired"
    REMOTE = "remote"
    PATCHED = "patched"
    NO_FAULT = "no_fault"


class Grade(StrEnum):
    """How content the firm is; an unrated job is never counted as content."""

    VERY_GOOD = "very_good"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    VERY_POOR = "very_poor"


PRAISE = frozenset({Grade.VERY_GOOD, Grade.GOOD, Grade.FAIR})
"""Content in the sense of the five-grade rating of public services."""


class SettlementState(StrEnum):
    DRAWN_UP = "drawn_up"
    CHECKED = "checked"
    RETURNED = "returned"
    PAID = "paid"


class InspectionKind(StrEnum):
    REGULAR = "regular"
    YEARLY = "yearly"
    FIRST = "first"


class Phase(StrEnum):
    """When a reading of a retrofit was taken."""

    BEFORE = "before"
    AFTER = "after"


class RetrofitState(StrEnum):
    PLANNED = "planned"
    UNDER_WAY = "under_way"
    MEASURED = "measured"
    GIVEN_UP = "given_up"


class Dismissal(StrEnum):
    """Why a job ends before anybody came."""

    RUNS_AGAIN = "runs_again"
    OWN_REPAIR = "own_repair"
    REPORTED_TWICE = "reported_twice"
    NOT_A_MACHINE = "not_a_machine"
    TEST = "test"
    OTHER = "other"


class Source(StrEnum):
    """Where a proposal comes from."""

    INSERT = "insert"
    IMPROVE = "improve"


MAX_TITLE, MAX_TEXT, MAX_CREW = 120, 4000, 9
PREFIX = "JJ"
