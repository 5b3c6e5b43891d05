"""A dispute carried to a state by the real operations, as tests need it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from qiying.kernel import tenancy
from qiying.slices.mediation import operations, queries
from qiying.slices.mediation.models import Case
from qiying.slices.mediation.operations import PartyIn, TermIn
from qiying.slices.mediation.queries import Docket
from tests.slices.world import World

FACTS = "对方拖欠三个月货款，共计八万元，请求支付。"


def open_case(world: World, who: str = "desk", **more: Any) -> Case:
    """宏达 against 远航, unless told otherwise."""
    parties = [
        PartyIn("applicant", world.firms["宏达"]),
        PartyIn("respondent", world.firms["远航"]),
    ]
    given = {
        "kind": "contract",
        "title": "货款纠纷",
        "facts": FACTS,
        "parties": parties,
        "claim_cny": Decimal("80000.00"),
    }
    return operations.open_case(world.actor(who), now=world.now, **{**given, **more})


def labour(world: World, **more: Any) -> Case:
    """A worker, an outside person, against 宏达."""
    parties = [
        PartyIn("applicant", None, "王强", "13911112222"),
        PartyIn("respondent", world.firms["宏达"]),
    ]
    return open_case(world, kind="labour", title="加班费纠纷", parties=parties, **more)


def take(world: World, who: str, case: Case, step: str, **inputs: Any) -> Case:
    return operations.take(world.actor(who), case.pk, step, now=world.now, **inputs)


def docket(world: World, case: Case, who: str = "") -> Docket:
    actor = world.actor(who) if who else world.system
    with tenancy.reading(actor):
        return queries.docket(actor, queries.get_case(actor, case.pk), now=world.now)


def party(world: World, case: Case, side: str = "applicant") -> int:
    return next(p.pk for p in docket(world, case).parties if p.side == side)


def mediator(world: World, name: str = "mediator") -> int:
    with tenancy.reading(world.system):
        cards = queries.mediators(world.system, now=world.now)
    return next(c.row.pk for c in cards if c.row.person_id == world.user(name).pk)


def fresh(world: World, case: Case) -> Case:
    with tenancy.reading(world.system):
        return queries.get_case(world.system, case.pk)


def registered(world: World) -> Case:
    return open_case(world)


def declined(world: World) -> Case:
    inputs = {"decline_reason": "in_court", "text": "法院已立案"}
    return take(world, "desk", registered(world), "decline", **inputs)


def consented(world: World, case: Case | None = None) -> Case:
    case = case or registered(world)
    for p in docket(world, case).parties:
        case = take(world, "desk2", case, "consent", party_id=p.pk, way="signature")
    return case


def mediating(world: World, case: Case | None = None) -> Case:
    return take(world, "desk", consented(world, case), "appoint", mediator_id=mediator(world))


def reappointing(world: World) -> Case:
    inputs = {"recusal": "interest", "text": "与一方有业务往来"}
    return take(world, "mediator", mediating(world), "recuse", **inputs)


def planned(world: World, case: Case | None = None) -> tuple[Case, int]:
    case = case or mediating(world)
    at = world.now + timedelta(hours=2)
    case = take(world, "mediator", case, "plan_session", at=at, place="企业社区调解室")
    return case, docket(world, case).rows.sessions[-1].pk


def talked(world: World, case: Case | None = None) -> Case:
    """After a session that both sides came to."""
    case, session = planned(world, case)
    world.later(hours=3)
    present = [p.pk for p in docket(world, case).parties]
    inputs = {"session_id": session, "minutes": "双方陈述，愿意分期。", "present": present}
    return take(world, "mediator", case, "hold_session", **inputs)


def terms(world: World, case: Case, *, days: int = 20) -> list[TermIn]:
    owes = party(world, case, "respondent")
    day = (world.now + timedelta(days=days)).date()
    return [
        TermIn(owes, "支付首期货款", day, Decimal("40000.00")),
        TermIn(owes, "支付余款", day + timedelta(days=30), Decimal("40000.00")),
    ]


def drafted(world: World, case: Case | None = None, *, form: str = "written") -> Case:
    case = talked(world, case)
    inputs = {"form": form, "text": "双方确认欠款八万元。", "terms": terms(world, case)}
    return take(world, "mediator", case, "draft", **inputs)


def signed(world: World, case: Case | None = None, *, form: str = "written") -> Case:
    case = drafted(world, case, form=form)
    for p in docket(world, case).parties:
        case = take(world, "mediator", case, "sign", party_id=p.pk, way="seal")
    return case


def effective(world: World, case: Case | None = None, *, form: str = "written") -> Case:
    return take(world, "mediator", signed(world, case, form=form), "attest")


def breached(world: World) -> Case:
    case = effective(world)
    world.later(days=21)
    term = docket(world, case).terms[0].pk
    return take(world, "mediator", case, "breach", term_id=term, text="到期未付")


def performed(world: World) -> Case:
    case = effective(world)
    on = world.now.date()
    for term in docket(world, case).terms:
        case = take(world, "mediator", case, "perform", term_id=term.pk, on=on)
    return take(world, "mediator", case, "complete")


def failed(world: World) -> Case:
    return take(world, "mediator", talked(world), "fail", text="分歧过大")


def archived(world: World) -> Case:
    return take(world, "desk", performed(world), "archive")


MAKE: Mapping[str, Callable[[World], Case]] = {
    "registered": registered,
    "declined": declined,
    "mediating": mediating,
    "reappointing": reappointing,
    "drafted": drafted,
    "effective": effective,
    "breached": breached,
    "performed": performed,
    "failed": failed,
    "archived": archived,
}
