"""Sentences for the codes that operations refuse with; slices add their own tables."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel.errors import Problem

_SENTENCES: dict[str, Promise | str] = {
    "access.role": _("Your role does not allow this. A zone administrator can grant it."),
    "access.sign_in": _("Please sign in first."),
    "lifecycle.unknown_step": _("There is no such step."),
    "lifecycle.role": _("Your role does not allow this step."),
    "lifecycle.state": _(
        "This step is not possible now; the record has moved on. Reload the page."
    ),
    "idempotency.key": _("The idempotency key must be 1 to 255 printable characters."),
    "idempotency.mismatch": _("This idempotency key was used before with other content."),
    "idempotency.in_flight": _("The same request is still being processed. Try again shortly."),
    "files.too_large": _("The file is larger than %(limit)s MB."),
    "files.type": _("This kind of file is not accepted: %(name)s."),
    "files.damaged": _("The file cannot be read: %(name)s."),
    "files.empty": _("The file is empty: %(name)s."),
    "files.too_many": _("At most %(limit)s files can be added."),
    "signin.failed": _("The user name or password is not right."),
    "signin.locked": _("Too many attempts. Try again in 15 minutes."),
    "signin.code": _("The code is not right or has expired."),
    "signin.phone": _("Enter a mobile number of 11 digits."),
    "signin.no_grant": _("This account has no role in any zone now."),
    "not_found": _("There is no such record, or it is not open to you."),
    "unavailable": _("The database is restarting. Nothing was stored; please send it again."),
    "broken": _("Something failed on our side. It was logged; your other work is not affected."),
    "print.font": _(
        "This machine has no Chinese font to print with. Let its keeper install the package "
        "fonts-noto-cjk; the same table can be had as XLSX."
    ),
    "input.invalid": _("Some entries need correction."),
    "input.required": _("This entry is needed."),
    "input.too_long": _("At most %(limit)s characters."),
    "input.control": _("Control characters are not allowed."),
    "input.choice": _("Choose one of the values offered."),
    "input.number": _("Enter a number."),
    "input.date": _("Enter a date like 2026-11-22."),
    "people.username": _("This user name is taken."),
    "people.phone": _("Another account has this mobile number."),
    "people.own_grant": _("Nobody grants a role to oneself; ask another administrator."),
    "people.apart": _(
        "The person holds a role that nobody may hold together with this one; end it first."
    ),
    "people.elsewhere": _(
        "The person works for another organisation as well; only the person can change how they "
        "sign in."
    ),
    "people.unknown": _("There is no such person, unit or enterprise: %(name)s."),
    "sealing.broken": _(
        "A stored secret can no longer be opened, because the platform's own secret was changed. "
        "Enter it anew."
    ),
    "outgoing.url": _("Enter a full address such as https://example.org/hook."),
    "outgoing.https": _("Only addresses that begin with https:// are allowed."),
    "outgoing.private": _(
        "Addresses inside a network are not allowed, unless the operator of the machine has named "
        "the network."
    ),
    "webhooks.name": _("Give it a name of at most 80 characters."),
    "webhooks.topics": _("Choose at least one of the events offered."),
    "webhooks.unit": _("There is no such unit."),
    "webhooks.secret": _("A secret is whsec_ followed by 24 to 64 bytes in base64."),
    "webhooks.no_earlier": _("There is no earlier secret in force."),
    "webhooks.not_active": _("This webhook is not in use now. Resume it first."),
    "webhooks.dropped": _("This message may no longer be sent to this receiver."),
    "second.code": _("The code is not right, or it was used before."),
    "second.locked": _("Too many wrong codes. Try again in 15 minutes."),
    "second.exists": _("An authenticator is set up already."),
    "second.needed": _("Your roles require a second factor; it can be replaced but not ended."),
    "second.own_reset": _("Another administrator must reset your own second factor."),
    "second.expired": _("This took too long. Please sign in again."),
    "oidc.state": _(
        "This answer does not belong to your sign-in, or it came too late. Try again."
    ),
    "oidc.denied": _("The identity provider did not confirm the sign-in. Try again."),
    "oidc.token": _(
        "What the identity provider sent could not be verified; nobody was signed in."
    ),
    "oidc.unknown": _(
        "Nobody here is linked to this identity. Sign in as before and link it under My account, "
        "or ask an administrator for an invitation."
    ),
    "oidc.invitation": _("This invitation was used, has expired or never existed."),
    "oidc.taken": _("This identity or this account is linked already; unlink it first."),
    "oidc.away": _("The identity provider does not answer. Sign in with your password instead."),
    "oidc.issuer": _("The issuer must be an https address without a query."),
    "layers.bbox": _("Write the box as west,south,east,north in degrees."),
    "saved_view.name": _("A view of this name exists already."),
}


def register(sentences: Mapping[str, Promise | str]) -> None:
    """Add a slice's table of sentences; a code belongs to one table only."""
    for code, sentence in sentences.items():
        if code in _SENTENCES and _SENTENCES[code] is not sentence:
            raise ValueError(f"two sentences for {code}")
        _SENTENCES[code] = sentence


def sentence(code: str, params: Mapping[str, Any] | None = None) -> str:
    """The sentence for a code in the reader's language."""
    text = _SENTENCES.get(code)
    if text is None:
        return gettext("The request cannot be carried out (%(code)s).") % {"code": code}
    return str(text) % (params or {}) if params else str(text)


def explain(problem: Problem) -> str:
    """The sentence for a refusal."""
    return sentence(problem.code, problem.params)


def known_codes() -> frozenset[str]:
    return frozenset(_SENTENCES)
