"""A typed body for each step, made from the same table that the operations are asked by."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union
from zoneinfo import ZoneInfo

from ninja import Field, Schema
from pydantic import AfterValidator, ConfigDict, RootModel, create_model

from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid
from qiying.slices.calls.operations import CoUnit
from qiying.slices.calls.rules import INPUTS, LEAST_WEIGHT, MAX_TEXT, MOST_WEIGHT, Inputs
from qiying.slices.registry import public as registry

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _in_our_time(moment: datetime) -> datetime:
    """A time without an offset is the clock on the wall here."""
    if not EARLIEST < moment.year < LATEST:
        raise ValueError("not a year of ours")
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _in_our_years(day: date) -> date:
    if not EARLIEST < day.year < LATEST:
        raise ValueError("not a year of ours")
    return day


EARLIEST, LATEST = 1900, 2200
Moment = Annotated[datetime, AfterValidator(_in_our_time)]
Day = Annotated[date, AfterValidator(_in_our_years)]


class CoUnitIn(Schema):
    """A co-handler: the unit's code, what it is to do, until when, and with which weight.

    ``weight`` is its share of the responsibility in whole per cents; all of them leave the lead
    something, and without one a unit shares equally. ``due_at`` lies ahead and not after the time
    at which the answer is due; without one the usual time holds.
    """

    unit: str = Field(max_length=40)
    weight: int | None = Field(None, ge=LEAST_WEIGHT, le=MOST_WEIGHT)
    duty: str = Field("", max_length=MAX_TEXT)
    due_at: Moment | None = None


Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
Code = Annotated[str, Field(min_length=1, max_length=40)]
Files = Annotated[list[int], Field(max_length=9)]
Units = Annotated[list[CoUnitIn], Field(max_length=8)]
UNIT_FIELDS = {
    "lead_unit_id": "lead_unit",
    "unit_id": "unit",
    "proposed_unit_id": "proposed_unit",
    "complained_unit_id": "complained_unit",
    "told_unit_id": "told_unit",
    "task_unit_id": "task_unit",
    "unit_ids": "units",
}
"""Arguments that are ids indoors and codes of units outside."""
TYPES: dict[str, Any] = {
    "text": Text,
    "attachments": Files,
    "code": Code,
    "told_path": Text,
    "matter_code": Code,
    "nature": Code,
    "object_kind": Code,
    "urgency": Code,
    "longitude": Annotated[float, Field(ge=-180, le=180)],
    "latitude": Annotated[float, Field(ge=-90, le=90)],
    "accuracy_m": Annotated[float, Field(ge=0)],
    "co_units": Units,
    "task_id": int,
    "pause_id": int,
    "callback_id": int,
    "person_id": int,
    "is_reached": bool,
    "is_precedent": bool,
    "reason": Code,
    "expected_to_at": Moment,
    "milestone_on": Day,
    "result": Code,
    "outcome": Code,
    "resolved": Code,
    "grade": Annotated[int, Field(ge=1, le=5)],
    "evidence": Text,
    "level": Code,
    "officer_id": int,
    "until_on": Day,
    "talked_on": Day,
    "promised_on": Day,
    "meets_on": Day,
    "task_due_on": Day,
    **dict.fromkeys(UNIT_FIELDS, Code),
    "unit_ids": Annotated[list[Code], Field(min_length=1, max_length=12)],
}


class StepBase(Schema):
    """Every step; ``version`` is the call's, so that a step on an older state is refused."""

    model_config = ConfigDict(extra="forbid")

    step: str
    version: int | None = None


def _model(step: str, inputs: Inputs) -> type[Schema]:
    fields: dict[str, Any] = {"step": (Literal[step], ...)}
    for name in inputs.needed:
        fields[UNIT_FIELDS.get(name, name)] = (TYPES[name], ...)
    for name in inputs.optional:
        fields[UNIT_FIELDS.get(name, name)] = (TYPES[name] | None, None)
    title = "".join(part.capitalize() for part in step.split("_"))
    return create_model(f"{title}Step", __base__=StepBase, **fields)


_MODELS = tuple(_model(step, inputs) for step, inputs in INPUTS.items())
if TYPE_CHECKING:
    AnyStep = StepBase
else:
    AnyStep = Annotated[Union[_MODELS], Field(discriminator="step")]  # noqa: UP007  made here


class StepIn(RootModel[AnyStep]):
    """One step with what it asks for; ``step`` says which."""


def inputs_of(actor: Actor, body: StepIn) -> dict[str, Any]:
    """The keyword arguments for ``operations.take``: what was given, codes turned into ids."""
    given = body.root.model_dump(exclude={"step", "version"}, exclude_none=True)
    units = {code: card.id for code, card in registry.units(actor).items()}
    names = {outside: indoors for indoors, outside in UNIT_FIELDS.items()}
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name in names and name not in INPUTS[body.root.step].names:
            found[names[name]] = _units(units, value, name)
        elif name == "co_units":
            found[name] = [_co_unit(units, given) for given in value]
        else:
            found[name] = value
    return found


def _co_unit(units: dict[str, int], given: dict[str, Any]) -> CoUnit:
    """A co-handler; what was left out, the dump of the body leaves out, too."""
    unit_id = _unit(units, given["unit"], "co_units")
    return CoUnit(unit_id, given.get("weight"), given["duty"], given.get("due_at"))


def _units(units: dict[str, int], value: str | list[str], field: str) -> int | list[int]:
    """The id of a unit's code, or the ids of several."""
    if isinstance(value, str):
        return _unit(units, value, field)
    return [_unit(units, code, field) for code in value]


def _unit(units: dict[str, int], code: str, field: str) -> int:
    if code not in units:
        raise Invalid("input.invalid", {field: "input.choice"})
    return units[code]
