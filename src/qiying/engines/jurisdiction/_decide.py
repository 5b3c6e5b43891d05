"""One decision.

Model. The object of a case lies at a signed distance *d* (metres, positive inside) from the
boundary in force on the day of the incident: the union of the walls, before the reform of the
planned areas. It is *uncertain* when its accuracy is greater than the size of *d*, in the *band*
when that size is less than ``regime.band_m``, *crossing* when it reaches over the line by more
than ``params.touch_m`` on both sides. The rules are asked in order, and the first that matches
decides: 1 danger, 0 what the zone still carried before the reform, 2 statutory department,
3 locked on the zone, 4 residents, 5 linear assets, 6 near the wall, 7 basis and side,
8 adjudication. A recused unit never leads or co-handles; a company never leads a locked or a
departmental matter; the next fit unit of the same row takes such a seat.

Distances are taken in a transverse Mercator plane centred on the world's areas: within 15 km of
its meridian they are true to 3 parts in a million, 0.1 m in 30 km.
"""

from dataclasses import replace

from qiying.engines.jurisdiction._case import Case
from qiying.engines.jurisdiction._codes import RESIDENTIAL, Rule, Side
from qiying.engines.jurisdiction._hearing import Finding, Hearing, Question
from qiying.engines.jurisdiction._params import VERSION, Params
from qiying.engines.jurisdiction._place import Place, locate
from qiying.engines.jurisdiction._register import Matter
from qiying.engines.jurisdiction._result import Decision, SplitTask
from qiying.engines.jurisdiction._rules import hear
from qiying.engines.jurisdiction._world import World

_DEFAULTS = Params()


def decide(world: World, case: Case, params: Params = _DEFAULTS) -> Decision:
    """Say who leads, who co-handles, and why; the model stands at the head of this module.

    Parameters
    ----------
    world, case, params
        The register and the boundaries, the question, the tolerances.

    Returns
    -------
    Decision
        With exactly one lead, or with ``needs_adjudication``.

    Raises
    ------
    ValueError
        The case names a matter, an owner or a responder that the world does not know.
    """
    matter = _known_matter(world, case)
    hearing = Hearing(world, matter, _question(matter, case), locate(world, case, params))
    return _record(hearing, hear(hearing, params), case, params)


def _question(matter: Matter, case: Case) -> Question:
    return Question(
        is_residential=case.object_kind in RESIDENTIAL or matter.is_resident_matter,
        belongs=case.belongs_to_zone,
        is_danger=case.is_danger,
        owner=case.owner,
        responder=case.responder,
        recused=case.recused,
    )


def _record(hearing: Hearing, finding: Finding, case: Case, params: Params) -> Decision:
    return Decision(
        matter=case.matter,
        case_digest=case.digest(),
        rule=finding.rule,
        lead=finding.lead,
        co=finding.co,
        candidates=finding.candidates,
        side=hearing.place.side,
        distance_m=hearing.place.distance_m,
        township=hearing.place.township,
        reasons=tuple(hearing.reasons),
        rejected=tuple(row for row in hearing.rejected if row.unit != finding.lead),
        confidence=_confidence(hearing, finding, case.accuracy_m, params),
        needs_confirmation=finding.needs_confirmation,
        needs_adjudication=finding.needs_adjudication,
        split_tasks=_split(hearing, finding),
        versions=versions_of(hearing.world),
        params=params,
    )


def versions_of(world: World) -> tuple[tuple[str, str], ...]:
    """The versions that a decision stands on."""
    return (
        ("engine", VERSION),
        ("register", world.register_version),
        ("boundaries", world.boundaries_version),
    )


def _known_matter(world: World, case: Case) -> Matter:
    matter = world.matter_by_code.get(case.matter)
    if matter is None:
        raise ValueError(f"case: unknown matter {case.matter!r}")
    for name, unit in (("owner", case.owner), ("responder", case.responder)):
        if unit is not None and unit not in world.kind_by_unit:
            raise ValueError(f"case: unknown {name} {unit!r}")
    return matter


def _confidence(hearing: Hearing, finding: Finding, accuracy_m: float, params: Params) -> float:
    if finding.lead is None:
        return 0.0
    if finding.rule is Rule.DANGER:
        return 1.0
    sure = _surety(hearing.place, hearing.world.regime.band_m, accuracy_m)
    confidence = dict(params.evidence)[hearing.matter.grade]
    confidence *= sure if finding.hangs_on_side else 1.0
    confidence *= params.successor_factor if finding.lead in hearing.successors else 1.0
    return round(confidence, 4)


def _surety(place: Place, band_m: float, accuracy_m: float) -> float:
    """From one half on the line to one where neither the band nor the accuracy matters."""
    if place.side is Side.CROSSING:
        return max(place.share_inside, 1.0 - place.share_inside)
    reach = max(band_m, accuracy_m)
    if place.distance_m is None or not reach:
        return 1.0
    return 0.5 + 0.5 * min(1.0, abs(place.distance_m) / reach)


def _split(hearing: Hearing, finding: Finding) -> tuple[SplitTask, ...]:
    """Who looks after which part of a linear asset that crosses the boundary."""
    if finding.rule is not Rule.LINEAR or hearing.place.side is not Side.CROSSING:
        return ()
    total = sum(part.amount for part in hearing.place.parts)
    tasks: list[SplitTask] = []
    for part in hearing.place.parts:
        unit = hearing.zone if part.side is Side.INSIDE else part.township
        # A part in no township, or of a recused unit, stays with the owner who leads.
        if unit not in finding.co:
            unit = finding.lead
        if unit is not None:
            tasks.append(SplitTask(unit, part.side, part.amount, part.amount / total))
    return _merged(tasks)


def _merged(tasks: list[SplitTask]) -> tuple[SplitTask, ...]:
    merged: dict[tuple[str, Side], SplitTask] = {}
    for task in tasks:
        kept = merged.get((task.unit, task.side))
        if kept is not None:
            amount, share = kept.amount + task.amount, kept.share + task.share
            task = replace(kept, amount=amount, share=share)  # noqa: PLW2901
        merged[task.unit, task.side] = task
    return tuple(merged.values())
