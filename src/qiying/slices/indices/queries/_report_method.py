"""The annex of a report: the steps of the plan in words, the indicators, who answers for it."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from qiying.engines.composite import Origin, Step
from qiying.kernel.documents import Block, Heading, Paragraph, Table
from qiying.slices.indices.models import Run, labels
from qiying.slices.indices.queries._tables import names_of
from qiying.slices.indices.rules import RunState, plan_from


def annex(run: Run) -> Iterator[Block]:
    """Kinds of data, steps, indicators with weights and filled cells, approval, hash."""
    yield Heading(_("Method"))
    kinds = "、".join(labels.listed(labels.KINDS, run.edition.kinds))
    yield Paragraph(_("Kinds of data: %(kinds)s") % {"kinds": kinds})
    for number, step in enumerate(plan_from(run.plan).steps, start=1):
        yield Paragraph(f"{number}. {said(step)}")
    yield from _indicators(run)
    yield Paragraph(
        _("Every aggregate was counted again by an independent check before the run was kept.")
    )
    if run.state == RunState.RELEASED and run.released_by:
        yield Paragraph(_("Released by: %(name)s") % {"name": run.released_by.name})
    yield Paragraph(_("Content hash: %(hash)s") % {"hash": run.content_hash}, is_note=True)


def said(step: Step) -> str:
    """A step with its method in words."""
    name = labels.word(labels.STEPS, step.do)
    method = str(getattr(step, "method", ""))
    if not method:
        return name
    return _("%(step)s: %(method)s") % {
        "step": name,
        "method": labels.word(labels.METHODS, method),
    }


def _indicators(run: Run) -> Iterator[Block]:
    """Each indicator: where it stands in the tree, its weight there, what had to be filled."""
    names = names_of(run)
    leaves = [node for node in run.inputs["nodes"] if node["kind"] == "Indicator"]
    filled = _filled(run)
    rows = [
        [
            node["code"],
            names[node["code"]],
            names.get(node["parent"], ""),
            "+" if node["direction"] > 0 else "−",  # noqa: RUF001  a minus, not a hyphen
            f"{node['weight']:g}",
            str(filled[n]),
        ]
        for n, node in enumerate(leaves)
    ]
    headings = [
        *(_("Code"), _("Indicator"), _("Sub-index")),
        *(_("Direction"), _("Weight"), _("Cells filled")),
    ]
    yield Table(headings, rows, _("Indicators of the evaluation"), (1, 4, 2.4, 1, 1, 1), words=3)


def _filled(run: Run) -> list[int]:
    """Cells of the last year that were filled, by indicator."""
    last = run.results["provenance"][-1]
    return [
        sum(bool(cell & Origin.IMPUTED) for cell in column) for column in zip(*last, strict=True)
    ]
