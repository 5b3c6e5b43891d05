"""What other slices may know of evaluations."""

from decimal import Decimal

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.slices.indices import queries

__all__ = ["figures"]


def figures(actor: Actor) -> dict[str, Decimal]:
    """B01 to B07 of the latest released runs, A23 of the zone's board; shares in percent.

    What has no released run, or no value of the years it needs, is absent.
    """
    with tenancy.reading(actor):
        return queries.figures(actor)
