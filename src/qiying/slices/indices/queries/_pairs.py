"""Two places of a run side by side, and what holds one of them back."""

from dataclasses import dataclass

from qiying.kernel.errors import NotFound
from qiying.slices.indices.models import Run
from qiying.slices.indices.queries._tables import year_of
from qiying.slices.indices.rules import Beside, beside, obstacles_of, plan_from


@dataclass(frozen=True, slots=True)
class Obstacle:
    """障碍因子: an indicator and its share, 0 to 1, in all that a place lacks; ``parent`` its node."""

    code: str
    parent: str
    share: float


def obstacles(run: Run, adcode: str, *, year: int | None = None) -> list[Obstacle]:
    """Every obstacle factor of a place, the largest first."""
    _known(run, adcode)
    parents = {node["code"]: node["parent"] for node in run.inputs["nodes"]}
    found = obstacles_of(plan_from(run.plan), run.inputs, adcode, year_of(run, year))
    return [Obstacle(code, parents[code], share) for code, share in found.items()]


def pair(run: Run, one: str, other: str, *, year: int | None = None) -> Beside:
    """Two places of a run in one year; see ``rules.Beside``.

    Raises
    ------
    NotFound
        For a place that the run has not evaluated.
    """
    _known(run, one, other)
    return beside(plan_from(run.plan), run.inputs, one, other, year_of(run, year))


def change_of(run: Run, adcode: str, *, year: int) -> dict[str, float | None]:
    """Parts of the change of score from the year before by cause; empty but in the last year."""
    found = run.results["change"]
    if year != run.inputs["years"][-1] or not found or "refused" in found:
        return {}
    at = [code for code, _name in run.inputs["units"]].index(adcode)
    return {cause: parts[at] for cause, parts in found.items()}


def _known(run: Run, *adcodes: str) -> None:
    units = {code for code, _name in run.inputs["units"]}
    if not set(adcodes) <= units:
        raise NotFound("not_found")
