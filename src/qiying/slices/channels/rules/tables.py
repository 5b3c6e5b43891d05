"""What may happen to an order, an extension, a forward, a referral and a mail, as tables."""

from qiying.kernel.access import Role
from qiying.kernel.lifecycle import Lifecycle, Step
from qiying.slices.channels.rules.codes import (
    BatchState,
    ExtensionState,
    ForwardState,
    MailState,
    OrderState,
    ReferralState,
)

O, E, F = OrderState, ExtensionState, ForwardState  # noqa: E741  the tables read better
R, M, B = ReferralState, MailState, BatchState
DESK, OVERSEER = Role.DESK, Role.SUPERVISOR
READERS = (
    *(Role.DESK, Role.CALLBACK, Role.SUPERVISOR, Role.ZONE_LEADER, Role.ANALYST),
    *(Role.AUDITOR, Role.HANDLER, Role.UNIT_LEADER),
)
"""Who reads how calls come in and go out, as far as the calls themselves are readable."""
AT_DESK = (Role.DESK, Role.SUPERVISOR, Role.ZONE_LEADER, Role.AUDITOR)
FAR = (Role.MACHINE, Role.DESK)
"""What 12345 tells: by its key, or on paper and then by the desk."""


def _step(
    source: tuple[str, ...],
    target: str | None,
    roles: tuple[str, ...],
    event: str,
    *guards: str,
) -> Step:
    return Step(frozenset(source), target, frozenset(roles), f"channels.{event}", guards)


ORDER = Lifecycle(
    "work_order",
    O.ISSUED,
    frozenset({O.RETURNED, O.CLOSED}),
    {
        "sign": _step((O.ISSUED,), O.SIGNED, (DESK,), "order_signed"),
        "ask_return": _step(
            (O.ISSUED, O.SIGNED),
            O.RETURN_ASKED,
            (DESK,),
            "order_return_asked",
            "return_in_time",
            "not_with_units",
            "not_returned_before",
        ),
        "accept_return": _step((O.RETURN_ASKED,), O.RETURNED, FAR, "order_returned"),
        "refuse_return": _step((O.RETURN_ASKED,), O.SIGNED, FAR, "order_return_refused"),
        "ask_extension": _step(
            (O.SIGNED, O.REWORK),
            None,
            (DESK,),
            "order_extension_asked",
            "extension_once",
            "extension_in_time",
        ),
        "reply": _step(
            (O.SIGNED, O.REWORK), O.REPLIED, (DESK,), "order_replied", "answer_reviewed"
        ),
        "revisit_good": _step((O.REPLIED,), O.CLOSED, FAR, "order_closed"),
        "revisit_bad": _step((O.REPLIED,), O.REWORK, FAR, "order_reworked"),
    },
)
EXTENSION = Lifecycle(
    "extension",
    E.ASKED,
    frozenset({E.REFUSED, E.GRANTED, E.DENIED}),
    {
        "approve": _step(
            (E.ASKED,), E.APPROVED, (OVERSEER,), "order_extension_approved", "not_the_asker"
        ),
        "refuse": _step(
            (E.ASKED,), E.REFUSED, (OVERSEER,), "order_extension_refused", "not_the_asker"
        ),
        "grant": _step((E.APPROVED,), E.GRANTED, FAR, "order_extension_granted"),
        "deny": _step((E.APPROVED,), E.DENIED, FAR, "order_extension_denied"),
    },
)
FORWARD = Lifecycle(
    "forward",
    F.WAITING,
    frozenset({F.WITHDRAWN}),
    {
        "unsure": _step((F.WAITING,), F.CHECK, (Role.SYSTEM,), "forward_unsure"),
        "found": _step((F.CHECK,), F.FILED, (DESK,), "forward_filed"),
        "resend": _step((F.CHECK,), F.WAITING, (DESK,), "forward_again"),
        "filed": _step((F.WAITING, F.TOKEN, F.STUCK), F.FILED, (Role.SYSTEM,), "forward_filed"),
        "token": _step((F.WAITING, F.STUCK), F.TOKEN, (Role.SYSTEM,), "forward_token"),
        "stuck": _step((F.WAITING,), F.STUCK, (Role.SYSTEM,), "forward_stuck"),
        "again": _step(
            (F.STUCK,), F.WAITING, (DESK, Role.ADMINISTRATOR, Role.SYSTEM), "forward_again"
        ),
        "done": _step((F.FILED,), F.DONE, (Role.SYSTEM,), "forward_done"),
        "reopened": _step((F.DONE,), F.FILED, (Role.SYSTEM,), "forward_reopened"),
        "say": _step((F.WAITING, F.TOKEN, F.FILED, F.DONE), None, (DESK,), "forward_said"),
        "withdraw": _step(
            (F.WAITING, F.STUCK), F.WITHDRAWN, (DESK,), "forward_withdrawn", "nothing_sent"
        ),
    },
)
REFERRAL = Lifecycle(
    "referral",
    R.OWED,
    frozenset({R.NONE}),
    {
        "reply": _step((R.OWED, R.REDO), R.REPLIED, (DESK,), "referral_replied", "call_answered"),
        "not_content": _step((R.REPLIED,), R.REDO, (DESK,), "referral_redo", "asked_once_more"),
        "waive": _step(
            (R.OWED,), R.NONE, (OVERSEER,), "referral_waived", "not_the_recorder", "may_be_waived"
        ),
    },
)
MAIL = Lifecycle(
    "mail",
    M.WAITING,
    frozenset({M.REGISTERED, M.JOINED, M.DISMISSED}),
    {
        "register": _step((M.WAITING,), M.REGISTERED, (DESK, Role.SYSTEM), "mail_registered"),
        "join": _step((M.WAITING,), M.JOINED, (DESK, Role.SYSTEM), "mail_joined"),
        "dismiss": _step((M.WAITING,), M.DISMISSED, (DESK,), "mail_dismissed"),
        "wake": _step((M.AUTOMATIC, M.DISMISSED), M.WAITING, (DESK,), "mail_woken"),
    },
)
BATCH = Lifecycle(
    "call_batch",
    B.PREPARED,
    frozenset({B.APPLIED, B.DISCARDED}),
    {
        "apply": _step((B.PREPARED,), B.APPLIED, (DESK,), "batch_applied", "good_rows_named"),
        "discard": _step((B.PREPARED,), B.DISCARDED, (DESK,), "batch_discarded"),
    },
)
TABLES = (ORDER, EXTENSION, FORWARD, REFERRAL, MAIL, BATCH)


def table_markdown() -> list[str]:
    """The tables as the documentation shows them."""
    lines = [
        "| record | step | from | to | roles | event | guards |",
        "|---|---|---|---|---|---|---|",
    ]
    for table in TABLES:
        for name, row in table.steps.items():
            cells = (
                table.name,
                name,
                " ".join(sorted(row.source)),
                row.target or "·",
                " ".join(sorted(row.roles)),
                row.event,
                " ".join(row.guards),
            )
            lines.append(f"| {' | '.join(cells)} |")
    return lines
