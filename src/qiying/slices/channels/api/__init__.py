"""``/api/v1/channels``: the ways by which calls come in, are handed on and are answered."""

from ninja import Router

from qiying.slices.channels.api._batches import router as batches
from qiying.slices.channels.api._endpoints import router as endpoints
from qiying.slices.channels.api._forwards import router as forwards
from qiying.slices.channels.api._mails import router as mails
from qiying.slices.channels.api._orders import router as orders
from qiying.slices.channels.api._referrals import router as referrals

router = Router(tags=["channels"])
for found in (orders, referrals, mails, batches, forwards, endpoints):
    router.add_router("", found)
