"""The desk takes a call by telephone: who rings is recognised, the script stands beside it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.kernel.access import Actor, Role
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import public as calls
from qiying.slices.channels.views.shape import rooms
from qiying.slices.registry import public as registry

HERE = "channels:phone"
MOST = 5
DIGITS = frozenset("0123456789+- ")
SCRIPT: tuple[tuple[Promise, Promise], ...] = (
    (
        _("Greet"),
        _("“Enterprise service of the zone, good day. May I have your firm and your name?”"),
    ),
    (
        _("Danger first"),
        _("“Is anybody in danger, or has water, power, gas or heat stopped?” If so: urgent."),
    ),
    (
        _("What"),
        _("What happened, since when, what has been tried? Write it as the caller says it."),
    ),
    (_("Where"), _("On the premises, or where? Ask for the gate, the road, the nearest number.")),
    (
        _("Same problem"),
        _("Look at the open calls beside: is it one of them? Then add a message."),
    ),
    (_("Read back"), _("Read the request back and let the caller confirm it.")),
    (
        _("Promise"),
        _("Tell the number of the call, who is likely to lead, and until when an answer comes."),
    ),
    (_("Thank"), _("“You will be called back when it is answered. Thank you for calling.”")),
)
"""What is asked and said, step by step."""


@page(Role.DESK)
def phone(request: HttpRequest) -> HttpResponse:
    """``?number=`` is the number that rings; a telephone system may open this address."""
    actor = actor_of(request)
    number = request.GET.get("number", "").replace("\x00", "").strip()[:40]
    found = _callers(actor, number) if _is_number(number) else []
    context = {
        "rooms": rooms(actor, HERE),
        "number": number,
        "is_number": _is_number(number),
        "callers": found,
        "script": SCRIPT,
        "hotline": registry.zone(actor).hotline,
        "search_url": f"{reverse('calls:register')}?{urlencode({'q': number})}",
        "asked": bool(number),
    }
    return render(request, "channels/phone.html", context)


def _is_number(text: str) -> bool:
    return len([c for c in text if c.isdigit()]) >= 5 and set(text) <= DIGITS


def _callers(actor: Actor, number: str) -> Sequence[dict[str, Any]]:
    """The firms that a number belongs to, the person, and what is open there."""
    digits = "".join(c for c in number if c.isdigit())
    digits = digits[2:] if digits.startswith("86") and len(digits) == 13 else digits
    firms = registry.search_enterprises(actor, digits, MOST)
    callers = []
    for firm in firms:
        people = [
            c
            for c in registry.contacts(actor, firm.id)
            if "".join(d for d in c.phone if d.isdigit()).endswith(digits)
        ]
        asked = {"firm": str(firm.public_id), "channel": "phone"}
        if people:
            asked |= {"name": people[0].name, "phone": people[0].phone}
        callers.append(
            {
                "firm": firm,
                "people": people,
                "calls": calls.open_of_firm(actor, firm.id, limit=MOST),
                "url": f"{reverse('calls:register')}?{urlencode(asked)}",
            }
        )
    return callers
