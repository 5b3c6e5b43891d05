"""What every engine promises."""

import doctest
import inspect
import subprocess
import sys
from collections.abc import Callable
from enum import Enum

from qiying.engines import jurisdiction
from qiying.engines.jurisdiction import Case, Params, World, check, decide

MakeCase = Callable[..., Case]


def test_the_example_in_the_documentation_runs() -> None:
    assert doctest.testmod(jurisdiction).failed == 0


def test_the_public_names_are_listed_completely_and_once() -> None:
    public = {name for name in vars(jurisdiction) if not name.startswith("_")}

    assert set(jurisdiction.__all__) == public
    assert len(set(jurisdiction.__all__)) == len(jurisdiction.__all__)


def test_every_public_function_and_class_says_what_it_is() -> None:
    for name in jurisdiction.__all__:
        value = getattr(jurisdiction, name)
        is_code = inspect.isclass(value) and issubclass(value, Enum)
        if (inspect.isclass(value) or inspect.isfunction(value)) and not is_code:
            assert value.__doc__, name
            assert not value.__doc__.startswith(f"{name}("), name


def test_the_engine_is_usable_without_the_framework() -> None:
    asked = "import sys, qiying.engines.jurisdiction; print('django' in sys.modules)"

    answer = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "False"


def test_a_stored_case_replays_to_the_same_digest_in_another_process_order(
    world: World, case: MakeCase
) -> None:
    stored = [decide(world, case(row.code)).digest() for row in world.matters]

    again = [
        decide(world, Case.from_json(case(row.code).as_json())).digest() for row in world.matters
    ]

    assert again == stored


def test_parameters_are_part_of_the_record(world: World, case: MakeCase) -> None:
    usual = decide(world, case("share"))
    other = decide(world, case("share"), Params(successor_factor=0.5))

    assert usual.params == Params()
    assert usual.digest() != other.digest()
    assert check(world, case("share"), other) == ()
