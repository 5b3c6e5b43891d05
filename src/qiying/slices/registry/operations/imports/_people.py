"""People and their roles from a file.

An account belongs to the person and may be used in several tenants: a file never changes a name
or a number of an existing account, and an account that holds nothing here counts as taken.
"""

from typing import Any

from qiying.kernel import people
from qiying.kernel.access import Role
from qiying.kernel.models import Grant, User
from qiying.slices.registry.operations.imports._target import (
    Ground,
    Target,
    day,
    resolve_firms,
    resolve_units,
    sound,
    verdict,
)
from qiying.slices.registry.rules.lines import Line, fail

Held = tuple[int, str, int | None, int | None]


def judge(ground: Ground, lines: list[Line]) -> None:
    ground.actor.require(Role.ADMINISTRATOR, Role.SYSTEM)
    resolve_units(ground, lines, "unit", "unit_id")
    resolve_firms(ground, lines, "credit_code", "enterprise_id")
    accounts = _accounts(lines)
    held = _held(ground)
    here = {key[0] for key in held}
    phones = _phones(lines)
    for line in lines:
        if line.clean.get("role") == Role.ENTERPRISE and "credit_code" not in line.clean:
            fail(line, "credit_code", "input.required")
        person = accounts.get(line.clean.get("username", ""))
        if person is None:
            if phones.get(line.clean.get("phone", "")) not in {None, line.clean.get("username")}:
                fail(line, "phone", "people.phone")
            continue
        if person.pk not in here:
            fail(line, "username", "people.username")
        elif person.name != line.clean.get("name"):
            fail(line, "name", "registry.people.name")
    for line in sound(lines):
        person = accounts.get(line.clean["username"])
        is_known = person is not None and _key(person, line) in held
        verdict(line, is_known=is_known, differs=False)


def write(ground: Ground, lines: list[Line]) -> None:
    accounts = _accounts(lines)
    for line in lines:
        clean = line.clean
        person = accounts.get(clean["username"])
        if person is None:
            person = accounts[clean["username"]] = people.register_person(
                ground.actor,
                username=clean["username"],
                name=clean["name"],
                phone=clean.get("phone", ""),
                now=ground.now,
            )
        people.grant(
            ground.actor,
            person.pk,
            clean["role"],
            now=ground.now,
            unit_id=clean.get("unit_id"),
            enterprise_id=clean.get("enterprise_id"),
            valid_from=day(clean.get("valid_from")),
            valid_to=day(clean.get("valid_to")),
        )


def _accounts(lines: list[Line]) -> dict[str, User]:
    names = {line.clean["username"] for line in lines if "username" in line.clean}
    return {row.username: row for row in User.objects.filter(username__in=names)}


def _phones(lines: list[Line]) -> dict[str, str]:
    """Whose the numbers are: of accounts there are, else of the first line that gives one."""
    wanted = [line.clean for line in lines if line.clean.get("phone")]
    found = User.objects.filter(phone__in={c["phone"] for c in wanted}, is_active=True)
    owners = dict(found.values_list("phone", "username"))
    for clean in wanted:
        owners.setdefault(clean["phone"], clean.get("username", ""))
    return owners


def _held(ground: Ground) -> set[Held]:
    rows: Any = Grant.objects.filter(tenant_id=ground.actor.tenant_id)
    return set(rows.values_list("person_id", "role", "unit_id", "enterprise_id"))


def _key(person: User, line: Line) -> Held:
    clean = line.clean
    return person.pk, clean["role"], clean.get("unit_id"), clean.get("enterprise_id")


PEOPLE = Target(judge, write)
