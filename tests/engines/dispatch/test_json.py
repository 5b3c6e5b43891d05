"""Instances as JSON: what is written is read again, what means nothing is refused with its place."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiying.engines.dispatch import (
    MalformedError,
    Params,
    Plan,
    Problem,
    digest,
    read_plan,
    read_problem,
    schema,
    solve,
    write_json,
)
from tests.engines.dispatch.instances import instance


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_what_is_written_is_read_again(seed: int) -> None:
    problem = instance(seed)
    again = read_problem(write_json(problem))

    assert again == problem
    assert digest(again) == digest(problem)
    plan = solve(problem, Params(iterations=0), compiled=False).plan
    assert read_plan(write_json(plan)) == plan


def test_another_instance_has_another_digest() -> None:
    assert len({digest(instance(seed)) for seed in range(20)}) == 20


MINIMAL: dict[str, Any] = {
    "origin": "2026-06-01T08:00:00+08:00",
    "now": 0,
    "skills": ["lift"],
    "technicians": [
        {
            "id": "a",
            "at": {"x": 0, "y": 0},
            "certificates": [{"skill": "lift"}],
            "windows": [{"starts_at": 0, "ends_at": 480}],
        }
    ],
    "jobs": [{"id": "j", "kind": "emergency", "at": {"x": 1, "y": 1}, "skills": ["lift"]}],
}


def test_the_least_instance_of_the_documentation_is_read() -> None:
    assert read_problem(json.dumps(MINIMAL)).jobs[0].duration == 60.0


@pytest.mark.parametrize(
    ("path", "value", "place", "reason"),
    [
        (("now",), "soon", "now", "not_a_number"),
        (("now",), True, "now", "not_a_number"),
        (("origin",), "2026-06-01T08:00:00", "origin", "no_time_zone"),
        (("origin",), "today", "origin", "not_a_moment"),
        (("colour",), 1, "colour", "unknown_name"),
        (("jobs",), {}, "jobs", "not_a_list"),
        (("jobs", 0, "kind"), "party", "jobs[0].kind", "not_one_of"),
        (("jobs", 0, "crew"), 0, "jobs[0]", "crew_out_of_range"),
        (("jobs", 0, "crew"), 1.5, "jobs[0].crew", "not_a_whole_number"),
        (("jobs", 0, "skills"), ["boiler"], "jobs[0]", "unknown_skill"),
        (("jobs", 0, "weight"), -1, "jobs[0]", "weight_out_of_range"),
        (("jobs", 0, "at"), [1, 2], "jobs[0].at", "not_an_object"),
        (("technicians", 0, "windows", 0, "ends_at"), -5, "technicians[0].windows[0]", "ends_be"),
        (
            ("technicians", 0, "windows", 0, "on_call"),
            1,
            "technicians[0].windows[0].on_call",
            "not_",
        ),
        (("technicians", 0, "id"), "", "technicians[0]", "no_id"),
        (("technicians", 0, "certificates"), [{"skill": "x"}], "technicians[0].cert", "unknown_s"),
        (("travel",), {"speeds": [1]}, "travel", "hours_are_24"),
        (("weights",), {"travel": -1}, "weights", "out_of_range"),
        (("published",), [{"job": "j", "technician": "z", "start_at": 1}], "published[0]", "unkn"),
    ],
)
def test_what_means_nothing_is_refused_with_its_place(
    path: tuple[str | int, ...], value: object, place: str, reason: str
) -> None:
    document = json.loads(json.dumps(MINIMAL))
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value

    with pytest.raises(MalformedError) as caught:
        read_problem(json.dumps(document))
    assert caught.value.place.startswith(place)
    assert caught.value.reason.startswith(reason)


@pytest.mark.parametrize("name", ["origin", "now", "skills", "technicians", "jobs"])
def test_what_is_missing_is_named(name: str) -> None:
    document = {k: v for k, v in MINIMAL.items() if k != name}
    with pytest.raises(MalformedError) as caught:
        read_problem(json.dumps(document))
    assert (caught.value.place, caught.value.reason) == (name, "missing")


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"now": NaN}', "null"])
def test_text_that_is_no_instance_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        read_problem(text)


def test_two_of_one_name_are_refused() -> None:
    document = json.loads(json.dumps(MINIMAL))
    document["jobs"] *= 2
    with pytest.raises(MalformedError) as caught:
        read_problem(json.dumps(document))
    assert (caught.value.place, caught.value.reason) == ("jobs[1].id", "twice")


def test_the_schema_names_every_field_and_closes_every_object() -> None:
    found = schema(Problem)
    assert set(found["properties"]) == set(Problem.__dataclass_fields__)
    assert {"Technician", "Job", "Window", "Travel"} <= set(found["$defs"])
    assert all(d["additionalProperties"] is False for d in found["$defs"].values())
    assert "stops" in schema(Plan)["properties"]
