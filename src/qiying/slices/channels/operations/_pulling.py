"""Asking other systems what became of the calls that were handed on to them."""

from datetime import UTC, datetime
from typing import Any

from qiying.kernel import outgoing, sealing, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.outgoing import OutgoingError
from qiying.slices.channels import queries
from qiying.slices.channels.models import Endpoint, Forward
from qiying.slices.channels.operations._forwards import hear
from qiying.slices.channels.operations._sending import first_row, resolve_token, rows_of
from qiying.slices.channels.rules import sending
from qiying.slices.channels.rules.codes import ForwardState
from qiying.slices.channels.rules.columns import is_of_ours


def pull_due(actor: Actor, *, now: datetime, is_all: bool = False) -> int:
    """Ask every system whose time has come; how many updates were new."""
    actor.require(Role.SYSTEM)
    with tenancy.reading(actor):
        found = queries.endpoints_to_pull(actor, now, is_all=is_all)
    return sum(pull(actor, endpoint, now=now) for endpoint in found)


def pull(actor: Actor, endpoint: Endpoint, *, now: datetime) -> int:
    """Ask one system for what changed since the last time; windows overlap, nothing counts twice."""
    start = max(
        (endpoint.pulled_until or endpoint.made_at) - sending.OVERLAP,
        now - sending.LONGEST_WINDOW,
    )
    with tenancy.reading(actor):
        forwards = queries.forwards_of_endpoint(actor, endpoint.pk)
    try:
        secret = sealing.unseal(endpoint.sealed_key, purpose=sending.SEALED_FOR)
        _resolve(actor, endpoint, secret, forwards, now)
        rows = _ask(endpoint, secret, start, now)
    except sealing.BrokenSealError:
        return _note(actor, endpoint, "sealed", now)
    except OutgoingError as error:
        return _note(actor, endpoint, error.code, now)
    by_number = {f.remote_id: f.pk for f in forwards if f.remote_id}
    count = 0
    for row in sorted(rows, key=lambda r: r["at"]):
        if row["number"] in by_number:
            said = {k: row[k] for k in ("update_id", "status", "text", "at")}
            count += hear(actor, by_number[row["number"]], **said, now=now)
    _note(actor, endpoint, "", now)
    return count


def _ask(endpoint: Endpoint, secret: str, start: datetime, now: datetime) -> list[dict[str, Any]]:
    params = {"start_date": _stamp(start), "end_date": _stamp(now), "api_key": secret}
    if endpoint.jurisdiction:
        params["jurisdiction_id"] = endpoint.jurisdiction
    url = f"{endpoint.url.rstrip('/')}/servicerequestupdates.json"
    reply = outgoing.ask("GET", url, params=params, headers={"User-Agent": "Qiying"})
    if not reply.is_good:
        raise OutgoingError("refused" if reply.status < 500 else "unavailable")
    found = [_update(row) for row in rows_of(reply.text)]
    return [row for row in found if row is not None]


def _update(row: dict[str, Any]) -> dict[str, Any] | None:
    """An update as we keep it; None for one that names neither request nor itself nor a time."""
    update_id, number = str(row.get("update_id") or ""), str(row.get("service_request_id") or "")
    try:
        at = datetime.fromisoformat(str(row.get("updated_datetime") or ""))
    except ValueError:
        return None
    if not update_id or not number or len(update_id) > 64 or not is_of_ours(at):
        return None
    return {
        "update_id": update_id,
        "number": number,
        "status": str(row.get("status") or "OPEN").upper().replace(" ", "_"),
        "text": str(row.get("description") or "").replace("\x00", ""),
        "at": at if at.tzinfo else at.replace(tzinfo=UTC),
    }


def _resolve(
    actor: Actor, endpoint: Endpoint, secret: str, forwards: list[Forward], now: datetime
) -> None:
    """Ask for the numbers of what was only given a token so far."""
    for forward in forwards:
        if forward.state != ForwardState.TOKEN:
            continue
        url = f"{endpoint.url.rstrip('/')}/tokens/{forward.remote_token}.json"
        params = {"api_key": secret}
        if endpoint.jurisdiction:
            params["jurisdiction_id"] = endpoint.jurisdiction
        reply = outgoing.ask("GET", url, params=params)
        number = str(first_row(reply.text).get("service_request_id") or "")
        if reply.is_good and number:
            resolve_token(actor, forward.pk, number, now=now)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@tenancy.operation
def _note(actor: Actor, endpoint: Endpoint, error: str, now: datetime) -> int:
    """Note how asking went, and when to ask again."""
    rows = Endpoint.objects.select_for_update(of=("self",))
    row = rows.get(tenant_id=actor.tenant_id, pk=endpoint.pk)
    if error:
        row.pull_fails += 1
        row.next_pull_at = now + max(sending.PULL_EVERY, sending.wait_after(row.pull_fails))
    else:
        row.pull_fails, row.pulled_until = 0, now
        row.next_pull_at = now + sending.PULL_EVERY
    row.pull_error = error
    row.save(update_fields=["pull_fails", "pull_error", "pulled_until", "next_pull_at"])
    return 0
