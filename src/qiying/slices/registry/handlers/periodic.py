"""Work that no one asks for: old lines of imports are forgotten, grids of today are followed."""

from datetime import datetime

from django.utils import timezone

from qiying.kernel import jobs
from qiying.kernel.access import Actor
from qiying.slices.registry.operations import areas, imports


@jobs.sweeper("registry.import_lines")
def forget_lines(actor: Actor, now: datetime) -> int:
    """Remove the lines of imports that nobody needs any more."""
    return imports.forget_lines(actor, now=now)


@jobs.sweeper("registry.grids")
def follow_grids(actor: Actor, now: datetime) -> int:
    """Let firms follow their grid when a version that was drawn ahead comes into force."""
    return areas.follow_grids(actor, on=timezone.localdate(now))
