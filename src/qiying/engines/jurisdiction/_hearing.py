"""What one decision gathers on its way: seats tried, reasons given, units passed over."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from qiying.engines.jurisdiction._codes import LOCAL_TOWNSHIP, Basis, Rule, Side, Status, UnitKind
from qiying.engines.jurisdiction._place import Place
from qiying.engines.jurisdiction._register import Matter
from qiying.engines.jurisdiction._result import Number, Reason, Rejected
from qiying.engines.jurisdiction._world import World

# (source, article, grade) of the rules that rest on a text of their own; the others rest on
# the register row. Texts of other provinces and cities are analogies: grade A*.
_FIRST_RECEIVER = ("北京市接诉即办工作条例", "14", "A*")
_DEPARTMENT = ("潍坊市12345政务服务便民热线条例", "24", "A*")
_DESIGN = ("", "", "D")
_SOURCES = {
    Rule.DANGER: _FIRST_RECEIVER,
    Rule.FIRST_RECEIVER: _FIRST_RECEIVER,
    Rule.DEPARTMENT_DUTY: _DEPARTMENT,
    Rule.RESIDENTS: ("山东省经济开发区条例", "26", "A*"),
    Rule.RECUSAL: ("济南市12345市民服务热线条例", "32", "A*"),
    Rule.ADJUDICATION: ("信访工作条例", "23", "D"),
    Rule.LINEAR: _DESIGN,
    Rule.NEAR_WALL: _DESIGN,
    Rule.SAME_CANDIDATES: _DESIGN,
    Rule.PRECEDENT: _DESIGN,
    Rule.ZONE_TOLD: _DESIGN,
}

_MAY_SUCCEED = frozenset(
    {
        UnitKind.ZONE,
        UnitKind.DEPARTMENT,
        UnitKind.TOWNSHIP,
        UnitKind.UTILITY,
        UnitKind.COMPANY,
    }
)


@dataclass(frozen=True, slots=True)
class Question:
    """What the rules ask of a case, beside its place."""

    is_residential: bool
    belongs: bool | None
    is_danger: bool
    owner: str | None
    responder: str | None
    recused: frozenset[str]


@dataclass(frozen=True, slots=True)
class Seat:
    """Who would lead and co-handle under one rule; the lead is ``None`` where nobody may."""

    lead: str | None
    co: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found."""

    rule: Rule
    lead: str | None
    co: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    needs_confirmation: bool = False
    needs_adjudication: bool = False
    hangs_on_side: bool = False


@dataclass(slots=True)
class Hearing:
    """One case before the rules."""

    world: World
    matter: Matter
    question: Question
    place: Place
    reasons: list[Reason] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    successors: set[str] = field(default_factory=set)

    def note(self, rule: Rule, **params: Number | None) -> None:
        """Keep a reason once, with those of its numbers that are known."""
        pairs = tuple((name, value) for name, value in params.items() if value is not None)
        row = (self.matter.source, self.matter.article, self.matter.grade)
        reason = Reason(rule, pairs, *_SOURCES.get(rule, row))
        if reason not in self.reasons:
            self.reasons.append(reason)

    def reject(self, unit: str, rule: Rule) -> None:
        if unit not in [row.unit for row in self.rejected]:
            self.rejected.append(Rejected(unit, rule))

    def cells(self, side: Side | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Lead and co-handler cells of the row on a side."""
        if side is Side.INSIDE:
            return self.matter.lead_inside, self.matter.co_inside
        return self.matter.lead_outside, self.matter.co_outside

    def co_cells(self) -> tuple[str, ...]:
        """Co-handlers of the side on which the object lies; of both where that is unclear."""
        if self.place.side in (Side.INSIDE, Side.OUTSIDE):
            return self.cells(self.place.side)[1]
        return unique((*self.matter.co_inside, *self.matter.co_outside))

    def resolve(self, code: str, local: str | None = None) -> str | None:
        """A unit's code, with the local township put in its place."""
        return (local or self.place.township) if code == LOCAL_TOWNSHIP else code

    @property
    def zone(self) -> str:
        """The unit that is the zone itself."""
        return self.world.zone or ""

    def kind_of(self, cell: tuple[str, ...]) -> UnitKind | None:
        """Kind of the first unit of a cell, a local township being one."""
        if not cell:
            return None
        return UnitKind.TOWNSHIP if cell[0] == LOCAL_TOWNSHIP else self.world.kind_by_unit[cell[0]]

    def duty_of_department(self) -> str | None:
        """The department that leads the row on both sides, if one does."""
        inside, outside = self.matter.lead_inside[:1], self.matter.lead_outside[:1]
        if inside != outside or self.kind_of(inside) is not UnitKind.DEPARTMENT:
            return None
        return inside[0]

    def seat(
        self, leads: tuple[str, ...], co: tuple[str, ...], *, local: str | None = None
    ) -> Seat:
        """Take the first unit of the lead cell, or its successor where it may not lead."""
        if not leads:
            self.note(Rule.NOT_ARISING)
            return Seat(None)
        first = self.resolve(leads[0], local)
        resolved = [self.resolve(code, local) for code in (*leads[1:], *co)]
        others = unique(code for code in resolved if code is not None)
        if first is None:
            self.note(Rule.NO_TOWNSHIP)
            return Seat(None, self._unrecused(others))
        lead = self._choose(first, others)
        rest = self._unrecused(unique((first, *others)))
        return Seat(lead, tuple(code for code in rest if code != lead))

    def _choose(self, first: str, others: tuple[str, ...]) -> str | None:
        bar = self.bar(first)
        if bar is None:
            return first
        self.reject(first, bar)
        lead = next((code for code in others if self._may_succeed(code)), None)
        self.note(bar, unit=first, successor=lead)
        if lead is not None:
            self.successors.add(lead)
        return lead

    def bar(self, unit: str) -> Rule | None:
        """The rule that keeps a unit from leading this case, if any."""
        if unit in self.question.recused:
            return Rule.RECUSAL
        is_company = self.world.kind_by_unit[unit] is UnitKind.COMPANY
        return Rule.NO_COMPANY if is_company and self.matter.bars_companies else None

    def _may_succeed(self, unit: str) -> bool:
        return self.bar(unit) is None and self.world.kind_by_unit[unit] in self._kinds()

    def _kinds(self) -> frozenset[UnitKind]:
        # A community never takes over a township's duty, the zone never a department's power
        # nor a function that was stripped from it.
        if self.matter.is_department:
            return frozenset({UnitKind.DEPARTMENT})
        if self.matter.is_township:
            return frozenset({UnitKind.DEPARTMENT, UnitKind.TOWNSHIP})
        if self.matter.status is Status.LOCK:
            return _MAY_SUCCEED - {UnitKind.COMPANY, UnitKind.UTILITY}
        return _MAY_SUCCEED

    def _unrecused(self, units: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(unit for unit in units if unit not in self.question.recused)

    def alternatives(self) -> tuple[str, ...]:
        """Every unit that some rule could have made the lead of this row."""
        leads = (*self.matter.lead_inside, *self.matter.lead_outside)
        if self.place.is_before or self.place.is_pending:
            leads = (*leads, *self.matter.lead_before_reform)
        owner = self.question.owner if self.matter.basis is Basis.LINEAR else None
        named = [*(self.resolve(code) for code in leads), owner]
        return unique(code for code in named if code is not None)


def unique(units: Iterable[str]) -> tuple[str, ...]:
    """The units once each, in their order."""
    return tuple(dict.fromkeys(units))
