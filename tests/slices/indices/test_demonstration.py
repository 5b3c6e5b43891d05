"""The demonstration's evaluation, played in a small zone, gives the figures that were published."""

from types import SimpleNamespace
from typing import Any

import pytest

from qiying.demo.indices import play_indices
from qiying.slices.indices import public
from tests.slices.world import NOW, World


@pytest.mark.parametrize("seed", [1, 7])
def test_figures_a23_and_b01_to_b07_follow_from_the_records(world: World, seed: int) -> None:
    names = {"analyst": "analyst", "zone_leader": "leader"}
    staff = SimpleNamespace(
        staff=lambda role: [SimpleNamespace(username=world.user(names[role]).username)]
    )
    plan: Any = SimpleNamespace(
        organisations=staff, ends_at=world.now, as_of=NOW.date(), seed=seed
    )
    play_indices(plan, world.actor("analyst").tenant_id)
    found = {key: float(value) for key, value in public.figures(world.actor("desk")).items()}
    assert found == {
        "B01": 90,
        "B01.districts": 37,
        "B01.counties": 53,
        "B02": 70.0,
        "B03.thousand": 28,
        "B03.next": 7,
        "B04.green": 1,
        "B04.named": 5,
        "B05.trade": 38,
        "B05.foreign": 46,
        "B05.sharing": 60.0,
        "B06": 90,
        "B07": 11,
        "B07.gaps": 3,
    }
    ours = public.figures(world.actor("leader"))
    assert float(ours["A23.output"]) == pytest.approx(61.4)
    assert float(ours["A23.investment"]) == pytest.approx(156)
