"""Sentences for the notices of this slice."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NOTICES: dict[str, Promise | str] = {
    "channels.order_received": _("12345 handed over order %(number)s: sign for it"),
    "channels.order_returned": _("12345 took order %(number)s back"),
    "channels.order_return_refused": _("12345 refused the return of order %(number)s"),
    "channels.order_extension_asked": _("Order %(number)s: an extension waits for your decision"),
    "channels.order_extension_granted": _("Order %(number)s: the extension was granted"),
    "channels.order_extension_denied": _("Order %(number)s: 12345 denied the extension"),
    "channels.order_reworked": _("Order %(number)s: the caller is not content, do it again"),
    "channels.order_sign_late": _("Order %(number)s was not signed for in time"),
    "channels.order_reply_late": _("Order %(number)s: the reply to 12345 is overdue"),
    "channels.forward_stuck": _("Call %(number)s does not get through to the other system"),
    "channels.forward_unsure": _("Call %(number)s: look whether the other system has it"),
    "channels.forward_done": _("Call %(number)s is done, says the other system"),
    "channels.forward_reopened": _("Call %(number)s was opened again by the other system"),
    "channels.update_taken": _("Call %(number)s: the system that filed it sent a word"),
    "channels.mail_waiting": _("A mail of an unknown address waits for you"),
    "channels.mail_joined": _("Call %(number)s: a mail came in"),
    "channels.referral_due": _("Referral %(number)s: the reply is due in a week or less"),
    "channels.referral_late": _("Referral %(number)s: the reply is overdue"),
    "channels.stuck": _("%(count)s things do not get through to other systems"),
}
