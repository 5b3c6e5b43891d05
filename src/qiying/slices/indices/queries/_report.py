"""The report of a run: ranking with bounds, and the method by which it was reckoned."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from qiying.kernel.access import Actor
from qiying.kernel.exports import Sheet
from qiying.kernel.language import is_chinese
from qiying.slices.indices.models import Run, labels
from qiying.slices.indices.queries._tables import Standing, names_of, ranking
from qiying.slices.indices.rules import RunState, plan_from


def report(actor: Actor, run: Run, places: Mapping[str, str], *, now: datetime) -> Sheet:
    """The last year's ranking as a table; `places` are names by code in the reader's language."""
    names = names_of(run)
    nodes = list(reversed(run.results["nodes"]))
    headings = [_("Rank"), _("Place evaluated"), *(names[n] for n in nodes), _("Places gained")]
    is_firm = bool(run.results["firmness"])
    if is_firm:
        headings.append(_("Ranks in nine of ten reckonings"))
    rows = [_row(s, nodes, places, is_firm=is_firm) for s in ranking(run)]
    edition = run.edition
    name = edition.name if is_chinese() or not edition.name_en else edition.name_en
    about = [
        (_("Edition"), edition.number),
        (_("Year"), str(run.inputs["years"][-1])),
        (_("Version of the run"), str(run.version)),
        (_("State"), labels.word(labels.STATES, run.state)),
    ]
    return Sheet(name, headings, rows, about, actor.name, now)


def _row(
    standing: Standing, nodes: list[str], places: Mapping[str, str], *, is_firm: bool
) -> list[str]:
    scores = [standing.scores[node] for node in nodes]
    cells = [
        str(standing.rank or "—"),
        places.get(standing.adcode, standing.name),
        *("—" if score is None else f"{score:.2f}" for score in scores),
        "—" if standing.gained is None else f"{standing.gained:+d}",
    ]
    if is_firm:
        low, high = standing.low, standing.high
        cells.append("—" if low is None or high is None else f"{low:.0f}-{high:.0f}")
    return cells


def method_of(run: Run) -> list[str]:
    """The annex: kinds of data, steps of the plan, how firm, who released it, the hash."""
    edition = run.edition
    kinds = "、".join(labels.listed(labels.KINDS, edition.kinds))
    found = [edition.note] if edition.note else []
    found.append(_("Kinds of data: %(kinds)s") % {"kinds": kinds})
    if len(edition.kinds) > 1:
        found.append(_("Estimate: government statistics and departmental data are used together."))
    steps = plan_from(run.plan).steps
    words = [f"{step.do} {getattr(step, 'method', '')}".strip() for step in steps]
    found.append(_("Steps of the plan: %(steps)s") % {"steps": " → ".join(words)})
    firm = run.results["firmness"]
    if firm:
        said = _("Bounds of ranks from %(n)s reckonings with other choices and weights.")
        found.append(said % {"n": firm["replicates"]})
    if run.state == RunState.RELEASED and run.released_by:
        found.append(_("Released by: %(name)s") % {"name": run.released_by.name})
    found.append(_("Content hash: %(hash)s") % {"hash": run.content_hash})
    return found
