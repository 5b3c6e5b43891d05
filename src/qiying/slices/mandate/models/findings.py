"""Sentences for what the linter finds; a test walks its checks."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from qiying.slices.mandate import rules
from qiying.slices.mandate.models.labels import LOCAL_TOWNSHIP, Side

TITLES = {
    "orphan": _("Orphan matter"),
    "two_leads": _("Two leads"),
    "lead_also_co": _("Lead and co-handler at once"),
    "unit_unknown": _("Unknown unit"),
    "locked_away": _("Locked duty handed away"),
    "company_leads": _("Company in the lead"),
    "shared_one_sided": _("Shared with one side only"),
    "core_elsewhere": _("Own business led by others"),
    "strip_kept": _("Stripped but still led"),
    "department_absent": _("Department not in the lead"),
    "delegation_expired": _("Delegation expired"),
    "delegation_ending": _("Delegation about to end"),
    "no_version": _("Gap between versions"),
    "wall_outside_planned": _("Wall outside the planned area"),
    "walls_overlap": _("Walls overlap"),
    "townships_overlap": _("Townships overlap"),
    "township_hole": _("Ground in no township"),
    "handover_incomplete": _("Hand-over without receiver"),
}
SENTENCES = {
    "orphan": _("Nobody leads this matter %(side)s."),
    "two_leads": _("%(count)s units stand in the lead cell %(side)s; there can be one."),
    "lead_also_co": _("%(unit)s leads and co-handles at once %(side)s."),
    "unit_unknown": _("The registry has no unit %(unit)s in use, which is named %(side)s."),
    "locked_away": _(
        "A statute places this duty on the zone, but %(unit)s leads inside the wall."
    ),
    "company_leads": _("A company may not lead a duty by statute."),
    "shared_one_sided": _("A shared matter needs a lead on both sides of the wall."),
    "core_elsewhere": _("The zone's own business is led by %(unit)s inside the wall."),
    "strip_kept": _("The matter was handed to the locality, but %(unit)s still leads it."),
    "department_absent": _("%(unit)s leads a department's power without a delegation."),
    "delegation_expired": _("The delegation to %(unit)s ended on %(ended)s, but it still leads."),
    "delegation_ending": _("The delegation by %(document)s ends in %(days)s days."),
    "no_version": _(
        "The matter was in force before this day and will be after it, but not on it."
    ),
    "wall_outside_planned": _("%(area_m2)s m² of this wall lie outside the planned area."),
    "walls_overlap": _("It shares %(area_m2)s m² with the wall %(other)s."),
    "townships_overlap": _("It shares %(area_m2)s m² with the township %(other)s."),
    "township_hole": _("%(area_m2)s m² of the planned area lie in no township."),
    "handover_incomplete": _("The neighbourhood was handed over, but no township receives it."),
}
BOTH = _("on either side")
NOBODY = _("nobody")


def finding_sentence(finding: rules.Finding, names: Mapping[str, str]) -> str:
    """What is wrong, in the reader's language; ``names`` are of units by code."""
    words: dict[str, object] = {"unit": NOBODY, **dict(finding.params)}
    side = words.get("side")
    if side is not None:
        words["side"] = Side(side).label if side in Side.values else BOTH
    if "unit" in dict(finding.params):
        unit = str(words["unit"])
        words["unit"] = LOCAL_TOWNSHIP if unit == rules.LOCAL_TOWNSHIP else names.get(unit, unit)
    return str(SENTENCES[finding.code]) % words
