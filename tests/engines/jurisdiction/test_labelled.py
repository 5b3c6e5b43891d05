"""Two hundred objects whose answers were written down when they were drawn.

Labels follow from the metres used in the drawing and from the decision model on paper; nothing
of the engine takes part in writing them.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from qiying.engines.jurisdiction import Case, Geometry, World, check, decide

MakeCase = Callable[..., Case]


class Label(NamedTuple):
    """An object by its offsets in metres, and who has to lead it."""

    matter: str
    kind: str
    shape: tuple[float, float, float, float]  # west, south, east, north; a point has no size
    lead: str | None
    side: str
    needs_confirmation: bool = False
    asked: tuple[tuple[str, Any], ...] = ()


# Depth behind the western wall: positive inside; less than twenty metres is in the band.
CLEAR = (-900, -650, -400, -250, -120, -60, -30, -22, 22, 30, 60, 120, 250, 400, 480, 499)
NEAR = (-19, -16, -12, -8, -5, -2, 2, 5, 8, 12, 16, 19)


def labels() -> Iterator[Label]:
    for number, depth in enumerate(CLEAR):
        yield from _clear(-1000.0 + depth, -800.0 + 90 * number, depth > 0)
    for number, depth in enumerate(NEAR):
        yield from _near(-1000.0 + depth, -700.0 + 100 * number, depth > 0)
    for number in range(14):
        yield from _plots(-750.0 + 110 * number, 13 * (number + 1))
    yield Label("budget", "workshop", (-4000, 0, -4000, 0), None, "outside")
    yield Label("strip", "public_place", (600, 900, 600, 900), "east", "inside")


def _clear(east: float, north: float, is_inside: bool) -> Iterator[Label]:
    at, side = (east, north, east, north), "inside" if is_inside else "outside"
    ours = "zone" if is_inside else "west"
    yield Label("share", "workshop", at, ours, side)
    yield Label("lock", "port_yard", at, ours, side)
    yield Label("dept", "enterprise_premises", at, "emergency", side)
    yield Label("strip", "public_place", at, "west", side)
    yield Label("share", "residential_neighbourhood", at, "west", side)
    yield Label(
        "core", "enterprise_premises", at, "zone", side, asked=(("belongs_to_zone", True),)
    )


def _near(east: float, north: float, is_inside: bool) -> Iterator[Label]:
    at, ours = (east, north, east, north), "zone" if is_inside else "west"
    yield Label("share", "enterprise_dormitory", at, ours, "band", needs_confirmation=True)
    yield Label("lock", "workshop", at, ours, "band", needs_confirmation=not is_inside)
    yield Label("dept", "construction_site", at, "emergency", "band")
    yield Label("strip", "workshop", at, "west", "band")
    yield Label("pipe", "segment", at, "soe", "band", asked=(("owner", "soe"),))


def _plots(north: float, reach: float) -> Iterator[Label]:
    """Plots 200 m deep that reach over the wall to the inside, and their mirror images."""
    across = (-1200 + reach, north, -1000 + reach, north + 40)
    leads = "zone" if reach >= 100 else "west"
    yield Label("share", "construction_site", across, leads, "crossing", needs_confirmation=True)
    yield Label("pipe", "segment", across, None, "crossing")
    away = (-1300 - reach, north, -1100 - reach, north + 40)
    yield Label("share", "construction_site", away, "west", "outside")


def drawn(label: Label, plot: Callable[..., Geometry]) -> Any:
    west, south, east, north = label.shape
    return (west, south) if (west, south) == (east, north) else plot(*label.shape)


def test_two_hundred_labelled_objects_are_decided_as_labelled(
    world: World, case: MakeCase, plot: Callable[..., Geometry]
) -> None:
    written = list(labels())
    wrong = []
    for label in written:
        more = {"object_kind": label.kind, "accuracy_m": 1.0, **dict(label.asked)}
        asked = case(label.matter, drawn(label, plot), **more)
        decision = decide(world, asked)
        said = (decision.lead, decision.side.value, decision.needs_confirmation)
        if said != (label.lead, label.side, label.needs_confirmation) or check(
            world, asked, decision
        ):
            wrong.append((label, said))

    assert len(written) == 200
    assert wrong == []
