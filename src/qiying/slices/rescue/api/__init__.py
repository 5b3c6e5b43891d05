"""``/api/v1/rescue``: machines, inspections, jobs with their steps, tracks, providers, people,
roster, cover, figures, settlements, retrofits, rules."""

from ninja import Router

from qiying.slices.rescue.api._house import router as house
from qiying.slices.rescue.api._inspections import router as inspections
from qiying.slices.rescue.api._jobs import router as jobs
from qiying.slices.rescue.api._machines import router as machines
from qiying.slices.rescue.api._money import router as money
from qiying.slices.rescue.api._people import router as people
from qiying.slices.rescue.api._providers import router as providers
from qiying.slices.rescue.api._retrofits import router as retrofits
from qiying.slices.rescue.api._rules import router as rules

router = Router(tags=["rescue"])
for part in (machines, inspections, jobs, providers, people, house, money, retrofits, rules):
    router.add_router("", part)
