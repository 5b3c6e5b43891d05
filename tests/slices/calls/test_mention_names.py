"""What stands after the @ of a note is the person's name, and still means one person."""

from qiying.kernel.access import Role
from qiying.slices.calls.operations._mentions import find_named
from qiying.slices.calls.rules.handles import handles
from tests.slices.calls import steps
from tests.slices.calls.test_speed import client_of
from tests.slices.world import World

TWINS = {1: ("王伟", "wang1"), 2: ("王伟", "wang2"), 3: ("李 敏", "li")}


def test_a_name_is_enough_and_the_unit_tells_two_alike_apart() -> None:
    units = {1: "经济发展局", 2: "规划建设局"}
    assert handles(TWINS, units) == {1: "王伟·经济发展局", 2: "王伟·规划建设局", 3: "李敏"}


def test_the_user_name_is_the_last_resort() -> None:
    same = {1: "经济发展局", 2: "经济发展局"}
    assert handles(TWINS, same) == {1: "wang1", 2: "wang2", 3: "李敏"}


def test_what_is_written_names_that_person_and_no_other(world: World) -> None:
    world.person("wang1", Role.SUPERVISOR)
    world.person("wang2", Role.DESK)
    people = [world.user("wang1"), world.user("wang2")]
    for person in people:
        person.name = "王伟"
    units = {people[0].pk: "经济发展局", people[1].pk: "规划建设局"}
    assert find_named("请@王伟 看", people, units) == []
    assert find_named("请@王伟·规划建设局看", people, units) == [people[1]]


def test_the_list_of_people_offers_name_and_unit_and_never_the_user_name(world: World) -> None:
    call = steps.working(world)
    safety = world.user("safety")
    safety.name = "安全科 周明"
    safety.save(update_fields=["name"])
    address = f"/calls/case/{call.public_id}/people/named/?q=周"
    rows = client_of(world, "desk").get(address).json()["people"]
    assert [row["insert"] for row in rows] == ["安全科周明"]
    assert rows[0]["name"].startswith("安全科 周明 · ")
