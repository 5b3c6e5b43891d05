"""What the interface of evaluations takes and gives."""

from datetime import datetime
from uuid import UUID

from ninja import Field, Schema

from qiying.slices.indices.rules import MAX_NAME, MAX_PLAN, MAX_TEXT
from qiying.slices.indices.rules.cells import EARLIEST, LATEST


class IndicatorBody(Schema):
    """A definition; a code that is there already becomes a new version."""

    code: str = Field(max_length=12)
    name: str = Field(max_length=MAX_NAME)
    name_en: str = Field("", max_length=MAX_NAME)
    definition: str = Field(max_length=MAX_TEXT)
    definition_en: str = Field("", max_length=MAX_TEXT)
    unit: str = Field("", max_length=40)
    unit_en: str = Field("", max_length=40)
    polarity: int = Field(ge=-1, le=1)
    source: str = Field(max_length=MAX_NAME)
    calibre: str = Field("", max_length=MAX_TEXT)
    kind: str = Field(max_length=13)
    grade: str = Field("D", max_length=2)


class IndicatorOut(Schema):
    code: str
    version: int
    name: str
    name_en: str
    definition: str
    definition_en: str
    unit: str
    unit_en: str
    polarity: int
    source: str
    calibre: str
    kind: str
    grade: str


class IndicatorPage(Schema):
    items: list[IndicatorOut]
    next: str
    previous: str


class TakenOut(Schema):
    indicators: int
    places: int


class ValuesIn(Schema):
    """A table: headings, and rows of cells for one place and year each."""

    name: str = Field(max_length=MAX_NAME)
    kind: str = Field(max_length=13)
    source: str = Field(max_length=MAX_NAME)
    headings: list[str] = Field(max_length=200)
    rows: list[list[str | float | None]] = Field(max_length=5000)
    is_good_only: bool = False


class SheetIn(Schema):
    """A sheet as a yearbook prints it: lines of cells from its first, and merged ranges from 0."""

    cells: list[list[str | float | None]] = Field(max_length=5000)
    merged: list[tuple[int, int, int, int]] = Field([], max_length=5000)
    year: int | None = Field(None, ge=EARLIEST, le=LATEST)


class SheetColumn(Schema):
    """A column of values; ``indicator`` is the code that its headings name."""

    at: int
    title: str
    year: int | None
    indicator: str


class SheetOut(Schema):
    """How a sheet was understood; headings and rows are ready to be brought in.

    ``rows`` hold the columns whose indicator is known; ``left_out`` are lines of cities and sums.
    """

    year: int | None
    needs_year: bool
    columns: list[SheetColumn]
    left_out: list[str]
    headings: list[str]
    rows: list[list[str | float | int | None]]


class CellFault(Schema):
    row: int
    column: str
    code: str
    value: str
    detail: str


class ValuesOut(Schema):
    id: UUID
    name: str
    kind: str
    source: str
    written: int
    unchanged: int
    faults: list[CellFault]


class BroughtOut(Schema):
    """One delivery without its faults."""

    id: UUID
    name: str
    kind: str
    source: str
    written: int
    unchanged: int
    made_by: str
    made_at: datetime


class BroughtPage(Schema):
    items: list[BroughtOut]
    next: str
    previous: str


class BroughtValue(Schema):
    """A value as its file brought it; ``is_current`` is false once another file corrected it.

    One of the zone's board has no place; ``indicator`` is its line then, ``month`` the end of it.
    """

    indicator: str
    adcode: str = ""
    place: str = ""
    year: int
    month: int | None = None
    value: float
    page: str
    is_current: bool


class BroughtValues(Schema):
    items: list[BroughtValue]
    next: str
    previous: str


class EditionIn(Schema):
    """An edition; the tree as lines of code,parent,weight,name,name_en, the plan as TOML."""

    name: str = Field(max_length=MAX_NAME)
    name_en: str = Field("", max_length=MAX_NAME)
    first_year: int = Field(ge=1949, le=2100)
    last_year: int = Field(ge=1949, le=2100)
    kinds: list[str] = Field(max_length=3)
    tree: str = Field(max_length=MAX_PLAN)
    plan: str = Field(max_length=MAX_PLAN)
    note: str = Field("", max_length=200)


class EditionOut(Schema):
    id: UUID
    number: str
    name: str
    name_en: str
    first_year: int
    last_year: int
    kinds: list[str]
    note: str


class EditionPage(Schema):
    items: list[EditionOut]
    next: str
    previous: str


class RunOut(Schema):
    id: UUID
    edition: str
    version: int
    state: str
    content_hash: str
    ran_at: datetime
    released_at: datetime | None
    approver: str


class EditionDetail(EditionOut):
    tree: str
    plan: str
    runs: list[RunOut]


class StandingOut(Schema):
    """``low`` and ``high`` bound the rank in 90 % of the replicates, in the last year only."""

    adcode: str
    name: str
    rank: int
    score: float | None
    scores: dict[str, float | None]
    gained: int | None
    moved: float | None
    low: float | None
    high: float | None
    group: int | None


class RankingOut(Schema):
    run: RunOut
    year: int
    node: str
    places: list[StandingOut]


class StrengthOut(Schema):
    code: str
    parent: str
    value: float | None
    score: float | None
    mean: float | None
    ahead: float | None
    rank: int


class ObstacleOut(Schema):
    """An obstacle factor: ``share``, 0 to 1, of all that the place lacks; ``parent`` its node."""

    code: str
    parent: str
    share: float


class EvaluatedPlaceOut(Schema):
    """``change`` are parts of the change of score by cause, in the last year only."""

    year: int
    standing: StandingOut
    indicators: list[StrengthOut]
    obstacles: list[ObstacleOut]
    change: dict[str, float | None]


class PairOut(Schema):
    """Two places of one year: the first's score less the second's, and what it is made of.

    ``parts`` by code of node and indicator, those of a parent summing to its own. ``above``: share
    of reckonings in which the first ranks above the second. ``turn``: found, one_sided, beyond,
    unknown; ``level`` the nearest shares of the sub-indices at which both are level.
    """

    year: int
    one: StandingOut
    other: StandingOut
    distance: float | None
    parts: dict[str, float]
    above: float | None
    turn: str
    weights: dict[str, float]
    level: dict[str, float]


class WhatIfOut(Schema):
    ranks: dict[str, int]
    scores: dict[str, float | None]
