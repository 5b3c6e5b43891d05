"""Inputs for any step of the table, right ones and wrong ones, for the machine that draws them."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from qiying.kernel import tenancy
from qiying.slices.calls import rules
from qiying.slices.calls.models import Call, CallBack, Pause, Task
from qiying.slices.calls.operations import CoUnit
from tests.slices.world import MATTERS, World

Draw = Callable[[st.SearchStrategy[Any]], Any]
Values = Callable[[World, Call], st.SearchStrategy[Any]]
LEADS = ("ZONE_SAFE", "EMB", "ETB", "ZONE_SERVICE", "HUD", "TE")
NO_ROW = 10**9


def _among(*values: Any) -> Values:
    return lambda _world, _call: st.sampled_from(values)


def _unit(world: World, call: Call) -> st.SearchStrategy[int | None]:
    """The unit that was proposed more often than another one."""
    others = [world.units[code] for code in LEADS]
    likely = [call.proposed_unit_id] * 4 if call.proposed_unit_id else []
    return st.sampled_from([*likely, *others])


def _co_units(world: World, call: Call) -> st.SearchStrategy[list[CoUnit]]:
    """Mostly bare, now and then with a task, a weight and a due time that may not fit."""
    ids = st.sampled_from([world.units[code] for code in LEADS])
    due_at = st.integers(-1, 60).map(lambda hours: world.now + timedelta(hours=hours))
    row = st.builds(
        CoUnit,
        ids,
        weight=st.none() | st.sampled_from((1, 30, 60, 99, 100)),
        duty=st.sampled_from(("", "核查台账")),
        due_at=st.none() | due_at | st.just(call.due_at),
    )
    bare = st.builds(CoUnit, ids)
    return st.lists(bare | row, max_size=2, unique_by=lambda c: c.unit_id)


def _row(model: Any) -> Values:
    """A row of the call, now and then one that is not there."""

    def values(world: World, call: Call) -> st.SearchStrategy[int]:
        with tenancy.reading(world.system):
            found = list(model.objects.filter(call=call).order_by("-id").values_list("id")[:4])
        return st.sampled_from([*(pk for (pk,) in found), NO_ROW] if found else [NO_ROW])

    return values


def _later(world: World, _call: Call) -> st.SearchStrategy[Any]:
    return st.integers(-1, 12).map(lambda days: world.now + timedelta(days=days))


def _day(world: World, _call: Call) -> st.SearchStrategy[date]:
    return st.integers(-2, 40).map(lambda days: (world.now + timedelta(days=days)).date())


VALUES: Mapping[str, Values] = {
    "text": _among("已更换开关，现场复核无异响", "请补充照片", ""),
    "code": _among(*rules.DeclineCode, "NONE"),
    "told_path": _among("区仲裁委", ""),
    "matter_code": _among(*MATTERS, "M999"),
    "nature": _among(*rules.Nature),
    "urgency": _among(*rules.Urgency),
    "object_kind": _among("enterprise_premises"),
    "longitude": _among(119.205, 119.28, 119.12),
    "latitude": _among(29.005, 29.0),
    "accuracy_m": _among(5.0, 80.0),
    "complained_unit_id": lambda world, call: _unit(world, call) | st.none(),
    "proposed_unit_id": lambda world, call: _unit(world, call) | st.none(),
    "lead_unit_id": _unit,
    "unit_id": _unit,
    "co_units": _co_units,
    "task_id": _row(Task),
    "pause_id": _row(Pause),
    "callback_id": _row(CallBack),
    "person_id": lambda world, _call: st.sampled_from([world.user("safety").pk, NO_ROW]),
    "is_precedent": _among(False),
    "is_reached": _among(True, True, False),
    "reason": _among(*rules.PauseReason),
    "result": _among(*rules.Result),
    "outcome": _among(*sorted(rules.FAILED)),
    "resolved": _among("yes", "yes", "partly", "no"),
    "grade": _among(1, 2, 3, 4, 5, 5, 9),
    "attachments": _among([]),
    "evidence": _among("现场复核照片已留存", ""),
    "level": _among(*rules.Level),
    "mark": _among(*rules.Mark, "famous"),
    "unit_ids": lambda world, _call: st.lists(
        st.sampled_from([world.units[code] for code in LEADS]), max_size=3, unique=True
    ),
    "officer_id": lambda world, _call: st.sampled_from([world.user("leader").pk, NO_ROW]),
}
"""By the name of the input; what is not named here is found by the end of its name."""
ENDINGS: Mapping[str, Values] = {
    "_on": _day,
    "_at": _later,
    "_text": VALUES["text"],
    "_unit_id": _unit,
    "_person_id": VALUES["person_id"],
}


def values_of(name: str) -> Values | None:
    """Where values of an input come from; None when nobody said."""
    ending = next((found for end, found in ENDINGS.items() if name.endswith(end)), None)
    return VALUES.get(name, ending)


def known_steps() -> list[str]:
    """The steps of the table whose needed inputs can be drawn."""
    names = dict.fromkeys(row.name for row in rules.TABLE)
    return [n for n in names if all(map(values_of, rules.INPUTS[n].needed))]


def inputs(draw: Draw, world: World, call: Call, step: str) -> dict[str, Any]:
    """What a step needs, and now and then what it may have."""
    asked = rules.INPUTS[step]
    names = list(asked.needed)
    names += [n for n in asked.optional if values_of(n) and draw(st.sampled_from((0, 0, 1)))]
    if step == "classify" and {"longitude", "latitude"} & set(names):
        names = [*{*names, "longitude", "latitude", "accuracy_m"}]
    if "text" in asked.names and "text" not in names:
        names.append("text")
    found = {}
    for name in names:
        values = values_of(name)
        assert values is not None, name
        found[name] = draw(values(world, call))
    return found
