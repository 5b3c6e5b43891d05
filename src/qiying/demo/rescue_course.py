"""A job of the demonstration on its way, and what the steps of all jobs share."""

import io
from dataclasses import dataclass, field
from datetime import datetime

from PIL import Image

from qiying.demo.cast import Cast
from qiying.demo.plan import Plan
from qiying.demo.rescue_found import House, Worker
from qiying.demo.rescue_ground import Machine
from qiying.demo.rescue_stories import Job as Story
from qiying.kernel.access import Actor, system
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import Seat
from qiying.slices.rescue.rules import HELD, SeatState


def _photo() -> bytes:
    """A plain picture that stands for the photo of the machine afterwards."""
    image, held = Image.new("RGB", (64, 48), (150, 162, 170)), io.BytesIO()
    image.paste((88, 120, 96), (0, 30, 64, 48))
    image.save(held, "PNG")
    return held.getvalue()


@dataclass(slots=True)
class Scene:
    """What the steps of all jobs share."""

    plan: Plan
    house: House
    cast: Cast
    platform: Actor
    photo: bytes = field(default_factory=_photo)
    jobs: dict[int, int] = field(default_factory=dict)
    """Keys of jobs by the numbers of their stories."""


def make_scene(plan: Plan, tenant_id: int, house: House) -> Scene:
    return Scene(plan, house, Cast(plan, tenant_id), system(tenant_id))


@dataclass(slots=True)
class Course:
    """A job on its way."""

    scene: Scene
    story: Story
    next_at: datetime
    left: list[tuple[str, float]]
    tries: int = 0

    @property
    def job_id(self) -> int:
        return self.scene.jobs[self.story.number]

    @property
    def machine(self) -> Machine:
        return self.scene.house.machines[self.story.machine][0]

    @property
    def firm(self) -> Actor:
        return self.scene.cast.firm(self.machine.firm)

    @property
    def chief(self) -> Actor:
        """Three duty chiefs in turn, by the day."""
        chiefs = self.scene.house.chiefs
        return chiefs[self.story.at.toordinal() % len(chiefs)]

    def signer(self) -> str:
        """The firm's safety person; the firm's contact of the demonstration."""
        return f"{self.firm.name}"

    def seats(self, *states: SeatState) -> list[Seat]:
        rows = queries.crew_of(self.scene.platform, self.job_id)
        return [s for s in rows if s.state in states]

    def crew(self, *states: SeatState) -> list[Worker]:
        """Those who hold a seat, in the order of the seats."""
        held = self.seats(*(states or tuple(HELD)))
        return [self.scene.house.workers[s.technician_id or 0] for s in held]

    def key(self, step: str, worker: Worker) -> str:
        return f"demo-{self.story.number}-{len(self.left)}-{step}-{worker.id}"
