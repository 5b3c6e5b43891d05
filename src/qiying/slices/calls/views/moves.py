"""The steps of a call as forms: what each offers to choose from, and what it hands over."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel import problems
from qiying.kernel.access import Actor, Role
from qiying.kernel.models import Attachment
from qiying.kernel.people import people_with
from qiying.slices.calls import queries, rules
from qiying.slices.calls.forms.co_units import CoTerms, rows_of
from qiying.slices.calls.forms.desk import KEEP, NOBODY, Options, StepForm, is_drawn
from qiying.slices.calls.models import LEVEL_LABELS, MARK_LABELS, OUTCOME_LABELS
from qiying.slices.calls.operations import CoUnit
from qiying.slices.calls.queries import Dossier, OpenStep
from qiying.slices.calls.rules import FAILED, INPUTS, ROW_STEPS, PauseState, Sureness, TermClock
from qiying.slices.calls.views import co_rows, filters, raising
from qiying.slices.calls.views.step_words import HINTS, ICONS, KEYS, TITLES
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry

OF_THE_FIRM = frozenset({"rate", "withdraw"})
"""Steps that only the firm takes, on its own pages."""
WORDS = ("note", "message")
"""Steps that stand under the timeline instead of among the buttons."""
CLASSIFIED = (
    *("matter_code", "nature", "object_kind", "urgency"),
    *("longitude", "latitude", "accuracy_m"),
)
UNIT_INPUTS = frozenset(
    {
        *("lead_unit_id", "unit_id", "co_units", "proposed_unit_id", "complained_unit_id"),
        *("unit_ids", "task_unit_id", "told_unit_id"),
    }
)
RANK = {"primary": 0, "plain": 1, "danger": 2}


@dataclass(frozen=True, slots=True)
class Tried:
    """A form that came back, with what it held."""

    step: str
    row_id: int
    form: StepForm
    held: list[Attachment]
    key: str
    moved_on: bool = False
    """Somebody was faster; the words are kept for a second look."""


@dataclass(frozen=True, slots=True)
class Box:
    """A unit to tick."""

    value: str
    label: Promise | str
    checked: bool = False
    row: str = ""
    """Markup of what is entered about it when it is ticked."""


@dataclass(frozen=True, slots=True)
class StepView:
    """One step as the page draws it."""

    step: OpenStep
    anchor: str
    title: str
    url: str
    icon: str
    keys: str
    hint: Promise | str
    blocked: str
    form: StepForm | None
    """None until somebody opens the step: the form is fetched then."""
    is_drawn: bool
    is_open: bool
    held: list[Attachment] = field(default_factory=list)
    key: str = ""

    @property
    def co_groups(self) -> list[tuple[Promise | str, list[Box]]]:
        """The units as boxes, those that are chosen first."""
        if self.form is None:
            return []
        name = "co_units" if "co_units" in self.form.fields else "unit_ids"
        chosen = {str(v) for v in self.form[name].value() or ()}
        field_ = self.form.fields[name]
        groups: filters.Groups = list(getattr(field_, "choices", []))
        everything = [
            (g, [Box(v, w, v in chosen, self._co_row(v, str(w))) for v, w in options])
            for g, options in groups
        ]
        first = [b for _g, boxes in everything for b in boxes if b.checked]
        rest = [(g, [b for b in boxes if not b.checked]) for g, boxes in everything]
        return ([(_("Chosen"), first)] if first else []) + [(g, b) for g, b in rest if b]

    @property
    def co_names(self) -> frozenset[str]:
        """The entries that stand in the rows of the units."""
        return self.form.row_names if self.form else frozenset()

    @property
    def co_hint(self) -> str:
        terms = self.form.co_terms if self.form else None
        return co_rows.hint(terms) if terms else ""

    def _co_row(self, unit_id: str, unit: str) -> str:
        terms = self.form.co_terms if self.form else None
        return co_rows.row(self.form, terms, unit_id, unit) if self.form and terms else ""


@dataclass(slots=False)
class Scene:
    """One call with everything that its forms choose from, each list read once and when asked."""

    actor: Actor
    found: Dossier
    ruling: mandate.Ruling | None
    now: datetime

    @cached_property
    def units(self) -> filters.Groups:
        complained = self.found.call.complained_unit_id
        return filters.unit_groups(self.actor, without=[complained] if complained else [])

    @cached_property
    def matters(self) -> filters.Groups:
        """The matters that the words of the call suggest, then all of them by category."""
        known = {
            m.code: m for m in raising.matters_for_firms(self.actor, queries.local_day(self.now))
        }
        best = [known[row.matter] for row in self.ranking.matters if row.matter in known]
        groups = filters.matter_groups(self.actor, self.now)
        if not best:
            return groups
        options: filters.Options = [(m.code, f"{m.code} {m.name}") for m in best]
        return [(_("Suggested by the words of the call"), options), *groups]

    @cached_property
    def ranking(self) -> queries.Ranking:
        """What the words of the call speak for."""
        return queries.ranking_of(self.actor, self.found.call, now=self.now)

    def people(self, task_id: int) -> list[tuple[int, str]]:
        """Who can be put in charge of a unit's part."""
        task = next((t for t in self.found.tasks if t.pk == task_id), None)
        if task is None:
            return []
        on = queries.local_day(self.now)
        roles = (Role.HANDLER, Role.UNIT_LEADER)
        return [
            (p.pk, str(p)) for p in people_with(self.actor, *roles, unit_id=task.unit_id, on=on)
        ]

    def _people(self, asked: frozenset[str], row_id: int) -> list[tuple[int, str]]:
        """Who can be named: for a unit's part its own people, for a rung who stands above."""
        if "person_id" in asked:
            return self.people(row_id)
        if "officer_id" not in asked:
            return []
        on = queries.local_day(self.now)
        held = people_with(self.actor, Role.ZONE_LEADER, Role.SUPERVISOR, Role.UNIT_LEADER, on=on)
        return [(p.pk, str(p)) for p in held]

    @property
    def _levels(self) -> dict[str, Promise | str]:
        """The rungs above the one that the call stands on."""
        here = self.found.call.supervision_level
        return {level.code: LEVEL_LABELS[level] for level in rules.Level if level > here}

    def _marks(self, step: str) -> dict[str, Promise | str]:
        """The marks that can be set, or those that can be taken off."""
        here = set(self.found.call.marks)
        return {m: MARK_LABELS[m] for m in rules.Mark if (m in here) == (step == "unmark")}

    def attempts(self) -> list[tuple[int, str]]:
        """The failed attempts of this round that can be corrected."""
        return [
            (c.pk, f"{c.attempt} · {OUTCOME_LABELS[c.outcome]} · {c.at:%m-%d %H:%M}")
            for c in self.found.callbacks
            if c.round_id == self.found.round.pk
            and c.superseded_by_id is None
            and c.outcome in FAILED
        ]

    def options(self, step: str, row_id: int) -> Options:
        """What the form of a step offers and begins with."""
        asked = INPUTS[step].names
        needs_units = asked & UNIT_INPUTS
        co_terms = self._co_terms(step) if "co_units" in asked else None
        return Options(
            units=self.units if needs_units else (),
            co_units=co_rows.offered(self.units, co_terms) if co_terms else (),
            co_terms=co_terms,
            matters=self.matters if "matter_code" in asked else (),
            object_kinds=mandate.object_kinds() if "object_kind" in asked else (),
            people=self._people(asked, row_id),
            levels=self._levels,
            marks=self._marks(step),
            attempts=self.attempts() if "callback_id" in asked else (),
            may_set_precedent=self._may_set_precedent,
            initial=self._initial(step),
        )

    def _co_terms(self, step: str) -> CoTerms:
        return co_rows.terms_of(self.actor, self.found, step, self.units, now=self.now)

    @property
    def _may_set_precedent(self) -> bool:
        """A precedent speaks for one matter at one place."""
        call = self.found.call
        return bool(call.matter_code) and call.longitude is not None

    def _initial(self, step: str) -> dict[str, Any]:
        call = self.found.call
        if step == "dispatch":
            lead = call.proposed_unit_id or call.lead_unit_id
            co = self.ruling.co_unit_ids if self.ruling else ()
            return {"lead_unit_id": lead, "co_units": [u for u in co if u != lead]}
        if step in {"redispatch", "convene_meeting"}:
            parts = self.found.tasks_of(self.found.round)
            helping = {"co_units": [t.unit_id for t in parts if not t.is_lead]}
            return helping if step == "redispatch" else {"unit_ids": [t.unit_id for t in parts]}
        if step == "adjudicate":
            row = next((d for d in self.found.disputes if d.adjudicated_at is None), None)
            return {"unit_id": row.proposed_unit_id if row else None}
        if step in {"propose_pause", "approve_pause"}:
            return {"expected_to_at": self._pause_until()}
        if step == "classify":
            found = {n: getattr(call, n) for n in CLASSIFIED} | {"complained_unit_id": KEEP}
            return found | {"matter_code": call.matter_code or self._likely_matter}
        return {}

    @property
    def _likely_matter(self) -> str:
        """What a form may begin with: only a matter that is very likely."""
        best = self.ranking.best
        is_sure = best is not None and best.sureness == Sureness.VERY_LIKELY
        return best.matter if best is not None and is_sure else ""

    def _pause_until(self) -> datetime:
        """The end of the pause that was proposed, else of one of the usual length."""
        asked = (p.expected_to_at for p in self.found.pauses if p.state == PauseState.PROPOSED)
        found = next((at for at in asked if at is not None and at > self.now), None)
        terms, calendar = queries.terms(self.actor, self.now), registry.calendar(self.actor)
        return found or terms.due_at(TermClock.PAUSE, "", self.now, calendar)

    def form(self, step: str, row_id: int, *args: Any, **more: Any) -> StepForm:
        return StepForm(
            step,
            *args,
            options=self.options(step, row_id),
            prefix=None,
            auto_id=f"{step}-{row_id}-%s",
            **more,
        )


def views_of(
    scene: Scene, steps: Iterable[OpenStep], *, tried: Tried | None = None, wanted: str = ""
) -> list[StepView]:
    """The steps, what moves the call on first; one of them is open and has its form.

    The others show their names: a form is fetched when its step is opened. ``wanted`` is the step
    that an address names, as ``accept`` or ``recall-12``.
    """
    shown = sorted(
        (s for s in steps if s.name not in OF_THE_FIRM),
        key=lambda s: (bool(s.blocked), RANK[s.tone]),
    )
    shown = [s for s in shown if s.name != "supersede_attempt" or scene.attempts()]
    opened = _opened(shown, tried, wanted)
    return [_view(scene, s, tried, is_open=s is opened) for s in shown]


def _opened(steps: list[OpenStep], tried: Tried | None, wanted: str) -> OpenStep | None:
    """The step that stands open: the one that came back, the one asked for, the likely one."""
    if tried is not None:
        return next((s for s in steps if _is_tried(s, tried)), None)
    free = [s for s in steps if not s.blocked]
    named = (s for s in free if wanted and wanted in {s.name, f"{s.name}-{s.entity_id}"})
    return next(named, None) or next((s for s in free if s.tone == "primary"), None)


def _is_tried(step: OpenStep, tried: Tried) -> bool:
    return (tried.step, tried.row_id) == (step.name, step.entity_id)


def view_of(scene: Scene, step: OpenStep) -> StepView:
    """One step with its form."""
    return _view(scene, step, None, is_open=True)


def _view(scene: Scene, step: OpenStep, tried: Tried | None, *, is_open: bool) -> StepView:
    row_id = step.entity_id
    mine = tried if tried and _is_tried(step, tried) else None
    form = mine.form if mine else scene.form(step.name, row_id) if is_open else None
    return StepView(
        step=step,
        anchor=f"do-{step.name}-{row_id}" if step.name in ROW_STEPS else f"do-{step.name}",
        title=_title(scene, step),
        url=reverse("calls:take", args=[scene.found.call.public_id, step.name]),
        icon=ICONS.get(step.name, "circle-check"),
        keys="" if step.blocked else KEYS.get(step.name, ""),
        hint=HINTS.get(step.name, ""),
        blocked=problems.sentence(f"calls.guard.{step.blocked}") if step.blocked else "",
        form=form,
        is_drawn=is_drawn(step.name),
        is_open=is_open,
        held=mine.held if mine else [],
        key=mine.key if mine else "",
    )


def _title(scene: Scene, step: OpenStep) -> str:
    """The name of the step, with the unit where a reader may see the parts of several."""
    if step.entity != "task":
        return str(TITLES.get(step.name, step.label))
    task = next((t for t in scene.found.tasks if t.pk == step.entity_id), None)
    own = len(scene.actor.units(Role.HANDLER, Role.UNIT_LEADER))
    if task is None or own == 1:
        return step.label
    words = {"step": step.label, "unit": scene.found.unit(task.unit_id)}
    return gettext("%(step)s (%(unit)s)") % words


def inputs_of(scene: Scene, form: StepForm, row_id: int, attachments: list[int]) -> dict[str, Any]:
    """What the form says, under the names that the operation knows."""
    data, step = form.cleaned_data, form.step
    found: dict[str, Any] = {}
    if step in ROW_STEPS:
        found[ROW_STEPS[step]] = row_id
    if attachments and "attachments" in INPUTS[step].names:
        found["attachments"] = attachments
    for name in INPUTS[step].names & data.keys():
        if data[name] not in (None, "", []):
            found[name] = data[name]
    if found.get("co_units"):
        found["co_units"] = [CoUnit(r.unit_id, r.weight, r.duty, r.due_at) for r in rows_of(form)]
    if step == "classify":
        _mind_place(scene, found)
        _mind_complaint(found)
    return found


def _mind_place(scene: Scene, found: dict[str, Any]) -> None:
    """A place that nobody moved stays as well known as it was."""
    call = scene.found.call
    if (found.get("longitude"), found.get("latitude")) == (call.longitude, call.latitude):
        for name in ("longitude", "latitude", "accuracy_m"):
            found.pop(name, None)


def _mind_complaint(found: dict[str, Any]) -> None:
    said = found.pop("complained_unit_id", KEEP)
    if said != KEEP:
        found["complained_unit_id"] = None if said == NOBODY else int(said)
