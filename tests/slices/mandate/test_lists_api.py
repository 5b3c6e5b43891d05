"""Editions, delegated powers, hand-overs and precedents as machines list them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from qiying.kernel import people
from qiying.kernel.access import Actor
from qiying.slices.mandate import operations
from tests.slices.mandate.conftest import NOW, TODAY

BASE = "/api/v1/mandate"


@pytest.fixture
def machine(zone: Actor) -> Client:
    _row, secret = people.issue_key(zone, "partner", now=NOW)
    return Client(headers={"X-API-Key": secret})


def items(client: Client, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(f"{BASE}/{path}", query)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    return list(body if isinstance(body, list) else body["items"])


def test_an_edition_says_whether_the_register_still_is_what_was_published(
    zone: Actor, machine: Client
) -> None:
    before = len(items(machine, "editions"))
    given = {"name_zh": "修订版", "name_en": "Revision", "effective_on": TODAY}
    operations.publish(zone, kind="revision", **given, now=NOW)
    found = items(machine, "editions")
    assert len(found) == before + 1
    latest = next(e for e in found if e["effective_on"] == f"{TODAY:%Y-%m-%d}")
    assert (latest["name_en"], latest["holds"]) == ("Revision", True)
    assert latest["matters"] == len(items(machine, "matters", on=TODAY.isoformat()))


def test_delegated_powers_are_listed_by_matter_and_day(zone: Actor, machine: Client) -> None:
    until = TODAY + timedelta(days=30)
    operations.delegate(
        zone,
        matter_code="M016",
        kind="entrusted",
        from_unit_code="COUNTY",
        to_unit_code="ZONE",
        document="虚构文件第1号",
        valid_from=TODAY,
        valid_to=until,
        now=NOW,
    )
    found = items(machine, "delegations", matter="M016", on=TODAY.isoformat())
    assert [(d["from_unit"], d["to_unit"]) for d in found] == [("COUNTY", "ZONE")]
    assert items(machine, "delegations", matter="M016", on=until.isoformat()) == []
    assert items(machine, "delegations", matter="M017", on=TODAY.isoformat()) == []


def test_hand_overs_and_precedents_are_listed(zone: Actor, machine: Client) -> None:
    operations.open_handover(zone, area_key="N1", to_unit_code="TE", now=NOW)
    operations.record_precedent(
        zone,
        matter_code="M016",
        lead_unit_code="TE",
        place={"area_kind": "neighbourhood", "area_key": "N1"},
        reason=("县级裁定", "decided by the county"),
        valid_from=date(2026, 1, 1),
        now=NOW,
    )
    assert [(h["area"], h["to_unit"], h["is_extended"]) for h in items(machine, "handovers")] == [
        ("N1", "TE", False)
    ]
    found = items(machine, "precedents", matter="M016")
    assert [(p["lead"], p["area"], p["decided_by"]) for p in found] == [("TE", "N1", "COUNTY")]
    assert items(machine, "precedents", matter="M017") == []


@pytest.mark.parametrize("path", ["editions", "delegations", "handovers", "precedents"])
def test_lists_are_for_the_house_and_bad_questions_are_refused(machine: Client, path: str) -> None:
    assert Client().get(f"{BASE}/{path}").status_code == 401
    if path != "editions":
        assert machine.get(f"{BASE}/{path}", {"size": 9999}).status_code == 422
        assert machine.get(f"{BASE}/{path}", {"cursor": "nonsense"}).status_code in {200, 422}
