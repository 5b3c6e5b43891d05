"""Words kept for one reader show another one only what is theirs; rules count for everybody."""

from datetime import timedelta

import pytest

from qiying.kernel import tenancy
from qiying.kernel.access import Actor, Held, Role
from qiying.kernel.errors import NotFound
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.models import Job, Quote, Seat, Technician
from tests.slices.rescue import steps
from tests.slices.world import World

pytestmark = pytest.mark.django_db
PEOPLE = (
    *("boss", "rival", "chief", "desk", "zhao", "qian", "sun", "li", "manager", "leader"),
    *("supervisor", "admin"),
)


def _seen(actor: Actor, job: Job) -> bool:
    try:
        by_key = queries.get_job(actor, job.pk)
        by_address = queries.get_by_public_id(actor, job.public_id)
    except NotFound:
        return False
    assert by_key == by_address == job
    return True


def test_everybody_sees_the_jobs_that_the_object_mapper_would_show(world: World) -> None:
    jobs = [steps.offered(world), steps.under_way(world), steps.reported(world)]
    world.later(minutes=1)
    for _ in range(2):
        for name in PEOPLE:
            actor = world.actor(name)
            with tenancy.reading(actor):
                mine = set(Job.objects.visible_to(actor).values_list("pk", flat=True))
                assert {j.pk for j in jobs if _seen(actor, j)} == mine, name
        jobs.append(steps.offered(world, name="1号行车"))


def test_a_key_sees_what_it_reported_and_another_key_does_not(world: World) -> None:
    ours, other = (
        Actor(world.tenant.pk, "key", (Held(Role.MACHINE),), key_id=number) for number in (1, 2)
    )
    job = steps.reported(world)
    with tenancy.acting(world.system):
        Job.objects.filter(pk=job.pk).update(reported_by=ours.identity)
    for _ in range(2):
        with tenancy.reading(ours):
            assert _seen(ours, job)
        with tenancy.reading(other):
            assert not _seen(other, job)


def test_what_a_step_asks_comes_as_the_object_mapper_makes_it(world: World) -> None:
    job = steps.quoted(world)
    house = world.system
    with tenancy.reading(house):
        loaded = queries.get_job(house, job.pk)
        plain = Job.objects.select_related("equipment__kind", "enterprise").get(pk=job.pk)
        assert vars(loaded).keys() == vars(plain).keys()
        for field in Job._meta.concrete_fields:
            assert getattr(loaded, field.attname) == getattr(plain, field.attname)
        assert loaded.equipment == plain.equipment
        assert loaded.enterprise == plain.enterprise
        assert queries.seats_of(job) == list(Seat.objects.filter(job=job).order_by("position"))
        assert queries.quote_of(job) == Quote.objects.filter(job=job).latest("version")
        for name in ("zhao", "qian", "boss"):
            actor = world.actor(name)
            mine = Technician.objects.filter(person_id=actor.person_id, left_on=None).first()
            assert queries.technician_of(actor) == mine


def test_the_zones_rules_count_for_whoever_presses_the_button(world: World) -> None:
    before = steps.reported(world)
    assert before.answer_due_at == world.now + timedelta(minutes=120)
    operations.set_rules(world.actor("chief"), now=world.now, answer_within_min=45)
    for who in ("boss", "desk"):
        job = steps.reported(world, who=who)
        assert job.answer_due_at == world.now + timedelta(minutes=45), who


def test_the_zones_radius_counts_for_the_technician_at_the_machine(world: World) -> None:
    operations.set_rules(world.actor("chief"), now=world.now, site_radius_m=5000)
    job = steps.under_way(world)
    far = steps.phone(world, longitude=119.215)
    who = steps.holder(world, job)
    assert steps.take(world, who, job, "arrive", **far).state == "on_site"
