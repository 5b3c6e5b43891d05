"""Words for the codes of the engine and of the steps, on the pages of the staff."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.slices.rescue.views.keep.words import SKILLS

Words = Mapping[str, Promise | str]
STEP_LABELS: Words = {
    "acknowledge": _("Take the report up"),
    "classify": _("Set kind, skill, crew"),
    "propose": _("Ask the engine again"),
    "offer": _("Ask the proposed technician"),
    "override": _("Send somebody else"),
    "accept": _("Accept"),
    "refuse": _("Refuse"),
    "expire": _("End the offers that ran out"),
    "release": _("Take off the job"),
    "help_remotely": _("Help by telephone"),
    "set_out": _("Set out"),
    "arrive": _("Report arrival"),
    "diagnose": _("Write down the fault"),
    "solve_remotely": _("Solved by telephone"),
    "quote": _("Show a quote"),
    "accept_quote": _("Accept the quote"),
    "decline_quote": _("Decline the quote"),
    "issue_permit": _("Issue a work permit"),
    "begin": _("Begin the work"),
    "use_part": _("Write down a part"),
    "wait_for_parts": _("Wait for parts"),
    "parts_came": _("The parts came"),
    "try_run": _("Begin the trial run"),
    "fail_trial": _("The trial run failed"),
    "finish": _("Finish and have it signed"),
    "patch": _("Patch it for the time being"),
    "resume": _("Go on with the repair"),
    "refer": _("Refer it elsewhere"),
    "confirm": _("Confirm that it runs"),
    "dispute_result": _("It does not run"),
    "rate": _("Rate the rescue"),
    "plan_night": _("Plan the night"),
    "withdraw": _("Withdraw the report"),
    "dismiss": _("End: no rescue needed"),
    "settle": _("Settle"),
}
STEP_ICONS: Mapping[str, str] = {
    "acknowledge": "check",
    "classify": "sliders-horizontal",
    "propose": "refresh-cw",
    "offer": "send",
    "override": "user-plus",
    "accept": "check",
    "refuse": "ban",
    "expire": "timer-off",
    "release": "user-minus",
    "help_remotely": "phone",
    "set_out": "truck",
    "arrive": "map-pin",
    "diagnose": "stethoscope",
    "solve_remotely": "phone",
    "quote": "receipt-text",
    "accept_quote": "thumbs-up",
    "decline_quote": "thumbs-down",
    "issue_permit": "shield-check",
    "begin": "wrench",
    "use_part": "package",
    "wait_for_parts": "hourglass",
    "parts_came": "package-check",
    "try_run": "play",
    "fail_trial": "rotate-ccw",
    "finish": "file-check",
    "patch": "bandage",
    "resume": "play",
    "refer": "arrow-up-right",
    "confirm": "thumbs-up",
    "dispute_result": "thumbs-down",
    "rate": "star",
    "plan_night": "moon",
    "withdraw": "undo-2",
    "dismiss": "circle-x",
}
STEP_HINTS: Words = {
    "acknowledge": _("Ask first whether anybody is in danger. The clock of the promise runs on."),
    "classify": _("Whoever is being asked now is told that it is off; the engine is asked anew."),
    "offer": _("The technician has the minutes of this tier to accept, then the next is asked."),
    "override": _("The reason is kept and read by the audit of fairness."),
    "release": _("The place is free again and the promise runs as before."),
    "refer": _("The firm is told; the job ends here."),
    "confirm": _("By telephone after three working days; never by whoever repaired it."),
    "plan_night": _("No fault is left overnight without somebody who looks after it."),
    "dismiss": _("Only where no machine needs a rescue."),
    "withdraw": _("In the firm's name, as it asked."),
}
REASONS: Words = {
    "nearest_free": _("nearest of the free: %(travel_min)s min away"),
    "soonest_there": _("soonest there: in %(in_min)s min"),
    "after_current_work": _("comes after the present job: free in %(free_in_min)s min"),
    "diverted": _("is turned round from a job that can wait"),
    "between_stops": _("fits between booked visits: %(stops_before)s before it"),
    "spares_scarce_skills": _("leaves rarer skills free for what else may happen"),
    "only_one_able": _("nobody else on duty can do it"),
    "late_is_likely": _("may be there late: chance %(chance)s %%"),
    "crew": _("%(people)s people go together"),
    "cheapest_overall": _("best over all: the others come later or leave more open"),
    "nobody": _("nobody on duty can do it"),
    "unconfirmed": _("the independent check did not confirm it: choose by hand"),
}
EXCLUDED: Words = {
    "skill_missing": _("without the skill"),
    "certificate_expired": _("certificate ran out"),
    "part_missing": _("without the part"),
    "other_provider": _("of a provider that this tier does not reach"),
    "refused": _("refused, did not answer, or stands back"),
    "off_duty": _("off duty"),
    "too_late": _("would come too late"),
}
TIER_SHORT: Words = {
    "1": _("tier 1, contracted"),
    "2": _("tier 2, nearest"),
    "3": _("tier 3, backup"),
    "4": _("alarm"),
}
MEASURES: Words = {
    "needed": _("Somebody was needed"),
    "answer": _("Answered within 2 h"),
    "arrival": _("Arrived within 2 h"),
    "repaired": _("Repaired"),
    "held": _("Repair held"),
    "praised": _("Firm content"),
    "rated": _("Rated"),
    "repeat": _("Repeat faults"),
}
ALARM_RANK = ("lost", "about_to_lose", "unacknowledged", "offer_expired")
"""The worst first."""
ALARMS: Words = {
    "unacknowledged": _("A report that nobody has taken up"),
    "offer_expired": _("An offer was not answered"),
    "about_to_lose": _("The promise is about to be lost"),
    "lost": _("The promise is lost"),
}
ROUNDED = {"chance": 100.0}
"""Numbers of reasons that are shown in another unit."""


def reason(row: Mapping[str, Any]) -> str:
    """One reason of the engine as a sentence with its numbers."""
    code = str(row.get("code", ""))
    words = REASONS.get(code)
    if words is None:
        return code
    numbers = {
        name: f"{float(value) * ROUNDED.get(name, 1.0):.0f}"
        for name, value in dict(row.get("numbers") or {}).items()
    }
    try:
        return str(words) % numbers
    except KeyError:
        return code


def passed_over(excluded: Mapping[str, int]) -> list[str]:
    """How many people were not considered, and why."""
    return [
        gettext("%(n)s %(why)s") % {"n": count, "why": EXCLUDED.get(code, code)}
        for code, count in excluded.items()
        if count
    ]


@dataclass(frozen=True, slots=True)
class Skills:
    """Names of skills; of one that nobody has named, the classes that ask for it."""

    names: Mapping[str, str]

    def __call__(self, code: str) -> str:
        return str(SKILLS[code]) if code in SKILLS else self.names.get(code, code)


def skills_of(classes: Iterable[tuple[str, str]]) -> Skills:
    """From pairs of skill and name of a class."""
    found: dict[str, list[str]] = {}
    for skill, name in classes:
        found.setdefault(skill, []).append(name)
    return Skills({skill: _few(names) for skill, names in found.items()})


def _few(names: list[str]) -> str:
    if len(names) < 3:
        return gettext(", ").join(names)
    return gettext("%(names)s and others") % {"names": gettext(", ").join(names[:2])}
