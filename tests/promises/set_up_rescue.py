"""Run beside a platform: a night of Industry 120 in every stage of being given out, by the clock."""

import json
import os
import sys
from datetime import timedelta
from typing import Any

import django


def main(machines_down: int) -> None:
    """``machines_down`` jobs are offered too long ago, half as many wait for their offer."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiying.config.settings")
    django.setup()
    from django.utils import timezone  # noqa: PLC0415  after setup

    from tests.slices.rescue import steps  # noqa: PLC0415
    from tests.slices.rescue.people import peopled  # noqa: PLC0415

    now = timezone.now()
    world = peopled("rs", now=now - timedelta(minutes=25))
    found: dict[str, list[int]] = {"under_way": [], "late": [], "waiting": [], "unheard": []}

    def keep(stage: str, job: Any) -> None:
        found[stage].append(job.pk)

    for name in ("3号纸机", "1号行车"):
        keep("under_way", steps.under_way(world, name=name))
    for _ in range(machines_down):
        keep("late", steps.offered(world))
    world.now = now - timedelta(minutes=10)
    for _ in range(machines_down // 2):
        keep("waiting", steps.proposed(world))
    keep("unheard", steps.reported(world))
    world.now = now - timedelta(hours=3)
    lost = steps.reported(world)
    keep("unheard", lost)
    print(json.dumps({"tenant": world.tenant.pk, "lost": lost.pk, **found}))  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]))
