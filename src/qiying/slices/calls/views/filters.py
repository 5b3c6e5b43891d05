"""The filter bar of the list: what the address says, what may be chosen, how it is put in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel import paging
from qiying.kernel.access import Actor
from qiying.kernel.paging import Page
from qiying.slices.calls import queries
from qiying.slices.calls.models import (
    CHANNEL_LABELS,
    MARK_LABELS,
    NATURE_LABELS,
    SAID_LABELS,
    STATE_LABELS,
    Call,
)
from qiying.slices.calls.views.raising import UNIT_GROUPS
from qiying.slices.calls.views.staff import LEVELS, LIGHT_LABELS
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry

Word = Promise | str
Options = list[tuple[str, Word]]
Groups = list[tuple[Word, Options]]
ORDERS: Mapping[str, tuple[str, str]] = {
    "received": ("received_at", "id"),
    "-received": queries.ORDER,
    "due": queries.DUE_ORDER,
    "-due": ("-due_at", "-id"),
}
MOST_PICKED = 200
DUE_LABELS: Mapping[str, Promise] = {
    "today": _("Due today"),
    "rest": _("Still due today"),
    "tomorrow": _("Due tomorrow"),
    "week": _("Due within 7 days"),
    "later": _("Due after today"),
}
LATE_LABELS: Mapping[str, Promise] = {
    "answer": _("with the answer"),
    "callback": _("with the call-back"),
    "any": _("whatever is owed"),
}
TAB_LABELS: Mapping[str, Promise] = {
    "": _("All"),
    "open": _("Open"),
    "units": _("With the units"),
    "inbox": _("To accept"),
    "triage": _("To dispatch"),
    "dispatched": _("To sign for"),
    "working": _("In progress"),
    "overdue": _("Overdue"),
    "disputed": _("Disputed"),
    "review": _("To review"),
    "callback": _("To call back"),
    "pauses": _("Pauses asked for"),
    "refusal": _("Not accepting: to be approved"),
    "closed": _("Closed"),
    "declined": _("Not accepted"),
}
FIELD_LABELS: Mapping[str, Promise] = {
    "tab": _("View"),
    "state": _("State"),
    "light": _("Light"),
    "unit": _("Lead unit"),
    "matter": _("Matter"),
    "place": _("Place"),
    "channel": _("Channel"),
    "urgency": _("Urgency"),
    "nature": _("Nature"),
    "enterprise": _("Firm"),
    "q": _("Search"),
    "mine": _("Mine only"),
    "due": _("Due"),
    "age": _("Age in days"),
    "proactive": _("Found by us"),
    "redo": _("To be redone"),
    "said": _("The firm says"),
    "mark": _("Mark"),
    "late": _("Overdue"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of the list says."""

    filters: queries.Filters
    lights: tuple[str, ...] = ()
    sort: str = "-received"
    picked: tuple[str, ...] = ()
    """Numbers of rows that were picked, to make a file of."""

    @property
    def order(self) -> tuple[str, str]:
        return ORDERS[self.sort]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.lights or replace(self.filters, tab=""))


def asked_of(request: HttpRequest) -> Asked:
    """Read the address; what cannot be read is left aside."""
    given = {k: plain(str(v)) for k, v in request.GET.items()}
    lights = tuple(c for c in LIGHT_LABELS if c in request.GET.getlist("light"))
    sort = request.GET.get("sort", "")
    picked = tuple(plain(v)[:24] for v in request.GET.getlist("id")[:MOST_PICKED])
    return Asked(
        replace(queries.Filters.read(given), light=""),
        lights,
        sort if sort in ORDERS else "-received",
        picked,
    )


def plain(text: str) -> str:
    """The text without characters that nobody types and the database refuses."""
    return "".join(c for c in text if c.isprintable())


def calls_of(actor: Actor, asked: Asked, *, now: datetime) -> QuerySet[Call]:
    """The visible calls that the address leaves."""
    rows = queries.list_calls(actor, asked.filters, now=now)
    if asked.lights:
        rows = rows.filter(reduce(or_, (queries.lit(c, now) for c in asked.lights), Q(pk__in=[])))
    return rows.filter(number__in=asked.picked) if asked.picked else rows


def page_of(actor: Actor, asked: Asked, cursor: str, *, now: datetime) -> Page[Call]:
    """One page of them, as the list shows it."""
    if asked.lights or asked.picked:
        rows = queries.shown(calls_of(actor, asked, now=now))
        return paging.paginate(rows, order=asked.order, cursor=cursor)
    return queries.page_of_calls(
        actor, asked.filters, now=now, order=asked.order, cursor=cursor, is_shown=True
    )


# --- what may be chosen ---


@dataclass(frozen=True, slots=True)
class Select:
    """A list to choose one value from; groups without a name are plain options."""

    name: str
    anything: Word
    groups: Groups
    chosen: str = ""

    @property
    def label(self) -> Word:
        return FIELD_LABELS[self.name]

    def word(self, value: str) -> str:
        """The words of a value, the value itself when it is not offered."""
        words = {v: label for _group, options in self.groups for v, label in options}
        return str(words.get(value, value))


@dataclass(frozen=True, slots=True)
class Bar:
    """The selects of the bar; ``more`` stand behind a button."""

    first: tuple[Select, ...]
    more: tuple[Select, ...] = field(default=())

    @property
    def more_count(self) -> int:
        return sum(bool(s.chosen) for s in self.more)

    def find(self, name: str) -> Select | None:
        return next((s for s in (*self.first, *self.more) if s.name == name), None)


def bar_of(actor: Actor, asked: Asked, *, now: datetime) -> Bar:
    """Everything that may be chosen, read once."""
    chosen = asked.filters

    def select(name: str, anything: Word, groups: Groups) -> Select:
        return Select(name, anything, groups, str(getattr(chosen, name)))

    return Bar(
        (
            select("due", _("Any deadline"), [("", list(DUE_LABELS.items()))]),
            select("unit", _("Any lead unit"), unit_groups(actor)),
        ),
        (
            select("matter", _("Any matter"), matter_groups(actor, now)),
            select("place", _("Any place"), place_groups(actor, now)),
            select("state", _("Any state"), [("", _options(STATE_LABELS))]),
            select("urgency", _("Any urgency"), [("", [(k, w) for k, (_n, w) in LEVELS.items()])]),
            select("channel", _("Any channel"), [("", _options(CHANNEL_LABELS))]),
            select("nature", _("Any nature"), [("", _options(NATURE_LABELS))]),
            select(
                "mark",
                _("Marked or not"),
                [("", [("any", _("any mark")), *_options(MARK_LABELS)])],
            ),
            select("said", _("Whatever the firm says"), [("", _options(SAID_LABELS))]),
        ),
    )


def _options(words: Mapping[Any, Word]) -> Options:
    return [(str(code), label) for code, label in words.items()]


def unit_groups(actor: Actor, *, without: Iterable[int] = ()) -> Groups:
    """The units that can be given work, by kind; ids as text."""
    left_out = set(without)
    cards = sorted(registry.units(actor).values(), key=lambda u: u.code)
    found: Groups = []
    for kind, label in UNIT_GROUPS.items():
        options: Options = [
            (str(u.id), u.name)
            for u in cards
            if u.kind == kind and not u.is_retired and u.id not in left_out
        ]
        if options:
            found.append((label, options))
    return found


def matter_groups(actor: Actor, now: datetime) -> Groups:
    """The matters in force by category."""
    found: dict[str, Options] = {}
    for card in mandate.matters(actor, queries.local_day(now)):
        found.setdefault(card.category_label, []).append((card.code, f"{card.code} {card.name}"))
    return list(found.items())


def place_groups(actor: Actor, now: datetime) -> Groups:
    """Townships, and the grids in force."""
    today = queries.local_day(now)
    towns: Options = [
        (u.code, u.name) for u in registry.units(actor).values() if u.kind == "township"
    ]
    grids: Options = [
        (f"grid:{a.id}", a.name)
        for a in registry.areas(actor)
        if a.kind == "grid" and a.valid_from <= today and (not a.valid_to or today < a.valid_to)
    ]
    groups: Groups = [(_("Townships and sub-districts"), towns), (_("Enterprise grids"), grids)]
    return [(label, options) for label, options in groups if options]


# --- in words ---


def words_of(actor: Actor, asked: Asked, bar: Bar) -> list[tuple[str, str]]:
    """The filter as pairs of words, for the file that is made of the list."""
    found = []
    if asked.picked:
        found.append((gettext("Selected rows"), str(len(asked.picked))))
    if asked.lights:
        found.append((str(_("Light")), " / ".join(str(LIGHT_LABELS[c]) for c in asked.lights)))
    for name, value in asked.filters.as_query().items():
        found.append((str(FIELD_LABELS[name]), word_of(actor, name, value, bar)))
    return found


def word_of(actor: Actor, name: str, value: str, bar: Bar) -> str:
    """The words of one value of a filter."""
    select = bar.find(name)
    if select is not None:
        return "、".join(select.word(v) for v in value.split(","))
    if name == "enterprise" and value.isdecimal() and len(value) < 18:
        return registry.names(actor, [int(value)]).get(int(value), value)
    if name == "tab":
        return str(TAB_LABELS.get(value, value))
    if name == "late":
        return str(LATE_LABELS.get(value, value))
    return gettext("yes") if name in {"mine", "proactive", "redo"} else value


@dataclass(frozen=True, slots=True)
class Extra:
    """A condition that came with a link and has no field in the bar."""

    name: str
    value: str
    label: Word
    word: str


def extras_of(actor: Actor, asked: Asked, bar: Bar) -> list[Extra]:
    """Conditions that the bar shows as tags to take away."""
    given = asked.filters.as_query()
    return [
        Extra(name, given[name], FIELD_LABELS[name], word_of(actor, name, given[name], bar))
        for name in ("enterprise", "age", "proactive", "redo", "late", "unit")
        if name in given and (name != "unit" or "," in given[name])
    ]
