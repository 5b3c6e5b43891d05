"""``/api/v1/casebook``: the library, cases on their way, selections from the call to the list."""

from ninja import Router

from qiying.slices.casebook.api._entries import router as entries
from qiying.slices.casebook.api._library import router as library
from qiying.slices.casebook.api._selections import router as selections
from qiying.slices.casebook.api._work import router as work

router = Router(tags=["casebook"])
router.add_router("", library)
router.add_router("", work)
router.add_router("", selections)
router.add_router("", entries)
