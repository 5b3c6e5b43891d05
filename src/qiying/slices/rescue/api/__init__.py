"""``/api/v1/rescue``: machines, jobs with their steps, tracks, roster, cover, figures, settlements, rules."""

from ninja import Router

from qiying.slices.rescue.api._house import router as house
from qiying.slices.rescue.api._jobs import router as jobs
from qiying.slices.rescue.api._machines import router as machines
from qiying.slices.rescue.api._rules import router as rules

router = Router(tags=["rescue"])
router.add_router("", machines)
router.add_router("", jobs)
router.add_router("", house)
router.add_router("", rules)
