"""Everything that can happen in the casebook; the only writers of its tables."""

from qiying.slices.casebook.operations._cases import (
    drop,
    findings,
    give_reason,
    nominate,
    revise,
    submit,
    unsettled,
    write,
)
from qiying.slices.casebook.operations._cite import CITERS, cite
from qiying.slices.casebook.operations._entries import (
    enter,
    entry_findings,
    give_back,
    pass_check,
    resubmit,
    withdraw_entry,
)
from qiying.slices.casebook.operations._judging import (
    accept,
    decline,
    name_reviewer,
    publish,
    review,
    send_back,
    withdraw,
)
from qiying.slices.casebook.operations._outcome import (
    choose,
    conclude,
    publicise,
    raise_objection,
    settle,
)
from qiying.slices.casebook.operations._panel import deal, deal_again, mark, rank
from qiying.slices.casebook.operations._selections import (
    Terms,
    announce,
    cancel,
    close_entries,
    declare_interest,
    prepare,
    seat,
)

__all__ = [
    "CITERS",
    "Terms",
    "accept",
    "announce",
    "cancel",
    "choose",
    "cite",
    "close_entries",
    "conclude",
    "deal",
    "deal_again",
    "declare_interest",
    "decline",
    "drop",
    "enter",
    "entry_findings",
    "findings",
    "give_back",
    "give_reason",
    "mark",
    "name_reviewer",
    "nominate",
    "pass_check",
    "prepare",
    "publicise",
    "publish",
    "raise_objection",
    "rank",
    "resubmit",
    "review",
    "revise",
    "seat",
    "send_back",
    "settle",
    "submit",
    "unsettled",
    "withdraw",
    "withdraw_entry",
    "write",
]
