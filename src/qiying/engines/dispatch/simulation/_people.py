"""Where people of a simulated day are and what they do."""

from dataclasses import dataclass
from enum import StrEnum

from qiying.engines.dispatch._problem import (
    Commitment,
    Job,
    Phase,
    Point,
    Technician,
    Window,
)
from qiying.engines.dispatch._residual import residual


class Doing(StrEnum):
    """What somebody does."""

    IDLE = "idle"
    DRIVING = "driving"
    WAITING = "waiting"
    WORKING = "working"


@dataclass(slots=True)
class Person:
    """A technician of a simulated day."""

    tech: Technician
    at: Point
    doing: Doing = Doing.IDLE
    job: str = ""
    target: Point | None = None
    left_at: float = 0.0
    there_at: float = 0.0
    began_at: float = 0.0
    drive: int = 0
    """Which drive this is: an arrival of an earlier one, turned round since, is void."""

    def place(self, now: float) -> Point:
        """Where somebody is: on the way, the share of the straight line driven."""
        if self.doing is not Doing.DRIVING or self.target is None or now <= self.left_at:
            return self.at
        share = min((now - self.left_at) / max(self.there_at - self.left_at, 1e-9), 1.0)
        x = self.at.x + share * (self.target.x - self.at.x)
        y = self.at.y + share * (self.target.y - self.at.y)
        return Point(x, y)

    def window(self, now: float, windows: tuple[Window, ...]) -> Window | None:
        """The shift somebody is in."""
        return next((w for w in windows if w.starts_at <= now < w.ends_at), None)

    def seen(self, now: float, windows: tuple[Window, ...], job: Job | None) -> Technician:
        """What the desk knows of somebody: not when the work will be done, only how long it lasts."""
        tech = self.tech
        free_at, spread, held = now, 0.0, None
        place = self.place(now)
        if self.doing is Doing.WORKING and job is not None:
            left, spread = residual(job.duration, job.spread, now - self.began_at)
            free_at, held = now + left, Commitment(self.job, Phase.ON_SITE)
        elif self.doing is Doing.WAITING:
            held = Commitment(self.job, Phase.WAITING)
        elif self.doing is Doing.DRIVING:
            free_at, held = max(now, self.left_at), Commitment(self.job, Phase.EN_ROUTE)
        elif self.window(now, windows) is None and tech.home is not None:
            place = tech.home
        return Technician(
            id=tech.id,
            at=place,
            home=tech.home,
            provider=tech.provider,
            certificates=tech.certificates,
            windows=windows,
            free_at=free_at,
            free_spread=spread,
            commitment=held,
            carries=tech.carries,
        )
