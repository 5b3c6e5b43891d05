"""The lifecycle of a job: who may move it from where to where."""

from collections.abc import Mapping
from dataclasses import dataclass

from qiying.kernel.access import Role
from qiying.kernel.lifecycle import Lifecycle, Step
from qiying.slices.rescue.rules.codes import BEFORE_SITE, CREWED, FINAL, UNANSWERED, State

CHIEFS = frozenset({Role.DUTY_CHIEF, Role.SYSTEM})
"""Who runs the board; the platform acts by the ladder's clock."""
DESK = frozenset({Role.DUTY_CHIEF, Role.DESK})
WORKERS = frozenset({Role.TECHNICIAN})
FIRM = frozenset({Role.ENTERPRISE})
REPORTERS = FIRM | DESK | {Role.GRID_OFFICER, Role.MACHINE, Role.SYSTEM}
KEEPERS = frozenset({Role.DUTY_CHIEF, Role.ADMINISTRATOR})
"""Who keeps the registers of machines, providers and rules."""
PAYERS = frozenset({Role.DUTY_CHIEF, Role.SUPERVISOR, Role.ADMINISTRATOR})
READERS = (
    *(Role.DUTY_CHIEF, Role.DESK, Role.SUPERVISOR, Role.ZONE_LEADER),
    *(Role.ANALYST, Role.AUDITOR),
)


def _step(
    source: frozenset[State] | State,
    target: State | None,
    roles: frozenset[Role],
    event: str,
    *guards: str,
) -> Step:
    sources = frozenset({source}) if isinstance(source, State) else source
    return Step(sources, target, frozenset(roles), f"rescue.{event}", guards)


S = State
_ON_THE_WAY = CREWED | {S.REMOTE}
_LOOKED_AT = frozenset({S.ON_SITE, S.REMOTE, S.DIAGNOSED, S.QUOTED})
_THERE = frozenset({S.ON_SITE, S.DIAGNOSED, S.QUOTED, S.WORKING, S.TRIAL, S.REMOTE})
_LIVE = frozenset(State) - FINAL - {S.CONFIRMED, S.DONE}
LIFECYCLE = Lifecycle(
    "rescue_job",
    State.REPORTED,
    FINAL,
    {
        "acknowledge": _step(S.REPORTED, S.ACKNOWLEDGED, DESK, "acknowledged", "safety_asked"),
        "classify": _step(UNANSWERED, None, DESK, "classified", "nobody_coming"),
        "propose": _step(
            frozenset({S.ACKNOWLEDGED, S.PROPOSED}), S.PROPOSED, CHIEFS, "proposed", "skill_known"
        ),
        "offer": _step(S.PROPOSED, None, CHIEFS, "offered", "is_able", "seat_wanted"),
        "override": _step(
            S.PROPOSED, None, frozenset({Role.DUTY_CHIEF}), "overridden", "is_able", "seat_wanted"
        ),
        "accept": _step(S.PROPOSED, S.ANSWERED, WORKERS, "accepted", "offer_open"),
        "refuse": _step(S.PROPOSED, None, WORKERS, "refused", "offer_open"),
        "expire": _step(S.PROPOSED, None, CHIEFS, "expired", "offer_open"),
        "release": _step(_ON_THE_WAY, S.PROPOSED, WORKERS | CHIEFS, "released", "in_seat"),
        "help_remotely": _step(
            frozenset({S.PROPOSED, S.ANSWERED}),
            S.REMOTE,
            WORKERS,
            "helped_remotely",
            "firm_agrees",
        ),
        "set_out": _step(_ON_THE_WAY, S.UNDER_WAY, WORKERS, "set_out", "in_seat", "not_elsewhere"),
        "arrive": _step(
            _ON_THE_WAY, S.ON_SITE, WORKERS, "arrived", "in_seat", "not_elsewhere", "near_site"
        ),
        "diagnose": _step(
            frozenset({S.ON_SITE, S.REMOTE, S.DIAGNOSED}),
            S.DIAGNOSED,
            WORKERS,
            "diagnosed",
            "in_seat",
        ),
        "solve_remotely": _step(
            frozenset({S.REMOTE, S.DIAGNOSED}),
            S.DONE,
            WORKERS,
            "solved",
            "in_seat",
            "nothing_quoted",
        ),
        "quote": _step(
            frozenset({S.DIAGNOSED, S.QUOTED, S.WORKING, S.WAITING_PARTS}),
            S.QUOTED,
            WORKERS,
            "quoted",
            "in_seat",
            "on_price_list",
        ),
        "accept_quote": _step(S.QUOTED, None, FIRM | WORKERS, "quote_accepted", "quote_unchanged"),
        "decline_quote": _step(
            S.QUOTED, S.REFERRED, FIRM | WORKERS, "quote_declined", "quote_unchanged"
        ),
        "issue_permit": _step(
            _LOOKED_AT | {S.WORKING, S.TRIAL}, None, FIRM | WORKERS, "permit_issued", "by_the_firm"
        ),
        "begin": _step(
            frozenset({S.ON_SITE, S.DIAGNOSED, S.QUOTED}),
            S.WORKING,
            WORKERS,
            "begun",
            "in_seat",
            "crew_there",
            "is_diagnosed",
            "quote_accepted",
            "permits_valid",
            "licence_valid",
        ),
        "use_part": _step(frozenset({S.WORKING, S.TRIAL}), None, WORKERS, "part_used", "in_seat"),
        "wait_for_parts": _step(S.WORKING, S.WAITING_PARTS, WORKERS, "waits_for_parts", "in_seat"),
        "parts_came": _step(S.WAITING_PARTS, S.ANSWERED, WORKERS | DESK, "parts_came"),
        "try_run": _step(S.WORKING, S.TRIAL, WORKERS, "tried", "in_seat", "photo_after"),
        "fail_trial": _step(
            S.TRIAL, S.WORKING, WORKERS, "trial_failed", "in_seat", "permits_valid"
        ),
        "finish": _step(S.TRIAL, S.DONE, WORKERS, "finished", "in_seat", "report_signed"),
        "patch": _step(
            frozenset({S.WORKING, S.TRIAL}), S.TEMPORARY, WORKERS, "patched", "in_seat"
        ),
        "resume": _step(S.TEMPORARY, S.ANSWERED, WORKERS | DESK, "resumed"),
        "refer": _step(
            frozenset({S.ACKNOWLEDGED, S.PROPOSED, S.WAITING_PARTS, S.TEMPORARY}) | _THERE,
            S.REFERRED,
            frozenset({Role.DUTY_CHIEF}),
            "referred",
        ),
        "confirm": _step(S.DONE, S.CONFIRMED, FIRM | DESK, "confirmed", "other_than_technician"),
        "dispute_result": _step(S.DONE, S.ANSWERED, FIRM | DESK, "disputed"),
        "rate": _step(
            frozenset({S.DONE, S.CONFIRMED, S.SETTLED}), None, FIRM | DESK, "rated", "not_rated"
        ),
        "plan_night": _step(_LIVE, None, DESK, "night_planned"),
        "withdraw": _step(BEFORE_SITE, S.WITHDRAWN, FIRM | DESK, "withdrawn"),
        "dismiss": _step(BEFORE_SITE, S.FALSE_ALARM, frozenset({Role.DUTY_CHIEF}), "dismissed"),
        "settle": _step(S.CONFIRMED, S.SETTLED, PAYERS | {Role.SYSTEM}, "settled", "checked"),
    },
)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a step asks for: names of keyword arguments of ``operations.take``."""

    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.needed, *self.optional)


PLACE = ("device_key", "sent_at", "longitude", "latitude", "accuracy_m")
"""What a phone adds to each of its actions; ``device_key`` makes it count once."""
INPUTS: Mapping[str, Inputs] = {
    "acknowledge": Inputs(("safety",), ("text",)),
    "classify": Inputs((), ("kind", "skill", "urgency", "crew", "permits", "text")),
    "propose": Inputs(),
    "offer": Inputs((), ("technician_id", "seat")),
    "override": Inputs(("technician_id", "why", "text"), ("seat",)),
    "accept": Inputs((), PLACE),
    "refuse": Inputs(("reason",), ("text", *PLACE)),
    "expire": Inputs(),
    "release": Inputs(("reason",), ("text", "technician_id", *PLACE)),
    "help_remotely": Inputs(("firm_agrees",), ("text", *PLACE)),
    "set_out": Inputs((), PLACE),
    "arrive": Inputs((), ("text", *PLACE)),
    "diagnose": Inputs(("fault_code", "cause"), ("parts_needed", "attachments", *PLACE)),
    "solve_remotely": Inputs(("text", "signed_by"), ("attachments", *PLACE)),
    "quote": Inputs(("lines",), ("text", *PLACE)),
    "accept_quote": Inputs(("digest",), ("signed_by", "attachments", *PLACE)),
    "decline_quote": Inputs(("digest", "text"), ("signed_by", *PLACE)),
    "issue_permit": Inputs(
        ("permit", "checks", "issued_by", "valid_until"), ("attachments", *PLACE)
    ),
    "begin": Inputs((), PLACE),
    "use_part": Inputs(("name", "quantity", "stock"), ("item_id", "price_cny", *PLACE)),
    "wait_for_parts": Inputs(("text", "until"), PLACE),
    "parts_came": Inputs((), PLACE),
    "try_run": Inputs(("attachments",), ("text", *PLACE)),
    "fail_trial": Inputs(("text",), PLACE),
    "finish": Inputs(("text", "signed_by"), ("attachments", "warranty_days", *PLACE)),
    "patch": Inputs(("text", "until"), ("attachments", *PLACE)),
    "resume": Inputs((), PLACE),
    "refer": Inputs(("text", "referred_to")),
    "confirm": Inputs((), ("text",)),
    "dispute_result": Inputs(("text",)),
    "rate": Inputs(("grade",), ("text",)),
    "plan_night": Inputs(("who", "until", "text")),
    "withdraw": Inputs(("reason",), ("text",)),
    "dismiss": Inputs(("reason",), ("text",)),
    "settle": Inputs(),
}
assert set(INPUTS) == set(LIFECYCLE.steps)  # noqa: S101  each step says what it asks for
PHONE = frozenset(k for k, v in INPUTS.items() if "device_key" in v.optional)
"""Steps that a technician's phone may send late and more than once."""


def table_markdown() -> str:
    """The table of the docs."""
    lines = ["| step | from | to | who | event | guards |", "|---|---|---|---|---|---|"]
    for name, row in LIFECYCLE.steps.items():
        source, roles = " ".join(sorted(row.source)), " ".join(sorted(row.roles))
        guards = " ".join(row.guards)
        lines.append(
            f"| {name} | {source} | {row.target or '·'} | {roles} | {row.event} | {guards} |"
        )
    return "\n".join(lines)
