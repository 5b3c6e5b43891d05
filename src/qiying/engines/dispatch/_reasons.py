"""Why somebody is proposed: codes with numbers, which interfaces turn into sentences."""

from qiying.engines.dispatch._problem import Job, Phase, Problem, Technician
from qiying.engines.dispatch._result import Option, Reason

LIKELY = 0.2
"""From this chance on lateness is called likely."""


def reasons(
    problem: Problem, job: Job, best: list[Option], others: list[Option]
) -> tuple[Reason, ...]:
    """Return what speaks for the best option, and what people must know about it."""
    if not best:
        return (Reason("nobody"),)
    people = {t.id: t for t in problem.technicians}
    chosen = best[0]
    found = [*_place(problem, people, chosen, others), *_state(problem, people, chosen)]
    if others:
        found += _against(chosen, others[0])
    else:
        found.append(Reason("only_one_able"))
    if job.crew > 1:
        found.append(Reason("crew", (("people", float(job.crew)),)))
    if chosen.late_chance >= LIKELY:
        found.append(Reason("late_is_likely", (("chance", chosen.late_chance),)))
    return tuple(found) or (Reason("cheapest_overall", (("added_cost", chosen.added_cost),)),)


def _place(
    problem: Problem, people: dict[str, Technician], chosen: Option, others: list[Option]
) -> list[Reason]:
    found = []
    is_free = people[chosen.technician].free_at <= problem.now
    free = [o for o in others if people[o.technician].free_at <= problem.now]
    if is_free and all(chosen.travel <= o.travel for o in free):
        found.append(Reason("nearest_free", (("travel_min", chosen.travel),)))
    if all(chosen.start_at <= o.start_at for o in others):
        found.append(Reason("soonest_there", (("in_min", chosen.start_at - problem.now),)))
    return found


def _state(problem: Problem, people: dict[str, Technician], chosen: Option) -> list[Reason]:
    tech = people[chosen.technician]
    found = []
    if tech.free_at > problem.now:
        found.append(Reason("after_current_work", (("free_in_min", tech.free_at - problem.now),)))
    held = tech.commitment
    if held is not None and held.phase is Phase.EN_ROUTE and chosen.position == 0:
        found.append(Reason("diverted"))
    if chosen.position:
        found.append(Reason("between_stops", (("stops_before", float(chosen.position)),)))
    return found


def _against(chosen: Option, second: Option) -> list[Reason]:
    saved = second.cover_loss - chosen.cover_loss
    if second.start_at < chosen.start_at and saved > 0:
        return [Reason("spares_scarce_skills", (("cover_saved", saved),))]
    return []
