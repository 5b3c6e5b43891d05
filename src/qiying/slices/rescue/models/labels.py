"""Words and tones for the codes of this slice."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.slices.rescue import rules as r

Words = Mapping[str, Promise | str]

KINDS: Words = {
    r.Kind.EMERGENCY: _("equipment emergency"),
    r.Kind.REPAIR: _("repair and maintenance"),
    r.Kind.RETROFIT: _("process retrofit"),
}
STATES: Words = {
    r.State.REPORTED: _("help called for"),
    r.State.ACKNOWLEDGED: _("acknowledged"),
    r.State.PROPOSED: _("somebody is being asked"),
    r.State.ANSWERED: _("answered, technician named"),
    r.State.UNDER_WAY: _("technician on the way"),
    r.State.ON_SITE: _("technician at the machine"),
    r.State.REMOTE: _("help by telephone"),
    r.State.DIAGNOSED: _("fault found"),
    r.State.QUOTED: _("quote shown to the firm"),
    r.State.WORKING: _("being repaired"),
    r.State.WAITING_PARTS: _("waiting for parts"),
    r.State.TRIAL: _("trial run"),
    r.State.TEMPORARY: _("patched for the time being"),
    r.State.DONE: _("runs again, to be confirmed"),
    r.State.CONFIRMED: _("confirmed by the firm"),
    r.State.SETTLED: _("settled"),
    r.State.REFERRED: _("referred elsewhere"),
    r.State.WITHDRAWN: _("withdrawn"),
    r.State.FALSE_ALARM: _("no rescue needed"),
}
STATE_TONES: Mapping[str, str] = {
    r.State.REPORTED: "new",
    r.State.ACKNOWLEDGED: "new",
    r.State.PROPOSED: "sent",
    r.State.ANSWERED: "sent",
    r.State.UNDER_WAY: "way",
    r.State.ON_SITE: "way",
    r.State.REMOTE: "way",
    r.State.DIAGNOSED: "way",
    r.State.QUOTED: "check",
    r.State.WORKING: "fix",
    r.State.WAITING_PARTS: "paused",
    r.State.TRIAL: "fix",
    r.State.TEMPORARY: "paused",
    r.State.DONE: "check",
    r.State.CONFIRMED: "done",
    r.State.SETTLED: "done",
    r.State.REFERRED: "listed",
    r.State.WITHDRAWN: "paused",
    r.State.FALSE_ALARM: "paused",
}
SEAT_STATES: Words = {
    r.SeatState.FREE: _("nobody asked yet"),
    r.SeatState.OFFERED: _("asked"),
    r.SeatState.ACCEPTED: _("coming"),
    r.SeatState.EN_ROUTE: _("on the way there"),
    r.SeatState.ON_SITE: _("at the machine"),
    r.SeatState.AWAY: _("comes back"),
    r.SeatState.LEFT: _("has left"),
    r.SeatState.RELEASED: _("not needed any more"),
}
OFFER_STATES: Words = {
    r.OfferState.OPEN: _("waiting for an answer"),
    r.OfferState.ACCEPTED: _("said yes"),
    r.OfferState.REFUSED: _("said no"),
    r.OfferState.EXPIRED: _("not answered in time"),
    r.OfferState.REVOKED: _("taken back"),
}
REFUSALS: Words = {
    r.Refusal.BUSY: _("at another job"),
    r.Refusal.FAR: _("too far away"),
    r.Refusal.SKILL: _("not qualified for this machine"),
    r.Refusal.PARTS: _("lacks parts or tools"),
    r.Refusal.ILL: _("ill or unfit"),
    r.Refusal.RECUSED: _("own interest in the firm"),
    r.Refusal.OTHER: _("another reason"),
}
WHYS: Words = {
    r.Why.KNOWS_MACHINE: _("knows this machine"),
    r.Why.FIRM_ASKED: _("the firm asked for this person"),
    r.Why.ROAD: _("road or traffic"),
    r.Why.LOAD: _("spreads the load"),
    r.Why.TOLD_UNFIT: _("the proposed person said no by telephone"),
    r.Why.RECUSED: _("the proposed person has an interest in the firm"),
    r.Why.OTHER: _("another reason, said in words"),
}
CHANNELS: Words = {
    r.Channel.BUTTON: _("red button of the firm"),
    r.Channel.SCAN: _("label on the machine"),
    r.Channel.DESK: _("service desk"),
    r.Channel.PHONE: _("telephone"),
    r.Channel.CALL: _("call of the firm"),
    r.Channel.API: _("interface"),
}
URGENCIES: Words = {
    r.Urgency.LINE_STOPPED: _("the line stands still"),
    r.Urgency.SLOWED: _("the line is slowed"),
    r.Urgency.NOT_URGENT: _("production goes on"),
}
SAFETIES: Words = {
    r.Safety.NOT_ASKED: _("not asked yet"),
    r.Safety.SAFE: _("nobody is in danger"),
    r.Safety.STOPPED: _("stopped and locked, nobody in danger"),
    r.Safety.DANGER: _("somebody is in danger"),
}
CRITICALITIES: Words = {
    r.Criticality.STOPS_LINE: _("its failure stops the line"),
    r.Criticality.SLOWS_LINE: _("its failure slows the line"),
    r.Criticality.SPARE: _("another machine takes over"),
}
MACHINE_STATES: Words = {
    r.MachineState.IN_USE: _("in use"),
    r.MachineState.STOPPED: _("out of use"),
    r.MachineState.SCRAPPED: _("scrapped"),
}
TIERS: Words = {
    r.Tier.CONTRACTED: _("first: provider contracted for the area"),
    r.Tier.NEAREST: _("second: nearest qualified of all providers"),
    r.Tier.BACKUP: _("third: backup team of the zone"),
    r.Tier.ALARM: _("alarm of the duty chief"),
}
PROVIDER_KINDS: Words = {
    r.ProviderKind.CONTRACTED: _("contracted provider"),
    r.ProviderKind.BACKUP: _("backup team"),
}
SHIFT_KINDS: Words = {
    r.ShiftKind.DAY: _("day shift"),
    r.ShiftKind.EVENING: _("evening shift"),
    r.ShiftKind.NIGHT: _("night shift"),
    r.ShiftKind.ON_CALL: _("on call at home"),
}
STEPS: Words = {
    r.Step.ACCEPT: _("said yes"),
    r.Step.REFUSE: _("said no"),
    r.Step.HELP_REMOTELY: _("helps by telephone"),
    r.Step.SET_OUT: _("set out"),
    r.Step.ARRIVE: _("arrived"),
    r.Step.POSITION: _("position on the way"),
    r.Step.DIAGNOSE: _("found the fault"),
    r.Step.QUOTE: _("showed the quote"),
    r.Step.ACCEPT_QUOTE: _("quote accepted"),
    r.Step.DECLINE_QUOTE: _("quote declined"),
    r.Step.ISSUE_PERMIT: _("work permit"),
    r.Step.BEGIN: _("began the work"),
    r.Step.WAIT_FOR_PARTS: _("waits for parts"),
    r.Step.PARTS_CAME: _("parts came"),
    r.Step.USE_PART: _("used a part"),
    r.Step.PATCH: _("patched it"),
    r.Step.RESUME: _("comes back"),
    r.Step.TRY_RUN: _("trial run begun"),
    r.Step.FAIL_TRIAL: _("trial run failed"),
    r.Step.FINISH: _("finished"),
    r.Step.SOLVE_REMOTELY: _("solved free of charge"),
    r.Step.RELEASE: _("gave the job back"),
}
QUOTE_STATES: Words = {
    r.QuoteState.SHOWN: _("shown, not answered"),
    r.QuoteState.ACCEPTED: _("accepted by the firm"),
    r.QuoteState.DECLINED: _("declined by the firm"),
    r.QuoteState.REPLACED: _("replaced by a newer one"),
}
CONSENTS: Words = {
    r.Consent.ACCOUNT: _("by the firm's own account"),
    r.Consent.SIGNED: _("signed on the technician's phone"),
}
PERMITS: Words = {
    r.PermitKind.LOCK_OUT: _("lock-out and tag-out"),
    r.PermitKind.HOT_WORK: _("hot work"),
    r.PermitKind.CONFINED_SPACE: _("confined space"),
    r.PermitKind.AT_HEIGHT: _("work at height"),
    r.PermitKind.LIVE_WORK: _("work on live parts"),
}
STOCKS: Words = {
    r.Stock.FIRM: _("store of the firm"),
    r.Stock.PROVIDER: _("store of the provider"),
    r.Stock.ZONE: _("shared store of the zone"),
}
OUTCOMES: Words = {
    r.Outcome.REPAIRED: _("repaired"),
    r.Outcome.REMOTE: _("solved by telephone"),
    r.Outcome.PATCHED: _("patched for the time being"),
    r.Outcome.NO_FAULT: _("no fault found"),
}
GRADES: Words = {
    r.Grade.VERY_GOOD: _("very satisfied"),
    r.Grade.GOOD: _("satisfied"),
    r.Grade.FAIR: _("broadly satisfied"),
    r.Grade.POOR: _("dissatisfied"),
    r.Grade.VERY_POOR: _("very dissatisfied"),
}
SETTLEMENT_STATES: Words = {
    r.SettlementState.DRAWN_UP: _("drawn up"),
    r.SettlementState.CHECKED: _("checked"),
    r.SettlementState.RETURNED: _("returned for correction"),
    r.SettlementState.PAID: _("paid"),
}
INSPECTIONS: Words = {
    r.InspectionKind.REGULAR: _("regular inspection"),
    r.InspectionKind.YEARLY: _("yearly check"),
    r.InspectionKind.FIRST: _("first inspection"),
}
PHASES: Words = {r.Phase.BEFORE: _("before"), r.Phase.AFTER: _("after")}
RETROFIT_STATES: Words = {
    r.RetrofitState.PLANNED: _("project planned"),
    r.RetrofitState.UNDER_WAY: _("project under way"),
    r.RetrofitState.MEASURED: _("effect measured"),
    r.RetrofitState.GIVEN_UP: _("given up"),
}
DISMISSALS: Words = {
    r.Dismissal.RUNS_AGAIN: _("the machine runs again"),
    r.Dismissal.OWN_REPAIR: _("the firm repairs it itself"),
    r.Dismissal.REPORTED_TWICE: _("reported twice"),
    r.Dismissal.NOT_A_MACHINE: _("not a matter of machines"),
    r.Dismissal.TEST: _("a test"),
    r.Dismissal.OTHER: _("another reason"),
}
SOURCES: Words = {
    r.Source.INSERT: _("immediate answer"),
    r.Source.IMPROVE: _("improved in the background"),
}


def choices(words: Words) -> list[tuple[str, Any]]:
    return [(str(code), label) for code, label in words.items()]


def codes(values: Iterable[str]) -> list[str]:
    """Plain strings for a constraint, in a stable order."""
    return sorted(str(v) for v in values)
