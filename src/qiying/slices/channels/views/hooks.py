"""What is hung up elsewhere: entries of the navigation, boxes on the page of a call."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel import nav, panels
from qiying.kernel.access import STAFF, Actor, Role
from qiying.kernel.panels import Action, Line, Panel
from qiying.slices.calls import public as calls
from qiying.slices.channels import operations, queries
from qiying.slices.channels.models import labels
from qiying.slices.channels.rules.tables import AT_DESK, READERS
from qiying.slices.channels.views.forwards import status_word

SAME_ORDER, WAY_ORDER, OUT_ORDER = 30, 15, 35


def hang_up() -> None:
    """Called once, at start-up."""
    nav.item("work", _("Telephone"), "channels:phone", "phone-incoming", {Role.DESK}, order=31)
    nav.item(
        "work",
        _("Mails"),
        "channels:mails",
        "mail",
        {Role.DESK},
        order=32,
        count=queries.waiting_mails,
    )
    nav.item("work", _("12345 orders"), "channels:orders", "phone-forwarded", READERS, order=33)
    nav.item("follow", _("Referrals"), "channels:referrals", "landmark", AT_DESK, order=34)
    nav.item("analysis", _("Channels"), "channels:home", "split", READERS, order=45)
    connections = (_("Connections"), "channels:endpoints", "plug", {Role.ADMINISTRATOR})
    nav.item("system", *connections, order=60)
    calls.take_updates_with(_take)
    panels.provider("calls.call", name="way")(way_in)
    panels.provider("calls.call", name="out")(handed_on)
    panels.provider("calls.call", name="same")(same_problem)


def _take(actor: Actor, said: calls.Said) -> str:
    return operations.take_update(actor, said, now=timezone.now())


def way_in(actor: Actor, call_id: int, _now: datetime) -> Panel | None:
    """How the call came in, when it came by an order, a referral, a mail or a signal."""
    if not actor.has(*READERS):
        return None
    lines: list[Line] = []
    if order := queries.find_order_of_call(actor, call_id):
        url = reverse("channels:order", args=[order.public_id])
        tone, label = labels.ORDER_TONES[order.state], labels.ORDER_LABELS[order.state]
        lines.append(Line(order.order_number, url, _("12345 order"), tone, label))
    if referral := queries.referral_of_call(actor, call_id):
        url = reverse("channels:referral", args=[referral.public_id])
        tone = labels.REFERRAL_TONES[referral.state]
        label = labels.REFERRAL_LABELS[referral.state]
        note = gettext("reply due on %(day)s") % {"day": referral.due_on.isoformat()}
        lines.append(Line(referral.referrer, url, note, tone, label))
    if signal := queries.signal_of_call(actor, call_id):
        lines.append(Line(labels.SIGNAL_LABELS[signal.kind], note=signal.source))
    lines += [
        Line(
            mail.subject or mail.address,
            reverse("channels:mail", args=[mail.public_id]),
            mail.address,
            labels.MAIL_TONES[mail.state],
            labels.MAIL_LABELS[mail.state],
        )
        for mail in queries.mails_of_call(actor, call_id)
    ]
    return Panel(_("How it came in"), "log-in", tuple(lines), order=WAY_ORDER) if lines else None


def handed_on(actor: Actor, call_id: int, _now: datetime) -> Panel | None:
    """Where the call was handed on to, and what other systems said of it."""
    if not actor.has(*READERS):
        return None
    lines = [
        Line(
            row.endpoint.name,
            reverse("channels:forward", args=[row.public_id]),
            _joined(row.remote_id, status_word(row.remote_status)),
            labels.FORWARD_TONES[row.state],
            labels.FORWARD_LABELS[row.state],
        )
        for row in queries.forwards_of_call(actor, call_id)
    ]
    said = [u for u in queries.updates_of_call(actor, call_id) if u.forward_id is None]
    lines += [Line(u.text or status_word(u.status), note=str(u.key or "")) for u in said[-3:]]
    actions: tuple[Action, ...] = ()
    if actor.has(Role.DESK):
        card = calls.card(actor, call_id)
        url = reverse("channels:forward-new", args=[card.public_id])
        actions = () if card.is_secret else (Action(_("Hand it on"), url, "forward"),)
    if not lines and not actions:
        return None
    return Panel(_("Other systems"), "waypoints", tuple(lines), actions, order=OUT_ORDER)


def _joined(*parts: Promise | str) -> str:
    return " · ".join(str(part) for part in parts if part)


def same_problem(actor: Actor, call_id: int, _now: datetime) -> Panel | None:
    """The calls about the same problem, and the way to link one."""
    if not actor.has(*STAFF) or not actor.has(*READERS):
        return None
    link = queries.link_of(actor, call_id)
    main_id = link.main_id if link is not None else call_id
    ids = [i for i in (main_id, *queries.followers_of(actor, main_id)) if i != call_id]
    cards = calls.cards(actor, [*ids, call_id])
    lines = tuple(
        Line(
            cards[i].title,
            reverse("calls:case", args=[cards[i].public_id]),
            cards[i].number,
            cards[i].state_tone,
            cards[i].state_label,
        )
        for i in ids
        if i in cards
    )
    own = cards.get(call_id)
    if own is None or not (lines or actor.has(Role.DESK, Role.SUPERVISOR)):
        return None
    url = reverse("channels:same", args=[own.public_id])
    label = _("Links") if lines else _("Look for the same problem")
    action = Action(label, url, "link" if lines else "search")
    return Panel(_("The same problem"), "copy-check", lines, (action,), SAME_ORDER)
