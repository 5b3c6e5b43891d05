"""The contract that every engine keeps, and what training promises."""

import copy
import doctest
import inspect
import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from qiying.engines import triage
from qiying.engines.triage import (
    Call,
    ClusterParams,
    Example,
    Guess,
    Index,
    KeywordBaseline,
    Matter,
    Model,
    Rarity,
    Term,
    check,
    check_alike,
    clusters,
    evaluate,
    train,
)
from tests.engines.triage.conftest import MATTERS, QUICK, history

TEXT = "开源大道路面坑洼，货车爆胎"


def test_the_same_input_and_seed_give_the_same_model(model: Model) -> None:
    again = train(MATTERS[::-1], history(), seed=1, params=QUICK, register_version="test")

    assert again == model
    assert again.digest == model.digest
    assert hash(again) == hash(model)
    assert again.rank(TEXT) == model.rank(TEXT)


def test_training_changes_nothing_that_it_was_given() -> None:
    given = history()
    before = copy.deepcopy((MATTERS, given))
    train(MATTERS, given, params=QUICK)

    assert (MATTERS, given) == before


def test_a_model_survives_being_written_as_json(model: Model) -> None:
    written = json.dumps(model.to_plain())
    read = Model.from_plain(json.loads(written))

    assert read == model
    assert read.rank(TEXT) == model.rank(TEXT)
    assert copy.deepcopy(model) == model


@pytest.mark.parametrize(
    "change", [{"seed": 2}, {"register_version": "other"}, {"prior": np.zeros(5)}]
)
def test_the_digest_tells_models_apart(model: Model, change: dict[str, Any]) -> None:
    assert replace(model, **change).digest != model.digest


def test_a_stored_model_cannot_be_written_over(model: Model) -> None:
    with pytest.raises(ValueError, match="read-only"):
        model.weights[0, 0] = 1


@pytest.mark.parametrize(
    "plain", [{"engine": "worktime"}, {"engine": "triage", "version": "99.0.0"}]
)
def test_another_value_is_not_taken_for_a_model(plain: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="model"):
        Model.from_plain(plain)


def test_without_history_the_register_alone_ranks() -> None:
    model = train(MATTERS)

    assert model.examples == 0
    assert model.rank("三个月没发工资了")[0].matter == "WAGE"
    assert model.rank("power outage again")[0].matter == "POWER"
    assert train(MATTERS[:2]).rank("停电")[0].matter == "POWER"


def test_examples_of_matters_outside_the_register_are_left_out() -> None:
    model = train(MATTERS, [*history(), Example("停电", "GONE")], params=QUICK)

    assert "GONE" not in model.matters
    assert model.examples == len(history())


@pytest.mark.parametrize("matters", [(), MATTERS[:1], (MATTERS[0], MATTERS[0])])
def test_a_register_needs_two_matters_each_once(matters: tuple[Matter, ...]) -> None:
    with pytest.raises(ValueError, match="two matters"):
        train(matters)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("probability", {"probability": 0.123}),
        ("score", {"score": 9.0}),
        ("prior", {"prior": 3.0}),
        ("rest", {"rest": 2.0}),
        ("word:路面", {"speaks_for": (Term("路面", 4.0),)}),
        ("matter", {"matter": "NONE"}),
    ],
)
def test_the_checker_sees_each_single_falsehood(
    model: Model, code: str, change: dict[str, Any]
) -> None:
    first, *others = model.rank(TEXT)
    false: list[Guess] = [replace(first, **change), *others]

    assert code in {violation.code for violation in check(model, TEXT, false)}


def test_the_checker_sees_a_matter_that_was_left_out(model: Model) -> None:
    ranked = model.rank(TEXT, 4)

    assert {v.code for v in check(model, TEXT, ranked[1:])} == {"missed"}
    assert {v.code for v in check(model, TEXT, ranked[1::-1] + ranked[2:3])} == {"order"}
    assert {v.code for v in check(model, TEXT, ranked, 2)} == {"count"}
    assert {v.code for v in check(model, "", ranked)} == {"guesses"}


def test_the_checker_sees_a_like_that_was_left_out(rarity: Rarity) -> None:
    kept = [Call("a", "电压不稳", 1.0), Call("b", "电压不稳，设备报警", 2.0)]
    index = Index(rarity)
    for call in kept:
        index.add(call)
    asked = Call("c", "电压不稳", 2.0)
    likes = index.alike(asked)

    assert check_alike(kept, asked, likes, rarity) == ()
    assert check_alike(kept, asked, likes[1:], rarity)
    assert check_alike(kept, asked, likes[::-1], rarity)


def test_three_firms_with_one_problem_are_a_class(rarity: Rarity) -> None:
    kept = [
        Call(
            f"QY-{n}",
            f"电压忽高忽低，设备报警{n}次",
            10.0 * n,
            119.2,
            29.0,
            f"E{n}",
            "POWER",
            "zone",
        )
        for n in range(1, 4)
    ]
    far = replace(kept[0], key="far", longitude=119.4)
    late = replace(kept[0], key="late", at_day=200.0)
    other = replace(kept[0], key="other", unit="town")
    (found,) = clusters([*kept, far, late, other], rarity, ClusterParams())

    assert found.keys == ("QY-1", "QY-2", "QY-3")
    assert (found.firms, found.spread_m, found.first_day, found.last_day) == (3, 0.0, 10.0, 30.0)
    assert found.terms == ("电压忽高忽低", "设备报警")
    with pytest.raises(ValueError, match="twice"):
        clusters([kept[0], kept[0]], rarity)


def test_a_report_counts_what_a_person_would() -> None:
    ranker = KeywordBaseline(MATTERS)
    report = evaluate(
        ranker,
        [
            Example("又停电了", "POWER"),
            Example("讨薪", "WAGE"),
            Example("路面停电", "ROAD"),
            Example("讨薪", "ROAD"),
            Example("无关", "GONE"),
        ],
    )

    assert (report.count, report.top_1, report.top_3, report.unknown) == (5, 0.4, 0.6, 1)
    assert sum(row.count for row in report.bins) == 5
    assert [(c.matter, c.right, c.taken_for) for c in report.confusion] == [
        ("GONE", 0, (("", 1),)),
        ("POWER", 1, ()),
        ("ROAD", 0, (("POWER", 1), ("WAGE", 1))),
        ("WAGE", 1, ()),
    ]
    with pytest.raises(ValueError, match="nothing"):
        evaluate(ranker, [])


@pytest.mark.parametrize(
    "make",
    [
        lambda: Call("a", "x", 0.0, longitude=1.0),
        lambda: Call("a", "x", float("nan")),
        lambda: Matter("", "x"),
        lambda: triage.TrainParams(strength=0),
        lambda: triage.TrainParams(folds=1),
        lambda: triage.TrainParams(alike=2),
        lambda: triage.AlikeParams(unknown=2),
        lambda: triage.AlikeParams(far_m=0),
        lambda: triage.ClusterParams(core=0),
        lambda: triage.ClusterParams(within_m=-1),
    ],
)
def test_values_that_mean_nothing_are_refused(make: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        make()


def test_all_public_names_are_exported_and_documented() -> None:
    public = {
        name
        for name, value in vars(triage).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }

    assert set(triage.__all__) == public
    for name in public:
        value = getattr(triage, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert value.__doc__, name


def test_the_example_in_the_package_runs() -> None:
    assert doctest.testmod(triage).failed == 0


def test_the_version_is_a_plain_string() -> None:
    assert triage.VERSION.count(".") == 2


def test_a_process_that_ranks_loads_neither_the_trainer_nor_the_dictionary() -> None:
    heavy = "sklearn scipy joblib rjieba threadpoolctl"
    said = f"import sys, qiying.engines.triage; print(set('{heavy}'.split()) & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", said],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
    )

    assert done.stdout.strip() == "set()"
