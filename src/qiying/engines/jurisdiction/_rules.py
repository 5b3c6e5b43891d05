"""The decision model: the rules in their order, the first that matches decides.

Each rule is a function of a hearing that returns its finding, or ``None`` where it does not
match. A rule that matches but whose seat nobody may take leads to adjudication, not to the
rules after it.
"""

from collections.abc import Callable
from dataclasses import replace

from qiying.engines.jurisdiction._codes import (
    LOCAL_TOWNSHIP,
    Basis,
    Rule,
    Side,
    Status,
    UnitKind,
)
from qiying.engines.jurisdiction._hearing import Finding, Hearing, Seat, unique
from qiying.engines.jurisdiction._params import Params


def hear(hearing: Hearing, params: Params) -> Finding:
    """Rule 1, then the others; ownership is found even where danger overrides it."""
    hearing.note(Rule.ROW, status=hearing.matter.status.value, basis=hearing.matter.basis.value)
    responder = _responder(hearing)
    if responder is not None:
        hearing.note(Rule.DANGER, responder=responder)
    owner = _ordinary(hearing, params)
    finding = owner if responder is None else _rescue(owner, responder)
    for unit in hearing.alternatives():
        if unit not in (finding.lead, *finding.candidates):
            hearing.reject(unit, finding.rule)
    return finding


def _responder(hearing: Hearing) -> str | None:
    responder = hearing.question.responder
    if not hearing.question.is_danger:
        return None
    if responder is None:
        hearing.note(Rule.NO_RESPONDER)
        return None
    bar = hearing.bar(responder)
    if bar is not None:
        hearing.reject(responder, bar)
        hearing.note(bar, unit=responder)
        return None
    return responder


def _rescue(owner: Finding, responder: str) -> Finding:
    settled = owner.candidates or ((owner.lead,) if owner.lead else ())
    others = unique((*settled, *owner.co))
    return Finding(
        Rule.DANGER,
        responder,
        co=tuple(unit for unit in others if unit != responder),
        candidates=settled,
    )


def _ordinary(hearing: Hearing, params: Params) -> Finding:
    finding = _first(hearing)
    return finding if finding.lead is not None else _adjudicate(hearing, params)


def _first(hearing: Hearing) -> Finding:
    found = (rule(hearing) for rule in _ORDER)
    return next((finding for finding in found if finding is not None), _NOBODY)


def _before_reform(hearing: Hearing) -> Finding | None:
    """Before the reform the zone leads what it carried, inside the planned boundary."""
    place, matter = hearing.place, hearing.matter
    if not place.is_before or not matter.lead_before_reform or place.side is Side.OUTSIDE:
        return None
    if place.receiver is not None and hearing.question.is_residential:
        return None
    if place.side is Side.UNKNOWN:
        return _NOBODY
    hearing.note(Rule.BEFORE_REFORM, reform_on=hearing.world.regime.reform_on.isoformat())
    carried = hearing.seat(matter.lead_before_reform, matter.co_inside)
    if not place.is_unclear:
        return _take(Rule.BEFORE_REFORM, carried, hangs_on_side=True)
    outside = _as_if_outside(hearing)
    if carried.lead == outside.lead:
        hearing.note(Rule.SAME_CANDIDATES)
        return _take(Rule.BEFORE_REFORM, carried)
    return _propose(hearing, Rule.NEAR_WALL, carried, outside, place.apparent)


def _as_if_outside(hearing: Hearing) -> Seat:
    place = replace(hearing.place, side=Side.OUTSIDE, apparent=Side.OUTSIDE)
    shadow = replace(hearing, place=place, reasons=[], rejected=[], successors=set())
    finding = _first(shadow)
    for row in shadow.rejected:
        hearing.reject(row.unit, row.rule)
    hearing.successors |= shadow.successors
    return Seat(finding.lead, finding.co)


def _department(hearing: Hearing) -> Finding | None:
    """Rule 2: the statutory department, wherever the object lies."""
    if not hearing.matter.is_department:
        return None
    hearing.note(Rule.DEPARTMENT)
    side = hearing.place.side
    if side in (Side.INSIDE, Side.OUTSIDE):
        return _take(Rule.DEPARTMENT, hearing.seat(*hearing.cells(side)))
    co = hearing.co_cells()
    inside = hearing.seat(hearing.matter.lead_inside, co)
    outside = hearing.seat(hearing.matter.lead_outside, co)
    if inside.lead == outside.lead or None in (inside.lead, outside.lead):
        return _take(Rule.DEPARTMENT, inside if inside.lead else outside)
    return _propose(hearing, Rule.DEPARTMENT, inside, outside, hearing.place.apparent)


def _locked(hearing: Hearing) -> Finding | None:
    """Rule 3: what a statute places on the zone, inside a wall."""
    if hearing.matter.status is not Status.LOCK or not hearing.place.is_inside:
        return None
    hearing.note(Rule.LOCKED, distance_m=hearing.place.distance_m)
    return _take(Rule.LOCKED, _seat_inside(hearing), hangs_on_side=True)


def _seat_inside(hearing: Hearing) -> Seat:
    leads, co = hearing.cells(Side.INSIDE)
    is_locked = hearing.matter.status is Status.LOCK
    if is_locked and hearing.kind_of(leads) is not UnitKind.ZONE:
        # The statute names the zone, whoever stands in the row.
        leads = unique((hearing.zone, *leads))
    return hearing.seat(leads, co)


def _residents(hearing: Hearing) -> Finding | None:
    """Rule 4: a residential neighbourhood or a resident's matter, even inside a wall."""
    if not hearing.question.is_residential:
        return None
    place, matter = hearing.place, hearing.matter
    if place.is_pending and matter.lead_before_reform:
        hearing.note(Rule.NOT_HANDED_OVER, neighbourhood=place.neighbourhood)
        seat = hearing.seat(matter.lead_before_reform, hearing.co_cells())
        return _take(Rule.NOT_HANDED_OVER, seat)
    hearing.note(
        Rule.RESIDENTS,
        township=place.receiver or place.township,
        neighbourhood=place.neighbourhood,
    )
    return _take(Rule.RESIDENTS, _township_seat(hearing, place.receiver))


def _linear(hearing: Hearing) -> Finding | None:
    """Rule 5: the owner or operator of the segment."""
    if hearing.matter.basis is not Basis.LINEAR:
        return None
    owner, place = hearing.question.owner, hearing.place
    if owner is None:
        hearing.note(Rule.NO_OWNER)
        return _NOBODY
    crosses = place.side is Side.CROSSING
    hearing.note(Rule.LINEAR, owner=owner, share_inside=place.share_inside if crosses else None)
    zone = () if place.side is Side.OUTSIDE else (hearing.zone,)
    parts = [part.township for part in place.parts if part.township]
    towns = () if place.side is Side.INSIDE else (*parts, LOCAL_TOWNSHIP)
    co = (*zone, *towns, *hearing.co_cells())
    return _take(Rule.LINEAR, hearing.seat((owner,), co))


def _near_wall(hearing: Hearing) -> Finding | None:
    """Rule 6: too near the boundary, across it, or too inaccurate to say."""
    place, matter = hearing.place, hearing.matter
    if not place.is_unclear:
        return None
    if matter.is_township:
        hearing.note(Rule.SAME_CANDIDATES)
        return None
    inside = _seat_inside(hearing)
    outside = hearing.seat(*hearing.cells(Side.OUTSIDE))
    if inside.lead is not None and inside.lead == outside.lead:
        hearing.note(Rule.SAME_CANDIDATES, unit=inside.lead)
        return None
    return _propose(hearing, Rule.NEAR_WALL, inside, outside, _preferred(hearing))


def _preferred(hearing: Hearing) -> Side | None:
    belongs = hearing.question.belongs
    if hearing.matter.basis is Basis.ZONE and belongs is not None:
        return Side.INSIDE if belongs else Side.OUTSIDE
    return hearing.place.apparent


def _propose(
    hearing: Hearing, rule: Rule, inside: Seat, outside: Seat, preferred: Side | None
) -> Finding:
    candidates = unique(seat.lead for seat in (inside, outside) if seat.lead is not None)
    if not candidates:
        return _NOBODY
    place = hearing.place
    hearing.note(
        rule,
        side=place.side.value,
        distance_m=place.distance_m,
        band_m=hearing.world.regime.band_m,
        share_inside=place.share_inside if place.side is Side.CROSSING else None,
    )
    hearing.note(Rule.FIRST_RECEIVER)
    seats = (outside, inside) if preferred is Side.OUTSIDE else (inside, outside)
    chosen = next(seat for seat in seats if seat.lead is not None)
    cited = place.precedent.unit if place.precedent else None
    for seat in seats:
        if cited is not None and seat.lead == cited:
            _cite(hearing)
            chosen = seat
    co = unique((*candidates, *chosen.co))
    return Finding(
        rule,
        chosen.lead,
        co=tuple(unit for unit in co if unit != chosen.lead),
        candidates=candidates,
        needs_confirmation=True,
        hangs_on_side=True,
    )


def _basis(hearing: Hearing) -> Finding | None:
    """Rule 7: township, enterprise of the zone, or side of the wall."""
    matter, belongs = hearing.matter, hearing.question.belongs
    if matter.is_township:
        hearing.note(Rule.BASIS, basis=Basis.TOWNSHIP.value, township=hearing.place.township)
        return _take(Rule.BASIS, _township_seat(hearing, None))
    by_firm = matter.basis is Basis.ZONE and belongs is not None
    side = _preferred(hearing)
    if side is None:
        hearing.note(Rule.NO_PLACE)
        return None
    hearing.note(Rule.BASIS, basis=matter.basis.value, side=side.value, belongs=belongs)
    is_inside = side is Side.INSIDE
    seat = _seat_inside(hearing) if is_inside else hearing.seat(*hearing.cells(side))
    if belongs and not by_firm and not is_inside and seat.lead != hearing.zone:
        hearing.note(Rule.ZONE_TOLD, unit=hearing.zone)
    return _take(Rule.BASIS, seat, hangs_on_side=not by_firm)


def _township_seat(hearing: Hearing, local: str | None) -> Seat:
    co = hearing.co_cells()
    duty = hearing.duty_of_department()
    if duty is None:
        return hearing.seat((LOCAL_TOWNSHIP,), co, local=local)
    # A department's duty is not pushed down to the township; it names it as co-handler.
    hearing.note(Rule.DEPARTMENT_DUTY, unit=duty)
    return hearing.seat((duty,), (*co, LOCAL_TOWNSHIP), local=local)


def _adjudicate(hearing: Hearing, params: Params) -> Finding:
    """Rule 8: a precedent, else the county decides."""
    precedent = hearing.place.precedent
    if precedent is not None and hearing.bar(precedent.unit) is None:
        hearing.note(Rule.ADJUDICATION)
        _cite(hearing)
        seat = hearing.seat((precedent.unit,), hearing.co_cells())
        return _take(Rule.ADJUDICATION, seat)
    hearing.note(Rule.ADJUDICATION, working_days=params.adjudication_days)
    hearing.note(Rule.FIRST_RECEIVER)
    candidates = tuple(unit for unit in hearing.alternatives() if hearing.bar(unit) is None)
    return replace(_NOBODY, candidates=candidates)


def _cite(hearing: Hearing) -> None:
    row = hearing.place.precedent
    if row is not None:
        hearing.note(
            Rule.PRECEDENT, id=row.id, unit=row.unit, decided_on=row.decided_on.isoformat()
        )


def _take(rule: Rule, seat: Seat, *, hangs_on_side: bool = False) -> Finding:
    return Finding(rule, seat.lead, seat.co, hangs_on_side=hangs_on_side)


_NOBODY = Finding(Rule.ADJUDICATION, None, needs_adjudication=True)


_ORDER: tuple[Callable[[Hearing], Finding | None], ...] = (
    _before_reform,
    _department,
    _locked,
    _residents,
    _linear,
    _near_wall,
    _basis,
)
