"""Before a request is sent a second time the other side is asked whether it has the first.

A system that keeps the ``Idempotency-Key`` takes a request once however often it comes; many do
not, and nothing tells which. So whatever may have arrived is looked for by our number, which stands
in its words; where the other side cannot tell, a person looks.
"""

from datetime import UTC, datetime
from typing import Any

from qiying.kernel import outgoing
from qiying.slices.channels.rules import sending
from qiying.slices.channels.rules.sending import Asked


def ask_for(
    url: str,
    secret: str,
    jurisdiction: str,
    body: dict[str, Any],
    *,
    start: datetime,
    end: datetime,
) -> tuple[Asked, str]:
    """Whether a request that may have arrived is there, and its number there.

    One page of ``GET requests.json`` of the service and the window; ``OutgoingError`` when the
    other side does not answer at all.
    """
    params = {
        "api_key": secret,
        "service_code": str(body.get("service_code", "")),
        "start_date": _stamp(start - sending.OVERLAP),
        "end_date": _stamp(end),
    }
    if jurisdiction:
        params["jurisdiction_id"] = jurisdiction
    reply = outgoing.ask("GET", f"{url}/requests.json", params=params)
    if not reply.is_good:
        is_later = reply.status >= 500 or not sending.is_final(reply.status)
        return (Asked.LATER if is_later else Asked.UNSURE), ""
    return sending.found_in(reply.text, str(body.get("description", "")))


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
