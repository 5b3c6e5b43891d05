"""What the checker expects: one claim for each side, then what the sides have in common.

The decision asks rules in order. The checker asks instead who would claim the case if it lay
inside, and who if it lay outside; where both claims name one unit the side does not matter, and
where the side is open and they differ a person has to confirm.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

from qiying.engines.jurisdiction._areas import Handover
from qiying.engines.jurisdiction._case import Case
from qiying.engines.jurisdiction._check_facts import Fact
from qiying.engines.jurisdiction._codes import (
    LOCAL_TOWNSHIP,
    Basis,
    Rule,
    Side,
    Status,
    UnitKind,
)
from qiying.engines.jurisdiction._register import Matter
from qiying.engines.jurisdiction._world import World

_RESIDENTIAL = ("residential_neighbourhood", "resident_matter")
_STAND_INS = {
    "department": {UnitKind.DEPARTMENT},
    "township": {UnitKind.DEPARTMENT, UnitKind.TOWNSHIP},
    "locked": {UnitKind.DEPARTMENT, UnitKind.TOWNSHIP, UnitKind.ZONE},
    "other": set(UnitKind) - {UnitKind.COMMUNITY},
}


class Claim(NamedTuple):
    """Who claims the case: the rule, the cell of leads, the cell of co-handlers."""

    rule: Rule
    leads: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    local: str | None = None


@dataclass(frozen=True)
class Expected:
    """What a right decision says; ``hangs_on_side``: it would differ on the other side."""

    rule: Rule
    lead: str | None = None
    co: frozenset[str] = frozenset()
    candidates: frozenset[str] = frozenset()
    needs_confirmation: bool = False
    hangs_on_side: bool = False


_OPEN = Expected(Rule.ADJUDICATION)


@dataclass(frozen=True)
class Court:
    """One reading of one case."""

    world: World
    case: Case
    matter: Matter
    fact: Fact
    towns_outside: tuple[str, ...] = ()

    def expected(self) -> Expected:
        """What a right decision says under this reading."""
        own = self._own()
        own = own if own.lead else self._county()
        rescuer = self.case.responder
        if not self.case.is_danger or rescuer is None or not self._may_lead(rescuer):
            return own
        settled = own.candidates or frozenset({own.lead} if own.lead else ())
        return Expected(Rule.DANGER, rescuer, (settled | own.co) - {rescuer}, settled)

    # -- who claims it -------------------------------------------------------------------

    def _own(self) -> Expected:
        fact = self.fact
        if self._is_carried and fact.side is not Side.OUTSIDE:
            return self._carried()
        if self._is_departmental:
            return self._departmental()
        established = fact.is_inside and fact.side in (Side.INSIDE, Side.BAND)
        if self.matter.status is Status.LOCK and established:
            return self._settle(Claim(Rule.LOCKED, *self._row(is_inside=True)))
        social = self._social()
        return self._settle(social) if social else self._territorial()

    def _carried(self) -> Expected:
        matter, fact = self.matter, self.fact
        if fact.is_inside is None:
            return _OPEN
        cells = (matter.lead_before_reform, matter.co_inside)
        ours = self._settle(Claim(Rule.BEFORE_REFORM, *cells))
        if fact.side is Side.INSIDE:
            return ours
        away = replace(fact, side=Side.OUTSIDE, is_inside=False)
        theirs = replace(self, fact=away)._own()
        if ours.lead == theirs.lead:
            return replace(ours, hangs_on_side=False)
        return self._propose(Rule.NEAR_WALL, ours, theirs, is_inside=fact.is_inside)

    def _departmental(self) -> Expected:
        matter, side = self.matter, self.fact.side
        if side in (Side.INSIDE, Side.OUTSIDE):
            return self._settle(Claim(Rule.DEPARTMENT, *self._row(is_inside=side is Side.INSIDE)))
        both = (*matter.co_inside, *matter.co_outside)
        ours = self._settle(Claim(Rule.DEPARTMENT, matter.lead_inside, both))
        theirs = self._settle(Claim(Rule.DEPARTMENT, matter.lead_outside, both))
        if ours.lead is None or theirs.lead is None or ours.lead == theirs.lead:
            return ours if ours.lead else theirs
        is_inside = self.fact.is_inside is not False
        return self._propose(Rule.DEPARTMENT, ours, theirs, is_inside=is_inside)

    def _social(self) -> Claim | None:
        """Claims that do not ask for the side: residents, linear assets, townships."""
        matter, handed = self.matter, self._handover
        if self._is_residential:
            if handed and handed.on > self.case.on and matter.lead_before_reform:
                return Claim(Rule.NOT_HANDED_OVER, matter.lead_before_reform, self._helpers)
            is_received = handed is not None and handed.on <= self.case.on
            receiver = handed.township if handed and is_received else None
            return self._township(Rule.RESIDENTS, receiver)
        if matter.basis is Basis.LINEAR:
            return self._linear()
        is_township = matter.status is Status.STRIP or matter.basis is Basis.TOWNSHIP
        return self._township(Rule.BASIS, None) if is_township else None

    def _linear(self) -> Claim:
        owner, side = self.case.owner, self.fact.side
        if owner is None:
            return Claim(Rule.ADJUDICATION)
        parts = self.towns_outside if side is Side.CROSSING else ()
        zone = () if side is Side.OUTSIDE else (self._zone,)
        towns = () if side is Side.INSIDE else (*parts, LOCAL_TOWNSHIP)
        return Claim(Rule.LINEAR, (owner,), (*zone, *towns, *self._helpers))

    def _township(self, rule: Rule, receiver: str | None) -> Claim:
        inside, outside = self.matter.lead_inside[:1], self.matter.lead_outside[:1]
        # A department that leads on both sides keeps its duty.
        if inside == outside and self._kind(inside[0]) is UnitKind.DEPARTMENT:
            return Claim(rule, inside, (*self._helpers, LOCAL_TOWNSHIP), receiver)
        return Claim(rule, (LOCAL_TOWNSHIP,), self._helpers, receiver)

    def _territorial(self) -> Expected:
        belongs, is_inside = self.case.belongs_to_zone, self.fact.is_inside
        if self.matter.basis is Basis.ZONE and belongs is not None:
            is_inside = belongs
        if is_inside is None:
            return _OPEN
        ours = self._settle(Claim(Rule.BASIS, *self._row(is_inside=True)))
        theirs = self._settle(Claim(Rule.BASIS, *self._row(is_inside=False)))
        is_clear = self.fact.side in (Side.INSIDE, Side.OUTSIDE, Side.UNKNOWN)
        if is_clear or (ours.lead and ours.lead == theirs.lead):
            return ours if is_inside else theirs
        return self._propose(Rule.NEAR_WALL, ours, theirs, is_inside=is_inside)

    def _propose(
        self, rule: Rule, ours: Expected, theirs: Expected, *, is_inside: bool
    ) -> Expected:
        named = frozenset(seat.lead for seat in (ours, theirs) if seat.lead)
        chosen = ours if (is_inside and ours.lead) or not theirs.lead else theirs
        cited = self.fact.precedent
        if cited is not None and cited.unit in named:
            chosen = ours if ours.lead == cited.unit else theirs
        co = (named | chosen.co) - {chosen.lead or ""}
        return Expected(rule, chosen.lead, co, named, bool(named), bool(named))

    def _county(self) -> Expected:
        cited, matter = self.fact.precedent, self.matter
        if cited is not None and self._may_lead(cited.unit):
            return self._settle(Claim(Rule.ADJUDICATION, (cited.unit,), self._helpers))
        pending = self._handover is not None and self._handover.on > self.case.on
        before = matter.lead_before_reform if self._is_before or pending else ()
        leads = self._named((*matter.lead_inside, *matter.lead_outside, *before), None)
        owner = self.case.owner if matter.basis is Basis.LINEAR else None
        named = {*leads, owner}
        kept = frozenset(unit for unit in named if unit and self._may_lead(unit))
        return Expected(Rule.ADJUDICATION, candidates=kept)

    # -- who may take the seat -----------------------------------------------------------

    def _settle(self, claim: Claim) -> Expected:
        leads = self._named(claim.leads[:1], claim.local)
        others = self._named((*claim.leads[1:], *claim.helpers), claim.local)
        if not leads:
            return Expected(claim.rule)
        fit = _STAND_INS[self._sort]
        stand_ins = [unit for unit in others if self._kind(unit) in fit]
        able = [unit for unit in (*leads, *stand_ins) if self._may_lead(unit)]
        lead = able[0] if able else None
        co = frozenset((*leads, *others)) - self.case.recused - {lead or ""}
        firm = self.matter.basis is Basis.ZONE and self.case.belongs_to_zone is not None
        hangs = claim.rule in (Rule.BEFORE_REFORM, Rule.LOCKED)
        hangs |= claim.rule is Rule.BASIS and not firm and not self._strips
        return Expected(claim.rule, lead, co, hangs_on_side=hangs)

    def _may_lead(self, unit: str) -> bool:
        if unit in self.case.recused:
            return False
        is_barring = self.matter.status is Status.LOCK or self._is_departmental
        return not (is_barring and self._kind(unit) is UnitKind.COMPANY)

    def _named(self, cell: tuple[str, ...], local: str | None) -> list[str]:
        town = local or self.fact.township
        units = (town if code == LOCAL_TOWNSHIP else code for code in cell)
        return list(dict.fromkeys(unit for unit in units if unit))

    def _row(self, *, is_inside: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
        matter = self.matter
        if not is_inside:
            return matter.lead_outside, matter.co_outside
        leads = matter.lead_inside
        if matter.status is Status.LOCK and not self._is_zone(leads[:1]):
            leads = (self._zone, *leads)
        return leads, matter.co_inside

    def _is_zone(self, cell: tuple[str, ...]) -> bool:
        return any(self._kind(code) is UnitKind.ZONE for code in cell)

    def _kind(self, code: str) -> UnitKind:
        return self.world.kind_by_unit.get(code, UnitKind.TOWNSHIP)

    @property
    def _helpers(self) -> tuple[str, ...]:
        """Co-handlers of the side, of both where it is open."""
        if self.fact.side is Side.INSIDE:
            return self.matter.co_inside
        if self.fact.side is Side.OUTSIDE:
            return self.matter.co_outside
        return (*self.matter.co_inside, *self.matter.co_outside)

    @property
    def _zone(self) -> str:
        return self.world.zone or ""

    @property
    def _sort(self) -> str:
        if self._is_departmental:
            return "department"
        if self._strips:
            return "township"
        return "locked" if self.matter.status is Status.LOCK else "other"

    @property
    def _strips(self) -> bool:
        return self.matter.status is Status.STRIP or self.matter.basis is Basis.TOWNSHIP

    @property
    def _is_departmental(self) -> bool:
        status, basis = self.matter.status, self.matter.basis
        return status is Status.DEPT or (basis is Basis.DEPT and status is not Status.LOCK)

    @property
    def _is_residential(self) -> bool:
        return self.matter.is_resident_matter or self.case.object_kind in _RESIDENTIAL

    @property
    def _is_before(self) -> bool:
        return self.case.on < self.world.regime.reform_on

    @property
    def _handover(self) -> Handover | None:
        rows = (row for row in self.world.handovers if row.neighbourhood == self.fact.home)
        return next(rows, None)

    @property
    def _is_carried(self) -> bool:
        handed = self._handover
        is_received = handed is not None and handed.on <= self.case.on
        if not self._is_before or not self.matter.lead_before_reform:
            return False
        return not (is_received and self._is_residential)
