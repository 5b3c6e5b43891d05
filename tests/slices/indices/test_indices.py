"""The dictionary, values kept apart by kind, editions that are judged, runs that can be replayed."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from qiying.kernel import tenancy
from qiying.kernel.access import Actor, Held, Role
from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.slices.indices import operations, public, queries
from qiying.slices.indices.models import Indicator, Place, Run, Value
from qiying.slices.indices.operations import IndicatorIn
from tests.slices.indices import steps
from tests.slices.world import World

NEW = {
    "code": "C01",
    "name": "研发经费占比",
    "definition": "研发经费÷地区生产总值",
    "polarity": 1,
    "source": "统计局",
    "kind": "statistics",
    "grade": "D",
}


def test_the_dictionary_has_the_45_indicators_of_the_zone_and_90_places(world: World) -> None:
    with tenancy.reading(world.system):
        codes = set(queries.list_indicators(world.system).values_list("code", flat=True))
        kinds = list(queries.places_now(world.system).values_list("kind", flat=True))
    assert {f"E{n:02}" for n in range(1, 46)} <= codes
    assert len(kinds) == 90
    assert (kinds.count("district"), kinds.count("city"), kinds.count("county")) == (37, 20, 33)
    assert operations.take_over(world.actor("analyst"), now=world.now) == (0, 0)


def test_every_place_has_a_tile_of_its_own(world: World) -> None:
    tiles = {(p.column, p.row) for p in steps.places(world)}
    assert len(tiles) == 90
    assert None not in {column for column, _row in tiles}


def test_a_new_definition_is_a_new_version_and_the_old_one_stays(world: World) -> None:
    row = operations.define(world.actor("analyst"), IndicatorIn(**NEW), now=world.now)
    assert row.version == 2
    with tenancy.reading(world.system):
        versions = Indicator.objects.filter(code="C01").order_by("version")
        assert [(v.version, v.is_current) for v in versions] == [(1, False), (2, True)]


@pytest.mark.parametrize(
    ("field", "value"),
    [("code", "no spaces!"), ("kind", "guess"), ("grade", "Z"), ("polarity", 0), ("name", " ")],
)
def test_a_wrong_definition_is_refused_at_its_field(
    world: World, field: str, value: object
) -> None:
    with pytest.raises(Invalid) as caught:
        operations.define(
            world.actor("analyst"),
            IndicatorIn(**{**NEW, field: value}),  # type: ignore[arg-type]
            now=world.now,
        )
    assert field in caught.value.fields


def test_values_keep_page_and_source_and_a_correction_follows(world: World) -> None:
    table = steps.rows(world)[:3]
    assert steps.bring(world, table).written == 12
    assert steps.bring(world, table).unchanged == 12
    table[0][3] = 99.5
    delivery = steps.bring(world, table)
    assert (delivery.written, delivery.unchanged) == (1, 11)
    with tenancy.reading(world.system):
        found = Value.objects.filter(indicator__code="C01", year=2023).order_by("id")
        assert [v.is_current for v in found] == [False, True]
        assert found[1].delivery.source == "虚构年鉴 2026"


def test_one_bad_cell_keeps_the_whole_table_out_unless_good_cells_are_wanted(world: World) -> None:
    table = steps.rows(world)[:2]
    table[1][4] = "约五十"
    assert steps.bring(world, table).written == 0
    delivery = steps.bring(world, table, is_good_only=True)
    assert delivery.written == 7
    assert delivery.faults == [
        {"row": 3, "column": "C09", "code": "indices.cell.number", "value": "约五十"}
    ]


def test_cells_that_no_database_can_read_are_named_not_fatal(world: World) -> None:
    row = steps.rows(world)[0]
    table = [
        [*row[:3], "\x00", "1\ud800", 10**400, True],
        ["\x00\ud800", "", "2025年", 1, 2, 3, 4],
    ]
    delivery = steps.bring(world, table)
    codes = [fault["code"] for fault in delivery.faults]
    assert codes == ["indices.cell.number", "indices.cell.number", "indices.cell.place"]


def test_departmental_data_never_pass_for_government_statistics(world: World) -> None:
    delivery = steps.bring(world, steps.rows(world)[:2], kind="departmental")
    assert {f["code"] for f in delivery.faults} == {"indices.cell.kind"}
    assert delivery.written == 0


def test_a_code_stands_for_the_place_of_that_year(world: World) -> None:
    row = steps.rows(world)[0]
    old = ["330110", "余杭区", 2020, *row[3:]]
    gone = ["330104", "江干区", 2023, *row[3:]]
    swapped = ["330110", "萧山区", 2023, *row[3:]]
    delivery = steps.bring(world, [old, gone, swapped], is_good_only=True)
    assert [f["code"] for f in delivery.faults] == [
        "indices.cell.boundary",
        "indices.cell.name",
    ]
    with tenancy.reading(world.system):
        place = Value.objects.filter(year=2020).first()
        assert place is not None
        assert place.place.valid_until is not None
        after = queries.after_of(world.system)[place.place_id]
    assert {s.after.adcode for s in after} == {"330110", "330113"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"first_year": 2026}, "last_year"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["gossip"]}, "kinds"),
        ({"tree": "a,b,c\n"}, "tree"),
        ({"tree": steps.TREE.replace("C30", "X99")}, "tree"),
        ({"tree": steps.TREE.replace("sharing,index", "sharing,C35")}, "tree"),
        ({"tree": steps.TREE.replace("index,,1", "index,sharing,1")}, "tree"),
        ({"tree": steps.TREE.replace("C01,level,1", "C01,level,much")}, "tree"),
        ({"plan": "version = 1"}, "plan"),
        ({"plan": "{"}, "plan"),
        ({"plan": steps.PLAN.replace("minmax", "wish")}, "plan"),
        ({"plan": steps.PLAN.replace("sets = 20", "sets = 100000000")}, "plan"),
    ],
)
def test_an_edition_that_cannot_be_reckoned_is_refused_at_its_field(
    world: World, change: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        steps.edition(world, **change)
    assert field in caught.value.fields


def test_a_run_ranks_every_place_and_says_how_firm_and_why(world: World) -> None:
    run = steps.reckoned(world)
    standings = queries.ranking(run)
    assert sorted(s.rank for s in standings) == list(range(1, 91))
    for s in standings:
        assert s.low is not None
        assert s.high is not None
        assert 1 <= s.low <= s.high <= 90
    best = standings[0]
    assert best.score == max(s.score or 0 for s in standings)
    at = [code for code, _ in run.inputs["units"]].index(best.adcode)
    parts = [part[at] for part in run.results["change"].values()]
    assert best.moved == pytest.approx(sum(parts), abs=1e-9)


def test_the_profile_of_a_place_is_in_order_of_its_distance_from_the_mean(world: World) -> None:
    run = steps.reckoned(world)
    ahead = [s.ahead for s in queries.profile(run, "330102")]
    assert len(ahead) == 4
    assert ahead == sorted((a for a in ahead if a is not None), reverse=True)
    assert queries.profile(run, "999999") == []


def test_a_run_replays_to_the_same_hash_and_nothing_can_change_it(world: World) -> None:
    run = steps.reckoned(world)
    kept, again = queries.replay(run)
    assert kept == again == run.content_hash
    with tenancy.acting(world.system), pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.filter(pk=run.pk).update(plan="version = 1")
    with tenancy.acting(world.system), pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.filter(pk=run.pk).delete()
    with tenancy.acting(world.system), pytest.raises(IntegrityError), transaction.atomic():
        Value.objects.filter(is_current=True).update(value=1.0)


def test_values_brought_later_do_not_move_a_run(world: World) -> None:
    run = steps.reckoned(world)
    table = steps.rows(world)
    table[0][3] = 1000.0
    steps.bring(world, table)
    with tenancy.reading(world.system):
        fresh = queries.get_run_by_id(world.system, run.pk)
    assert queries.replay(fresh)[1] == run.content_hash
    second = operations.run_edition(world.actor("analyst"), run.edition_id, now=world.now)
    assert second.version == 2
    assert second.content_hash != run.content_hash


def test_a_run_is_confidential_until_somebody_else_releases_it(world: World) -> None:
    run = steps.reckoned(world)
    for who in ("desk", "auditor"):
        with tenancy.reading(world.system), pytest.raises(NotFound):
            queries.get_run(world.actor(who), run.public_id)
    for who in ("analyst2", "supervisor", "leader"):
        with tenancy.reading(world.system):
            assert queries.get_run(world.actor(who), run.public_id).pk == run.pk
    with pytest.raises(Denied):
        operations.release(world.actor("analyst"), run.pk, now=world.now)
    operations.release(world.actor("supervisor"), run.pk, now=world.now)
    with tenancy.reading(world.system):
        assert queries.get_run(world.actor("desk"), run.public_id).state == "released"
    with pytest.raises(Refused):
        operations.release(world.actor("leader"), run.pk, now=world.now)


def test_whoever_made_a_run_cannot_release_it_whatever_roles_he_has(world: World) -> None:
    person = world.user("analyst").pk
    held = (Held(Role.ANALYST), Held(Role.SUPERVISOR))
    both = Actor(world.actor("analyst").tenant_id, "both", held, person_id=person)
    run = steps.reckoned(world)
    with pytest.raises(Refused) as caught:
        operations.release(both, run.pk, now=world.now)
    assert caught.value.code == "indices.run.own"


def test_only_analysts_write(world: World) -> None:
    for who in ("desk", "supervisor", "auditor"):
        with pytest.raises(Denied):
            operations.take_over(world.actor(who), now=world.now)
        with pytest.raises(Denied):
            steps.bring(world, steps.rows(world)[:1], who=who)


def test_an_edition_without_values_cannot_be_reckoned(world: World) -> None:
    row = steps.edition(world)
    with pytest.raises(Refused) as caught:
        operations.run_edition(world.actor("analyst"), row.pk, now=world.now)
    assert caught.value.code == "indices.run.no_values"


def test_other_weights_move_ranks_as_a_run_with_them_would(world: World) -> None:
    run = steps.reckoned(world)
    found = queries.what_if(run, {"level": 0.0})
    by_sharing = queries.ranking(run, node="sharing")
    units = [code for code, _ in run.inputs["units"]]
    ranks = dict(zip(units, found["ranks"], strict=True))
    assert ranks == {s.adcode: s.rank for s in by_sharing}
    assert queries.what_if(run, {})["ranks"] == [row[-1] for row in run.results["ranks"][-1]]
    for wrong in ({"nowhere": 1.0}, {"level": -1.0}, {"level": float("nan")}):
        with pytest.raises(Invalid):
            queries.what_if(run, wrong)


def test_figures_are_counted_from_released_runs_alone(world: World) -> None:
    run = steps.reckoned(world)
    assert public.figures(world.system) == {}
    operations.release(world.actor("leader"), run.pk, now=world.now)
    found = public.figures(world.actor("desk"))
    assert (found["B01"], found["B01.districts"], found["B01.counties"]) == (90, 37, 53)
    rose = sum((s.moved or 0) > 0 for s in queries.ranking(run))
    assert float(found["B02"]) == pytest.approx(100 * rose / 90, abs=0.05)


def test_another_zone_sees_nothing_of_it(world: World) -> None:
    run = steps.released(world)
    other = replace(world.actor("analyst"), tenant_id=world.actor("analyst").tenant_id + 1)
    with tenancy.reading(other):
        assert not Place.objects.visible_to(other).exists()
        with pytest.raises(NotFound):
            queries.get_run(other, run.public_id)
