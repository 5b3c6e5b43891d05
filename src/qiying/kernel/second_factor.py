"""A second proof besides the password: codes of an authenticator (TOTP, RFC 6238), ten spare codes.

Nobody is signed in before the second proof: until then the session holds only who is expected.
Staff must have one (``QIYING_SECOND_FACTOR``); others may. API keys know no second factor.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

import pyotp
import segno
from django.conf import settings
from django.db import transaction

from qiying.kernel import events, people, sealing, tenancy
from qiying.kernel.access import STAFF, Actor, Role
from qiying.kernel.errors import Denied, NotFound, Refused, Throttled
from qiying.kernel.models import Grant, RecoveryCode, SecondFactor, User

ISSUER = "企应 Qiying"
STEP_SECONDS = 30
DRIFT = (0, -1, 1)
"""A clock may be half a minute off, either way."""
MAX_TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
SPARE_CODES = 10
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
PURPOSE = "second-factor"
SESSION = "qy_second"
"""In the session: ``done`` after the second proof, ``free`` where none was asked for."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator needs: the picture to photograph, or the letters to type."""

    svg: str
    letters: str


def is_needed(actors: list[Actor]) -> bool:
    """Whether somebody with these roles may not enter by a password alone."""
    return settings.SECOND_FACTOR == "required" and any(a.roles & STAFF for a in actors)


def is_due(session: Any, actor: Actor) -> bool:
    """Whether a session that is open lacks the proof that its roles need by now."""
    return is_needed([actor]) and session.get(SESSION) != "done"


def find(person: User) -> SecondFactor | None:
    """The factor in use; None before the first code confirmed it."""
    return SecondFactor.objects.filter(person=person, confirmed_at__isnull=False).first()


def begin(person: User, *, now: datetime) -> Enrolment:
    """The seed to put into an authenticator; the same until it is confirmed."""
    row = SecondFactor.objects.filter(person=person).first()
    if row is None:
        sealed = sealing.seal(pyotp.random_base32(), purpose=PURPOSE)
        row, _made = SecondFactor.objects.get_or_create(
            person=person, defaults={"secret": sealed, "created_at": now}
        )
    if row.confirmed_at is not None:
        raise Refused("second.exists")
    seed = sealing.unseal(row.secret, purpose=PURPOSE)
    address = pyotp.TOTP(seed).provisioning_uri(name=person.username, issuer_name=ISSUER)
    drawn = segno.make(address, error="m").svg_inline(scale=4, border=2, omitsize=True)
    letters = " ".join(seed[i : i + 4] for i in range(0, len(seed), 4))
    return Enrolment(drawn, letters)


def confirm(person: User, code: str, *, now: datetime) -> list[str]:
    """Put the factor to use with its first code; returns the spare codes, this once."""
    with transaction.atomic():
        row = SecondFactor.objects.select_for_update().filter(person=person).first()
        if row is None or row.confirmed_at is not None:
            raise Refused("second.exists")
        fault = _take_code(row, code, now)
        if not fault:
            row.confirmed_at = now
            row.save(update_fields=["confirmed_at"])
    if fault:
        raise fault
    return _new_spares(person)


def verify(person: User, code: str, *, now: datetime) -> None:
    """Take a code of the authenticator or a spare one, each once.

    Raises
    ------
    Denied
        ``second.code``: not the right one, or it was used before.
    Throttled
        ``second.locked``: five wrong ones; the right one is refused too for a quarter of an hour.
    """
    with transaction.atomic():
        row = SecondFactor.objects.select_for_update().filter(person=person).first()
        if row is None or row.confirmed_at is None:
            raise Denied("second.code")
        fault = _take_code(row, code, now)
    if fault:
        raise fault


def _take_code(row: SecondFactor, code: str, now: datetime) -> Denied | Throttled | None:
    """Count the try; what is wrong is returned, so that the count is kept."""
    if row.locked_until is not None and row.locked_until > now:
        return Throttled("second.locked")
    plain = "".join(code.split()).replace("-", "").upper()
    step = _step_of(sealing.unseal(row.secret, purpose=PURPOSE), plain, now)
    is_right = step > row.last_step if step else _spend_spare(row, plain, now)
    if is_right:
        row.tries, row.locked_until = 0, None
        row.last_step = max(row.last_step, step)
    else:
        row.tries += 1
        if row.tries >= MAX_TRIES:
            row.tries, row.locked_until = 0, now + LOCKED_FOR
    row.save(update_fields=["tries", "locked_until", "last_step"])
    if is_right:
        return None
    return Throttled("second.locked") if row.locked_until else Denied("second.code")


def _step_of(seed: str, code: str, now: datetime) -> int:
    """The thirty seconds in which this code is shown, near ``now``; 0 for none."""
    here = int(now.timestamp()) // STEP_SECONDS
    clock = pyotp.TOTP(seed, interval=STEP_SECONDS)
    found = 0
    for drift in DRIFT:
        if compare_digest(clock.at((here + drift) * STEP_SECONDS).encode(), code.encode()):
            found = here + drift
    return found


def _spend_spare(row: SecondFactor, code: str, now: datetime) -> bool:
    if row.confirmed_at is None:
        return False
    digest = sealing.digest(f"{row.person_id}:{code}", purpose=PURPOSE)
    rows = RecoveryCode.objects.filter(person_id=row.person_id, digest=digest, used_at=None)
    return bool(rows.update(used_at=now))


def spares_left(person: User) -> int:
    return RecoveryCode.objects.filter(person=person, used_at=None).count()


def renew_spares(person: User, code: str, *, now: datetime) -> list[str]:
    """Ten new spare codes against a code of the authenticator; the old ones end."""
    verify(person, code, now=now)
    return _new_spares(person)


def _new_spares(person: User) -> list[str]:
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(10)) for _ in range(SPARE_CODES)]
    with transaction.atomic():
        RecoveryCode.objects.filter(person=person).delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(
                person=person, digest=sealing.digest(f"{person.pk}:{code}", purpose=PURPOSE)
            )
            for code in codes
        )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _remove(person: User) -> bool:
    RecoveryCode.objects.filter(person=person).delete()
    return bool(SecondFactor.objects.filter(person=person).delete()[0])


@tenancy.operation
def note_confirmed(actor: Actor, person: User, *, now: datetime) -> None:
    """Record that a person's factor is in use from now on."""
    row = SecondFactor.objects.get(person=person)
    events.record("kernel.second_factor_set", subject=row, actor=actor, now=now)


@tenancy.operation
def give_up(actor: Actor, person: User, code: str, *, now: datetime) -> None:
    """The person ends the own factor with a code; refused to those who must have one."""
    if is_needed([actor]):
        raise Refused("second.needed")
    row = find(person)
    if row is None or actor.person_id != person.pk:
        raise NotFound("not_found")
    verify(person, code, now=now)
    events.record("kernel.second_factor_ended", subject=row, actor=actor, now=now)
    _remove(person)


@tenancy.operation
def reset(actor: Actor, person_id: int, *, now: datetime) -> None:
    """An administrator lets somebody begin anew whose telephone is gone; never oneself."""
    actor.require(Role.ADMINISTRATOR)
    if actor.person_id == person_id:
        raise Refused("second.own_reset")
    grants = Grant.objects.filter(tenant_id=actor.tenant_id, person_id=person_id)
    person = User.objects.filter(id__in=grants.values("person_id")).first()
    row = SecondFactor.objects.filter(person_id=person_id).first()
    if person is None or row is None:
        raise NotFound("not_found")
    if people.is_of_another_tenant(actor, person, now=now):
        raise Refused("people.elsewhere")
    events.record(
        "kernel.second_factor_reset", subject=row, actor=actor, now=now, person=person_id
    )
    _remove(person)
