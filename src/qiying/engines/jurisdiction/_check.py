from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from qiying.engines.jurisdiction._case import Case
from qiying.engines.jurisdiction._check_expect import Court, Expected
from qiying.engines.jurisdiction._check_facts import TOLERANCE_M, Fact, Survey, survey
from qiying.engines.jurisdiction._codes import Basis, Rule, Side, Status, UnitKind
from qiying.engines.jurisdiction._params import VERSION
from qiying.engines.jurisdiction._register import Matter
from qiying.engines.jurisdiction._result import Decision
from qiying.engines.jurisdiction._world import World

_SHARE = 1e-3


class Breach(StrEnum):
    """What can be wrong with a decision."""

    CASE = "CASE"
    VERSIONS = "VERSIONS"
    UNKNOWN_UNIT = "UNKNOWN_UNIT"
    LEAD_OR_ADJUDICATION = "LEAD_OR_ADJUDICATION"
    REPEATED_UNIT = "REPEATED_UNIT"
    RECUSED_UNIT = "RECUSED_UNIT"
    COMPANY_LEADS = "COMPANY_LEADS"
    PLACE = "PLACE"
    OUTCOME = "OUTCOME"
    REASONS = "REASONS"
    REJECTED = "REJECTED"
    CONFIDENCE = "CONFIDENCE"
    SPLIT = "SPLIT"


@dataclass(frozen=True, slots=True)
class Violation:
    """A breach, with what was found and what was expected where that can be said."""

    code: Breach
    found: str = ""
    expected: str = ""


def check(world: World, case: Case, decision: Decision) -> tuple[Violation, ...]:
    """Check a decision by other means than those that made it.

    Places are measured again in a plane around the object, and the outcome is
    derived from what each side would claim. A reading within 0.25 m of a threshold leaves
    both answers open.

    Returns
    -------
    tuple of Violation
        Empty when the decision stands.

    Raises
    ------
    ValueError
        The case names a matter that the world does not know.
    """
    matter = world.matter_by_code.get(case.matter)
    if matter is None:
        raise ValueError(f"case: unknown matter {case.matter!r}")
    found = [*_formal(world, case, decision), *_reasons(world, matter, decision)]
    if any(row.code is Breach.UNKNOWN_UNIT for row in found):
        return tuple(found)
    return (*found, *_material(world, case, matter, decision))


def _formal(world: World, case: Case, decision: Decision) -> Iterator[Violation]:
    versions = {
        "engine": VERSION,
        "register": world.register_version,
        "boundaries": world.boundaries_version,
    }
    if (decision.matter, decision.case_digest) != (case.matter, case.digest()):
        yield Violation(Breach.CASE, decision.matter, case.matter)
    if dict(decision.versions) != versions:
        yield Violation(Breach.VERSIONS, str(dict(decision.versions)), str(versions))
    if (decision.lead is None) != decision.needs_adjudication:
        yield Violation(Breach.LEAD_OR_ADJUDICATION, str(decision.lead))
    named = [*decision.co, *([decision.lead] if decision.lead else [])]
    for unit in {*named, *decision.candidates}:
        if unit not in world.kind_by_unit:
            yield Violation(Breach.UNKNOWN_UNIT, unit)
        if unit in case.recused:
            yield Violation(Breach.RECUSED_UNIT, unit)
    if len(set(named)) < len(named) or len(set(decision.candidates)) < len(decision.candidates):
        yield Violation(Breach.REPEATED_UNIT, ",".join(named))


def _reasons(world: World, matter: Matter, decision: Decision) -> Iterator[Violation]:
    bars = matter.status in (Status.LOCK, Status.DEPT) or matter.basis is Basis.DEPT
    if bars and world.kind_by_unit.get(decision.lead or "") is UnitKind.COMPANY:
        yield Violation(Breach.COMPANY_LEADS, str(decision.lead))
    rules = [reason.rule for reason in decision.reasons]
    row = [reason for reason in decision.reasons if reason.rule is Rule.ROW]
    evidence = [(reason.source, reason.article, reason.grade) for reason in row]
    if evidence != [(matter.source, matter.article, matter.grade)]:
        yield Violation(Breach.REASONS, str(evidence), Rule.ROW.value)
    if decision.rule not in rules or len(set(decision.reasons)) < len(rules):
        yield Violation(Breach.REASONS, ",".join(rules), decision.rule.value)
    for row_out in decision.rejected:
        if row_out.unit == decision.lead or row_out.unit not in world.kind_by_unit:
            yield Violation(Breach.REJECTED, row_out.unit)


def _material(world: World, case: Case, matter: Matter, decision: Decision) -> Iterator[Violation]:
    seen = survey(world, case, decision.params)
    facts = [fact for fact in seen.facts if _agrees(fact, decision)]
    if not facts:
        yield Violation(Breach.PLACE, f"{decision.side} {decision.distance_m} {decision.township}")
        return
    towns = tuple(name for name, _ in seen.held)
    found = [(fact, Court(world, case, matter, fact, towns).expected()) for fact in facts]
    right = [pair for pair in found if _is_met(pair[1], decision)]
    if not right:
        yield Violation(Breach.OUTCOME, _words(_said(decision)), _words(found[0][1]))
        return
    if not any(_is_sure(world, case, matter, seen, pair, decision) for pair in right):
        yield Violation(Breach.CONFIDENCE, str(decision.confidence))
    yield from _split(world, case, matter, seen, decision)


def _agrees(fact: Fact, decision: Decision) -> bool:
    if (fact.side, fact.township) != (decision.side, decision.township):
        return False
    if fact.distance_m is None or decision.distance_m is None:
        return fact.distance_m is decision.distance_m
    return abs(fact.distance_m - decision.distance_m) <= TOLERANCE_M + 1e-5 * abs(fact.distance_m)


def _said(decision: Decision) -> Expected:
    return Expected(
        decision.rule,
        decision.lead,
        frozenset(decision.co),
        frozenset(decision.candidates),
        decision.needs_confirmation,
    )


def _is_met(expected: Expected, decision: Decision) -> bool:
    return _words(expected) == _words(_said(decision))


def _words(expected: Expected) -> str:
    parts = (
        expected.rule.value,
        str(expected.lead),
        "+".join(sorted(expected.co)),
        "|".join(sorted(expected.candidates)),
        "?" if expected.needs_confirmation else "",
    )
    return " ".join(parts)


def _is_sure(
    world: World,
    case: Case,
    matter: Matter,
    seen: Survey,
    pair: tuple[Fact, Expected],
    decision: Decision,
) -> bool:
    fact, expected = pair
    if decision.lead is None or decision.rule is Rule.DANGER:
        return decision.confidence == float(decision.lead is not None)
    sure = 1.0
    reach = max(world.regime.band_m, case.accuracy_m)
    if expected.hangs_on_side and fact.side is Side.CROSSING:
        sure = max(seen.share_inside, 1 - seen.share_inside)
    elif expected.hangs_on_side and fact.distance_m is not None and reach:
        sure = min(1.0, 0.5 + 0.5 * abs(fact.distance_m) / reach)
    sure *= dict(decision.params.evidence)[matter.grade]
    # A unit may lead in its own right on one side and stand in for a recused one on the other.
    likely = (sure, sure * decision.params.successor_factor)
    return any(abs(decision.confidence - value) <= 0.02 for value in likely)


def _split(
    world: World, case: Case, matter: Matter, seen: Survey, decision: Decision
) -> Iterator[Violation]:
    tasks = decision.split_tasks
    is_split = decision.rule is Rule.LINEAR and decision.side is Side.CROSSING
    if not is_split or matter.basis is not Basis.LINEAR:
        if tasks:
            yield Violation(Breach.SPLIT, str(len(tasks)), "0")
        return
    by_side: dict[Side, float] = {Side.INSIDE: 0.0, Side.OUTSIDE: 0.0}
    for task in tasks:
        by_side[task.side] = by_side.get(task.side, 0.0) + task.share
    wanted = {Side.INSIDE: seen.share_inside, Side.OUTSIDE: 1 - seen.share_inside}
    if any(abs(by_side[side] - wanted[side]) > _SHARE for side in wanted):
        yield Violation(Breach.SPLIT, str(by_side), str(wanted))
    held = dict(seen.held)
    total = sum(task.amount for task in tasks)
    for task in tasks:
        is_named = task.unit in (*decision.co, decision.lead)
        is_zone = task.unit in (world.zone, decision.lead)
        fits = is_zone if task.side is Side.INSIDE else task.unit in (*held, decision.lead)
        if not is_named or not fits or abs(task.share * total - task.amount) > _SHARE * total:
            yield Violation(Breach.SPLIT, task.unit)
