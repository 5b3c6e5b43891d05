"""The zone at full size, in a database of its own: no small one may stand there before."""

from typing import Any

import pytest

from qiying.demo.figures import figures
from qiying.kernel import audit
from qiying.kernel.access import Role, stand_in
from qiying.slices.mandate import public as mandate
from tests.demo.conftest import AS_OF


@pytest.mark.full
def test_the_zone_at_full_size_meets_every_figure(loaded: Any) -> None:
    with loaded(is_small=False, processes=2) as zone:
        found = figures(stand_in(zone.tenant_id, Role.ANALYST), now=zone.now, on=AS_OF)
        assert [row.id for row in found if not row.ok] == []
        assert audit.verify(zone.platform).holds
        count, differ = mandate.replay_all(zone.platform)
        assert count >= len(zone.plan.stories)
        assert differ == []
