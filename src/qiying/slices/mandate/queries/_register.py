"""The register in memory: every version by code, kept per process until it changes."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from qiying.kernel import revisions, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.kernel.language import in_language
from qiying.slices.mandate.models import MatterVersion, Seat, labels
from qiying.slices.mandate.queries._cards import MatterCard
from qiying.slices.mandate.rules import LOCAL_TOWNSHIP, PLAIN, Article
from qiying.slices.registry import public as registry

Revision = tuple[int, int]
"""Of the registry and of the register."""


@dataclass(frozen=True, slots=True)
class Register:
    """Every dated version of every matter, and the units by code and by id."""

    revision: Revision
    versions: Mapping[str, tuple[MatterCard, ...]]
    units: Mapping[str, registry.UnitCard]
    code_of: Mapping[int, str]
    texts: Mapping[str, str]
    """English names of the cited texts by their Chinese ones."""
    turns: tuple[date, ...]
    """The days on which another set of rows comes into force."""

    def on(self, day: date) -> dict[str, MatterCard]:
        """The rows in force on a day, by code."""
        found = (self.find(code, day) for code in self.versions)
        return {card.code: card for card in found if card is not None}

    def find(self, code: str, day: date) -> MatterCard | None:
        cards = self.versions.get(code, ())
        return next((c for c in cards if c.is_in_force(day)), None)

    def text_name(self, name_zh: str) -> str:
        """The name of a cited text in the reader's language."""
        return in_language(name_zh, self.texts.get(name_zh, ""))

    def unit_name(self, code: str) -> str:
        card = self.units.get(code)
        return card.name if card else code


_kept: revisions.Kept[Register] = revisions.Kept()


def revision_of(actor: Actor) -> Revision:
    """Which registry and which register are in force: one query."""
    now = revisions.current(actor)
    return now.get("registry", 0), now.get("mandate", 0)


def register(actor: Actor, revision: Revision | None = None) -> Register:
    """The whole register; built again only after something changed."""
    key = revision or revision_of(actor)
    return _kept.get(actor.tenant_id, key, lambda: _build(actor, key))


def _build(actor: Actor, revision: Revision) -> Register:
    with tenancy.reading(actor):
        units = registry.units(actor)
        code_of = {card.id: code for code, card in units.items()}
        seats = _seats(actor, code_of)
        rows = MatterVersion.objects.visible_to(actor).select_related("matter")
        versions: dict[str, list[MatterCard]] = {}
        for row in rows.order_by("matter__code", "valid_from"):
            card = _card(row, seats.get(row.pk, {}))
            versions.setdefault(card.code, []).append(card)
    frozen = {code: tuple(cards) for code, cards in versions.items()}
    cited = (a for cards in frozen.values() for c in cards for a in c.legal_basis)
    texts = labels.TEXTS | {a.law_zh: a.law_en for a in cited}
    return Register(
        revision,
        MappingProxyType(frozen),
        units,
        MappingProxyType(code_of),
        MappingProxyType(texts),
        _turns(frozen),
    )


def _turns(versions: Mapping[str, tuple[MatterCard, ...]]) -> tuple[date, ...]:
    days = {c.valid_from for cards in versions.values() for c in cards}
    days |= {c.valid_to for cards in versions.values() for c in cards if c.valid_to}
    return tuple(sorted(days))


Cells = dict[str, Any]


def _seats(actor: Actor, code_of: Mapping[int, str]) -> dict[int, Cells]:
    rows = Seat.objects.visible_to(actor).order_by("version_id", "side", "part", "position")
    found: dict[int, Cells] = {}
    for version_id, side, part, unit_id in rows.values_list(
        "version_id", "side", "part", "unit_id"
    ):
        cells = found.setdefault(version_id, {})
        code = LOCAL_TOWNSHIP if unit_id is None else code_of[unit_id]
        name = f"{part}_{side}"
        cells[name] = (*cells.get(name, ()), code)
    return found


SAME = ("number", "valid_from", "valid_to", *PLAIN)
"""Fields that a row and its table name alike."""


def _card(row: MatterVersion, cells: Cells) -> MatterCard:
    return MatterCard(
        matter_id=row.matter_id,
        version_id=row.pk,
        code=row.matter.code,
        category=row.matter.category,
        legal_basis=tuple(Article(**article) for article in row.legal_basis),
        keywords_zh=tuple(row.keywords.get("zh", ())),
        keywords_en=tuple(row.keywords.get("en", ())),
        **{name: getattr(row, name) for name in SAME},
        **cells,
    )


def stretch(actor: Actor, on: date) -> tuple[Revision, int]:
    """Names the days around this one in which the same rows are in force."""
    found = register(actor)
    return found.revision, bisect_right(found.turns, on)


def matters(actor: Actor, on: date) -> tuple[MatterCard, ...]:
    """The rows in force on a day, by code."""
    return tuple(register(actor).on(on).values())


def matter(actor: Actor, code: str, on: date) -> MatterCard:
    """One row in force on a day; NotFound when there is none."""
    card = register(actor).find(code, on)
    if card is None:
        raise NotFound("mandate.no_matter", matter=code)
    return card
