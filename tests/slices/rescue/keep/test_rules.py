"""The zone's rules as a page and an interface; which calls open a rescue by themselves."""

from decimal import Decimal
from typing import Any

import pytest

from qiying.kernel import events, jobs, tenancy
from qiying.kernel.errors import Denied, Invalid
from qiying.kernel.models import Event
from qiying.slices.mandate import public as mandate
from qiying.slices.rescue import handlers, operations, queries
from qiying.slices.rescue.models import Job, RescueRules
from qiying.slices.rescue.models.rule_labels import GROUPS, RULES
from qiying.slices.rescue.rules import LIMITS, OWN_MATTER
from tests.slices.calls import steps as calls
from tests.slices.rescue.keep.test_interface import post
from tests.slices.rescue.keep.test_pages import signed_in
from tests.slices.world import World

pytestmark = pytest.mark.django_db


def latest(world: World) -> RescueRules | None:
    with tenancy.reading(world.system):
        return queries.rules_row(world.system)


def filled(world: World, **changes: Any) -> dict[str, Any]:
    """What the form holds when it is opened, with some of it changed."""
    page = signed_in(world, "admin").get("/rescue/rules/edit/")
    form = page.context["form"]
    given = {name: form.get_initial_for_field(f, name) for name, f in form.fields.items()}
    start = {k: v for k, v in given.items() if v is not None}
    return {**start, "reason": "年度调整", **changes}


def give_out(world: World, matter: str, lead: str = "ZONE_SERVICE") -> Event:
    """A call of 宏达 that the desk gives out, with its matter, through the desk's own steps."""
    words = {"title": "3号纸机停机", "text": "3号纸机传动部跳闸，整条线停产，请派人来修。"}
    call = calls.raise_call(world, matter_code=matter, **words)
    calls.take(world, "desk", call, "accept")
    calls.take(world, "desk", call, "dispatch", lead_unit_id=world.units[lead], co_units=[])
    with tenancy.reading(world.system):
        return Event.objects.get(topic="calls.dispatched", subject_id=call.pk)


def worked_off(world: World, event: Event) -> None:
    name = f"{handlers.__name__}.open_for_call"
    assert events.handler_named(event.topic, name) is not None
    jobs.handle_event(tenant_id=world.tenant.pk, event_id=event.pk, handler=name)


def test_every_rule_is_shown_once() -> None:
    shown = [name for _words, names in GROUPS for name in names]
    assert sorted(shown) == sorted([*LIMITS, "night_factor"]) == sorted(RULES)


def test_a_call_of_the_zones_own_matter_opens_a_rescue(world: World) -> None:
    operations.enter_own_matter(world.actor("admin"), now=world.now)
    worked_off(world, give_out(world, OWN_MATTER))
    with tenancy.reading(world.system):
        job = Job.objects.get()
    assert (job.title, job.channel, job.state) == ("3号纸机停机", "call", "reported")
    assert job.enterprise_id == world.firms["宏达"]


def test_a_call_of_another_matter_opens_none_though_the_own_one_is_marked(world: World) -> None:
    operations.enter_own_matter(world.actor("admin"), now=world.now)
    worked_off(world, give_out(world, "M016", "ZONE_SAFE"))
    with tenancy.reading(world.system):
        assert not Job.objects.exists()


def test_the_own_matter_says_that_it_is_the_zones_own(world: World) -> None:
    operations.enter_own_matter(world.actor("admin"), now=world.now)
    on = queries.today(world.now)
    with tenancy.reading(world.system):
        card = mandate.matter(world.actor("desk"), OWN_MATTER, on)
    assert (card.evidence, card.legal_basis, card.lead_inside) == ("D", (), ("ZONE",))
    assert "园区自设事项" in card.basis_text


def test_the_own_matter_is_entered_once_and_keeps_what_was_marked(world: World) -> None:
    admin = world.actor("admin")
    operations.set_rules(admin, now=world.now, matter_codes=("M016",), answer_within_min=90)
    first = operations.enter_own_matter(admin, now=world.later(minutes=1))
    again = operations.enter_own_matter(admin, now=world.later(minutes=1))
    assert first.pk == again.pk
    assert (first.matter_codes, first.answer_within_min) == (["M016", OWN_MATTER], 90)


@pytest.mark.parametrize("who", ["chief", "desk", "manager", "boss"])
def test_nobody_else_enters_the_own_matter(world: World, who: str) -> None:
    with pytest.raises(Denied):
        operations.enter_own_matter(world.actor(who), now=world.now)
    assert signed_in(world, who).post("/rescue/rules/own-matter/").status_code == 403


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"matter_codes": ("M999",)}, "matter_codes"),
        ({"answer_within_min": 3}, "answer_within_min"),
        ({"night_factor": Decimal("9")}, "night_factor"),
        ({"night_factor": Decimal("NaN")}, "night_factor"),
        ({"grade": "Z"}, "grade"),
        ({"no_such_rule": 1}, "no_such_rule"),
    ],
)
def test_what_no_rule_can_be_is_refused_beside_its_field(
    world: World, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        operations.set_rules(world.actor("chief"), now=world.now, **given)
    assert set(caught.value.fields) == {field}
    assert latest(world) is None


def test_the_page_sets_the_rules_and_says_who_changed_what_and_why(world: World) -> None:
    client = signed_in(world, "admin")
    given = filled(world, answer_within_min=60, more_matters="m016，M017")
    answer = client.post("/rescue/rules/edit/", given)
    assert (answer.status_code, answer["Location"]) == (303, "/rescue/rules/")
    row = latest(world)
    assert row is not None
    assert (row.answer_within_min, row.matter_codes) == (60, ["M016", "M017"])
    shown = client.get("/rescue/rules/").content.decode()
    assert "年度调整" in shown
    assert "120 → 60" in shown


def test_a_source_once_given_stays_until_another_is_given(world: World) -> None:
    chief = world.actor("chief")
    operations.set_rules(chief, now=world.now, source_zh="管委会纪要", grade="B")
    row = operations.set_rules(chief, now=world.later(minutes=1), answer_within_min=60)
    assert (row.source_zh, row.grade) == ("管委会纪要", "B")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"more_matters": "M999"}, "M999"),
        ({"answer_within_min": "0"}, "10"),
        ({"answer_within_min": "x"}, ""),
        ({"reason": ""}, ""),
        ({"grade": "Z"}, ""),
    ],
)
def test_the_page_names_what_is_wrong(world: World, change: dict[str, str], words: str) -> None:
    answer = signed_in(world, "chief").post("/rescue/rules/edit/", filled(world, **change))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert latest(world) is None


def test_a_double_click_sets_the_rules_once(world: World) -> None:
    client, given = signed_in(world, "admin"), filled(world, idempotency_key="k-1")
    assert [client.post("/rescue/rules/edit/", given).status_code for _ in range(2)] == [303, 303]
    with tenancy.reading(world.system):
        assert RescueRules.objects.count() == 1


def test_the_house_reads_the_rules_and_others_do_not(world: World) -> None:
    assert signed_in(world, "leader").get("/rescue/rules/").status_code == 200
    assert signed_in(world, "leader").get("/rescue/rules/edit/").status_code == 403
    for who in ("boss", "zhao", "manager"):
        assert signed_in(world, who).get("/rescue/rules/").status_code == 403


def test_the_interface_sets_and_reads_the_rules(world: World) -> None:
    chief = signed_in(world, "chief")
    body = {"tier1_min": 5, "matter_codes": ["M016"], "reason": "试行"}
    made = post(chief, "/rules", body, "k1")
    assert made.status_code == 201
    read = chief.get("/api/v1/rescue/rules").json()
    assert (read["limits"]["tier1_min"], read["matter_codes"]) == (5, ["M016"])
    assert read["versions"][0]["changed"] == ["matter_codes", "tier1_min"]
    for wrong in ({"tier1_min": 0}, {"matter_codes": ["M999"]}, {"grade": "Z"}, {"x": 1}):
        assert post(chief, "/rules", {"reason": "试", **wrong}).status_code == 422
    assert post(signed_in(world, "leader"), "/rules", body).status_code == 403
    assert post(chief, "/rules/own-matter", {}).status_code == 403
    entered = post(signed_in(world, "admin"), "/rules/own-matter", {})
    assert entered.json()["matter_codes"] == ["M016", OWN_MATTER]
