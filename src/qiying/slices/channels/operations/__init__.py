"""Everything that can happen on the ways by which calls come in and go out; the only writer."""

from qiying.slices.channels.operations._batches import (
    apply_batch,
    discard_batch,
    export_replies,
    forget_lines,
    prepare_batch,
)
from qiying.slices.channels.operations._endpoints import add_endpoint, change_endpoint
from qiying.slices.channels.operations._extensions import (
    answer_extension,
    ask_extension,
    decide_extension,
)
from qiying.slices.channels.operations._forwards import (
    follow_call,
    forward_call,
    hear,
    say,
    settle_check,
    take_update,
    withdraw_forward,
)
from qiying.slices.channels.operations._lines import Reading, names_of, read_file
from qiying.slices.channels.operations._mail import (
    dismiss_mail,
    join_mail,
    record_sender,
    register_mail,
    take_mail,
    wake_mail,
)
from qiying.slices.channels.operations._mailbox import fetch_mails
from qiying.slices.channels.operations._orders import (
    answer_return,
    ask_return,
    firm_by_code,
    receive_order,
    reply_order,
    revisit_order,
    sign_order,
)
from qiying.slices.channels.operations._pulling import pull, pull_due
from qiying.slices.channels.operations._referrals import (
    record_referral,
    record_signal,
    referrer_not_content,
    reply_referral,
    waive_reply,
)
from qiying.slices.channels.operations._same import link_same, unlink_same
from qiying.slices.channels.operations._sending import deliver, deliver_due, try_again

__all__ = [
    "Reading",
    "add_endpoint",
    "answer_extension",
    "answer_return",
    "apply_batch",
    "ask_extension",
    "ask_return",
    "change_endpoint",
    "decide_extension",
    "deliver",
    "deliver_due",
    "discard_batch",
    "dismiss_mail",
    "export_replies",
    "fetch_mails",
    "firm_by_code",
    "follow_call",
    "forget_lines",
    "forward_call",
    "hear",
    "join_mail",
    "link_same",
    "names_of",
    "prepare_batch",
    "pull",
    "pull_due",
    "read_file",
    "receive_order",
    "record_referral",
    "record_sender",
    "record_signal",
    "referrer_not_content",
    "register_mail",
    "reply_order",
    "reply_referral",
    "revisit_order",
    "say",
    "settle_check",
    "sign_order",
    "take_mail",
    "take_update",
    "try_again",
    "unlink_same",
    "waive_reply",
    "wake_mail",
    "withdraw_forward",
]
