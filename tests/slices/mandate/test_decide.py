"""From the register in the database to an answer, and back again from what was kept."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from qiying.engines import jurisdiction
from qiying.kernel import tenancy
from qiying.kernel.access import Actor, Role, stand_in
from qiying.kernel.errors import Invalid, NotFound
from qiying.kernel.models import Event
from qiying.slices.mandate import models, operations, public, rules
from tests.slices.mandate.conftest import (
    HOME,
    NOW,
    REFORM,
    ROAD,
    TODAY,
    TOWN_EAST,
    TOWN_WEST,
    WALL,
)

BEFORE = date(2023, 5, 1)


def ask(actor: Actor, code: str, at: tuple[float, float] | None, **more: Any) -> public.Ruling:
    place = {} if at is None else {"longitude": at[0], "latitude": at[1]}
    on = more.pop("on", TODAY)
    return public.propose(actor, matter_code=code, on=on, **place, **more)


CASES: list[tuple[str, tuple[float, float], dict[str, Any], str, str]] = [
    ("M016", WALL, {}, "ZONE", "J3"),
    ("M016", TOWN_EAST, {}, "TE", "J7"),
    ("M016", TOWN_WEST, {}, "TW", "J7"),
    ("M017", WALL, {}, "EMB", "J2"),
    ("M001", TOWN_EAST, {"belongs_to_zone": True}, "ZONE", "J7"),
    ("M001", TOWN_EAST, {"belongs_to_zone": False}, "TE", "J7"),
    ("M072", WALL, {}, "TE", "J7"),
    ("M104", WALL, {}, "EDU", "J2"),
    ("M111", HOME, {"object_kind": "residential_neighbourhood"}, "TE", "J4"),
    ("M016", HOME, {"object_kind": "residential_neighbourhood"}, "ZONE", "J3"),
    ("M069", ROAD, {"object_kind": "segment"}, "ZONE_SOE", "J5"),
    ("M016", WALL, {"is_danger": True}, "FIRE", "J1"),
    ("M072", WALL, {"on": BEFORE}, "ZONE", "J0"),
    ("M066", WALL, {"on": BEFORE}, "ZONE", "J0"),
    ("M017", WALL, {"on": BEFORE}, "EMB", "J2"),
    ("M072", TOWN_EAST, {"on": BEFORE}, "TE", "J7"),
]


def test_the_seeded_register_answers_by_the_decision_model(zone: Actor) -> None:
    units = operations.worlds(zone).register.units
    for code, at, more, lead, rule in CASES:
        found = ask(zone, code, at, **more)
        assert (found.lead_code, found.rule) == (lead, rule), (code, at, more)
        assert found.lead_unit_id == units[lead].id


def test_near_the_wall_both_candidates_stand_and_a_person_confirms(zone: Actor) -> None:
    found = ask(zone, "M031", (119.2001, 29.005))
    assert found.needs_confirmation
    assert set(found.candidate_codes) == {"ZONE", "TE"}
    assert found.side == "band"
    assert found.distance_m == pytest.approx(9.7, abs=0.2)


def test_reasons_are_said_in_the_readers_language_with_source_and_grade(zone: Actor) -> None:
    with translation.override("en"):
        found = ask(zone, "M016", WALL)
    (locked,) = [r for r in found.reasons if r.code == "J3"]
    assert locked.sentence.startswith("A statute places this duty on the zone")
    assert (locked.source, locked.grade) == ("Work Safety Law", "A")
    assert {r.unit_code for r in found.rejected} == {"TE"}


def test_an_unknown_line_goes_to_the_county_until_a_precedent_speaks(zone: Actor) -> None:
    here = (119.19, 28.99)
    asked = {"object_kind": "segment"}
    assert ask(zone, "M078", here, **asked).needs_adjudication
    public.record_precedent(
        zone,
        matter_code="M078",
        lead_unit_code="HUD",
        place={"longitude": here[0], "latitude": here[1]},
        reason=("管线由住建局养护", "The bureau maintains the pipe"),
        valid_from=date(2025, 1, 1),
        now=NOW,
    )
    found = ask(zone, "M078", here, **asked)
    assert (found.lead_code, found.rule) == ("HUD", "J8")
    assert "PRECEDENT" in {r.code for r in found.reasons}
    assert ask(zone, "M078", here, on=date(2024, 12, 31), **asked).needs_adjudication


PRESUMED: list[tuple[str, tuple[float, float], str | None]] = [
    ("M078", (119.21, 29.012), "ZONE_SOE"),
    ("M078", TOWN_EAST, "HUD"),
    ("M043", (119.21, 29.012), "TE"),
    ("M135", TOWN_WEST, "TW"),
    ("M078", (119.2001, 29.012), None),
]


def test_a_facility_without_an_owner_is_presumed_the_units_that_the_row_names(zone: Actor) -> None:
    for code, at, owner in PRESUMED:
        assert ask(zone, code, at).needs_adjudication, (code, at)
        with translation.override("zh-hans"):
            found = ask(zone, code, at, presumes_owner=True)
        assert found.lead_code == owner, (code, at)
        assert (found.needs_confirmation, found.needs_adjudication) == (bool(owner), not owner)
        assert ("产权待确认" in found.presumption) == bool(owner)
    at_home = ask(zone, "M078", (119.21, 29.012), presumes_owner=True)
    assert [r.code for r in at_home.reasons] == ["ROW", "PRESUMED_OWNER", "J5"]
    assert {r.unit_code for r in at_home.rejected} == {"HUD"}
    stated = ask(zone, "M078", TOWN_EAST, presumes_owner=True, owner_unit_code="ZONE_SOE")
    assert (stated.lead_code, stated.presumption) == ("ZONE_SOE", "")
    drawn = ask(zone, "M069", ROAD, presumes_owner=True)
    assert (drawn.lead_code, drawn.presumption) == ("ZONE_SOE", "")


def test_a_presumption_is_kept_with_the_case_and_replays(zone: Actor, desk: Actor) -> None:
    asked = {"longitude": 119.21, "latitude": 29.012, "presumes_owner": True}
    kept = public.decide(desk, matter_code="M078", on=TODAY, now=NOW, **asked)
    with tenancy.reading(zone):
        row = models.Decision.objects.get(pk=kept.decision_id)
    assert (row.is_owner_presumed, row.needs_confirmation) == (True, True)
    assert row.case["owner"] == "ZONE_SOE"
    assert public.replay(zone, row.pk) == (row.digest, row.digest)
    assert public.ruling(zone, row.pk).presumption == kept.presumption
    barred = public.decide(
        desk, matter_code="M078", on=TODAY, now=NOW, recused=("ZONE_SOE",), **asked
    )
    assert barred.lead_code == "ZONE"


def test_laws_are_cited_by_article_and_an_analogy_says_that_it_is_one(zone: Actor) -> None:
    asked = {"object_kind": "residential_neighbourhood"}
    laws = {r.code: r.law for r in ask(zone, "M111", HOME, **asked).reasons}
    assert laws["J4"] == "《山东省经济开发区条例》第26条（外省法规，类推参照）"
    with translation.override("en"):
        laws = {r.code: r.law for r in ask(zone, "M016", WALL).reasons}
    assert laws["J3"] == "Work Safety Law, Art. 9"


def test_a_neighbourhood_is_the_zones_until_it_is_handed_over(zone: Actor) -> None:
    asked = {"object_kind": "residential_neighbourhood", "on": date(2025, 3, 1)}
    row = public.open_handover(zone, area_key="N1", to_unit_code="TE", now=NOW)
    assert ask(zone, "M111", HOME, **asked).rule == "J4P"
    for name in rules.LISTS:
        operations.count_list(zone, row.pk, name, listed=0, accepted=0, is_none=True, now=NOW)
    for step in ("list", "agree", "announce", "transfer"):
        public.advance_handover(
            zone, row.pk, step, on=date(2025, 2, 1), now=NOW, document="协议1号"
        )
    assert (ask(zone, "M111", HOME, **asked).lead_code) == "TE"
    asked["on"] = date(2025, 1, 31)
    assert ask(zone, "M111", HOME, **asked).lead_code == "ZONE"


def test_a_decision_is_kept_with_its_world_and_replays_after_the_register_changed(
    zone: Actor, desk: Actor
) -> None:
    kept = public.decide(
        desk, matter_code="M016", on=TODAY, now=NOW, longitude=WALL[0], latitude=WALL[1]
    )
    assert kept.decision_id is not None
    public.revise(
        zone,
        "M016",
        effective_on=date(2025, 1, 1),
        values={"lead_inside": ("EMB",), "status": "DEPT", "lead_outside": ("EMB",)},
        reason="试验",
        now=NOW,
    )
    assert ask(zone, "M016", WALL).lead_code == "EMB"
    stored, again = public.replay(desk, kept.decision_id)
    assert stored == again == kept.digest
    assert public.replay_all(desk) == (1, [])
    with tenancy.reading(desk):
        row = models.Decision.objects.get(id=kept.decision_id)
        assert row.engine_version == jurisdiction.VERSION
        assert row.lead_unit_id == kept.lead_unit_id
        assert Event.objects.filter(topic="mandate.decided", subject_id=row.pk).exists()
        with translation.override("en"):
            in_english = public.ruling(desk, row.pk)
        assert [r.code for r in in_english.reasons] == [r.code for r in kept.reasons]
        assert in_english.digest == kept.digest


def test_one_world_is_kept_for_many_decisions(zone: Actor, desk: Actor) -> None:
    for _ in range(3):
        public.decide(desk, matter_code="M001", on=TODAY, now=NOW, longitude=119.2, latitude=29.0)
    with tenancy.reading(desk):
        assert models.Snapshot.objects.count() == 1
        assert models.Decision.objects.count() == 3


def test_what_was_decided_can_neither_be_changed_nor_removed(zone: Actor, desk: Actor) -> None:
    public.decide(desk, matter_code="M001", on=TODAY, now=NOW, longitude=119.2, latitude=29.0)
    with pytest.raises(ProgrammingError, match="permission denied"), tenancy.acting(desk):
        models.Decision.objects.update(digest="0" * 64)


def test_a_second_decision_costs_few_queries(zone: Actor, desk: Actor) -> None:
    asked: dict[str, Any] = {
        "matter_code": "M016",
        "on": TODAY,
        "longitude": 119.21,
        "latitude": 29.01,
    }
    public.decide(desk, now=NOW, **asked)
    with tenancy.acting(desk):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            public.decide(desk, now=NOW, **asked)
        assert len(seen) <= 4
        with CaptureQueriesContext(connection) as seen:
            public.propose(desk, **asked)
        assert len(seen) <= 1


def test_the_checker_stops_a_wrong_answer_before_it_is_written(
    zone: Actor, desk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = jurisdiction.Violation
    monkeypatch.setattr(jurisdiction, "check", lambda *_: (fault,))
    with pytest.raises(RuntimeError):
        public.decide(desk, matter_code="M001", on=TODAY, now=NOW, longitude=119.2, latitude=29.0)
    with tenancy.reading(desk):
        assert not models.Decision.objects.exists()


@pytest.mark.parametrize(
    ("code", "more", "error"),
    [
        ("M999", {}, NotFound),
        ("M001", {"longitude": 999.0}, Invalid),
        ("M001", {"object_kind": "castle"}, Invalid),
        ("M001", {"accuracy_m": -1.0}, Invalid),
        ("M069", {"owner_unit_code": "NOBODY"}, Invalid),
        ("M001", {"geometry": {"type": "Circle", "coordinates": []}}, Invalid),
    ],
)
def test_a_question_that_cannot_be_read_is_refused_with_a_code(
    zone: Actor, code: str, more: dict[str, Any], error: type[Exception]
) -> None:
    asked = {"longitude": 119.2, "latitude": 29.0, **more}
    with pytest.raises(error):
        public.propose(zone, matter_code=code, on=TODAY, **asked)


def test_another_tenant_sees_nothing_of_it(zone: Actor, desk: Actor) -> None:
    kept = public.decide(
        desk, matter_code="M001", on=TODAY, now=NOW, longitude=119.2, latitude=29.0
    )
    stranger = stand_in(desk.tenant_id + 1000, Role.ADMINISTRATOR)
    assert public.matters(stranger, REFORM) == ()
    with pytest.raises(NotFound):
        public.ruling(stranger, kept.decision_id or 0)


def test_the_object_kinds_of_the_slice_are_the_engines() -> None:
    assert [k.value for k in rules.ObjectKind] == [k.value for k in jurisdiction.KINDS]
    assert set(models.labels.ObjectKind.values) == {k.value for k in jurisdiction.KINDS}
