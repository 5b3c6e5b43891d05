"""Whose job it is and until when: the register of duties asked on behalf of a call."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from qiying.engines.worktime import Rule
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid, NotFound
from qiying.slices.calls import queries
from qiying.slices.calls.operations._asked import Place
from qiying.slices.calls.rules import Nature, Terms, Urgency
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry

SHANGHAI = ZoneInfo("Asia/Shanghai")
PRIVATE_NATURES = frozenset({Nature.COMPLAINT, Nature.REPORT})


@dataclass(frozen=True, slots=True)
class Question:
    """What the decision is asked for."""

    matter_code: str
    place: Place
    firm: registry.EnterpriseCard | None
    object_kind: str
    urgency: str
    nature: str
    complained_unit_id: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """The matter in force and the ruling; both None when triage is left to the desk."""

    asked: Question
    terms: Terms
    """The zone's, as they are in force when it is asked."""
    matter: mandate.MatterCard | None = None
    ruling: mandate.Ruling | None = None

    @property
    def nature(self) -> str:
        return self.asked.nature or (self.matter.nature if self.matter else "")

    @property
    def proposed_unit_id(self) -> int | None:
        """The unit to send it to: where the zone leads, the office that handles it there."""
        if self.ruling is None:
            return None
        named = (self.ruling.office_unit_id, self.ruling.lead_unit_id)
        barred = (None, self.asked.complained_unit_id)
        return next((i for i in named if i not in barred), None)

    @property
    def is_public(self) -> bool:
        """Only matters that the register calls public; never complaints and reports."""
        is_open = self.matter is not None and self.matter.is_public
        is_private = self.nature in PRIVATE_NATURES or self.asked.complained_unit_id is not None
        return is_open and not is_private

    @property
    def township_code(self) -> str:
        """The township that holds the place, else the firm's."""
        held = self.ruling.township_code if self.ruling else None
        return held or (self.asked.firm.township_code if self.asked.firm else "")

    @property
    def rule(self) -> Rule:
        """How long the zone has for an answer.

        A matter's own limit counts when the register says where it comes from; one without a
        source is a guess and does not override the kind of call.
        """
        return self.terms.answer(
            urgency=self.asked.urgency,
            nature=self.nature,
            matter=self.matter.code if self.matter else "",
            limit=queries.limit_of(self.matter) if self.matter else None,
        )


def decide(actor: Actor, asked: Question, *, now: datetime) -> Found:
    """Ask the register and keep its decision; nothing is asked without a matter."""
    recused = _recused(actor, asked.complained_unit_id)
    if not asked.matter_code:
        return Found(asked, queries.terms(actor, now))
    on = now.astimezone(SHANGHAI).date()
    place, firm = asked.place, asked.firm
    ruling = mandate.decide(
        actor,
        matter_code=asked.matter_code,
        longitude=place.longitude,
        latitude=place.latitude,
        on=on,
        object_kind=asked.object_kind,
        accuracy_m=place.accuracy_m if place.accuracy_m is not None else 5.0,
        belongs_to_zone=firm.belongs_to_zone if firm else None,
        presumes_owner=True,
        is_danger=asked.urgency == Urgency.DANGER,
        recused=recused,
        now=now,
    )
    card = mandate.matter(actor, asked.matter_code, on)
    return Found(asked, queries.terms(actor, now), card, ruling)


def _recused(actor: Actor, complained_unit_id: int | None) -> tuple[str, ...]:
    if complained_unit_id is None:
        return ()
    try:
        return (registry.unit(actor, complained_unit_id).code,)
    except NotFound as error:
        raise Invalid("input.invalid", {"complained_unit_id": "input.choice"}) from error


def first_receiver(actor: Actor, complained_unit_id: int | None) -> int | None:
    """The unit that holds the call until somebody else leads: the receiver's own, or the zone."""
    own = sorted(actor.units(Role.DESK, Role.GRID_OFFICER) - {complained_unit_id})
    if own:
        return own[0]
    zone = [c.id for c in registry.units(actor).values() if c.kind == "zone"]
    return next((i for i in sorted(zone) if i != complained_unit_id), None)
