"""Sentences for the engine's rules: what each found, and why it passed a unit over.

A rule says different things by what it found, so the key is the rule and, after a dot, the
variant that ``variant`` picks from the numbers. A test walks the engine's published rules.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from qiying.engines.jurisdiction import Basis as EngineBasis
from qiying.engines.jurisdiction import Rule
from qiying.slices.mandate.models.labels import SIDES, Basis, Status

Params = Mapping[str, Any]

TITLES: dict[Rule, Promise] = {
    Rule.BEFORE_REFORM: _("Before the reform"),
    Rule.DANGER: _("Danger first"),
    Rule.DEPARTMENT: _("Statutory department"),
    Rule.LOCKED: _("Locked on the zone"),
    Rule.RESIDENTS: _("Residents"),
    Rule.NOT_HANDED_OVER: _("Not yet handed over"),
    Rule.LINEAR: _("Owner of the line"),
    Rule.NEAR_WALL: _("Near the wall"),
    Rule.BASIS: _("Side and row"),
    Rule.ADJUDICATION: _("Adjudication"),
    Rule.FIRST_RECEIVER: _("First receiver"),
    Rule.DEPARTMENT_DUTY: _("No pushing down"),
    Rule.RECUSAL: _("Conflict of interest"),
    Rule.ROW: _("Row of the register"),
    Rule.NO_COMPANY: _("No company in the lead"),
    Rule.NO_TOWNSHIP: _("No township known"),
    Rule.NO_RESPONDER: _("No responder known"),
    Rule.NO_OWNER: _("Owner unknown"),
    Rule.NO_PLACE: _("No place"),
    Rule.NOT_ARISING: _("Does not arise there"),
    Rule.SAME_CANDIDATES: _("Same on both sides"),
    Rule.PRECEDENT: _("Precedent"),
    Rule.ZONE_TOLD: _("Zone informed"),
}

SENTENCES: dict[str, Promise] = {
    "ROW": _("The register lists this matter as “%(status)s”; the lead is found %(basis)s."),
    "J0": _(
        "Before %(reform_on)s the planning boundary decided, and the zone led what it carried."
    ),
    "J1": _("Danger to life or property: %(responder)s goes at once; ownership is settled later."),
    "J2": _("It is a department's statutory power, so the department leads wherever it happens."),
    "J2.unclear": _(
        "It is a department's statutory power, but which department depends on the side, and the "
        "place is too near the boundary to tell."
    ),
    "J3": _(
        "A statute places this duty on the zone, and the place lies %(distance)s m inside the wall."
    ),
    "J4": _("It concerns residents, so the township's community leads, even inside a wall."),
    "J4.neighbourhood": _(
        "The place lies in a residential neighbourhood, so the community of %(township)s leads, "
        "even inside a wall."
    ),
    "J4P": _("This neighbourhood has not been handed over yet; who led before still leads."),
    "J5": _("The owner or operator of the segment leads: %(owner)s."),
    "J5.crossing": _(
        "The owner or operator of the segment leads: %(owner)s. %(share)s of it lies inside; zone "
        "and township each look after their part."
    ),
    "J6.band": _(
        "The place is only %(distance)s m from the boundary, within the band of %(band)s m: both "
        "candidates are named and a person confirms."
    ),
    "J6.crossing": _(
        "The object reaches across the boundary, %(share)s of it inside: the side that holds more "
        "is proposed and a person confirms."
    ),
    "J6.uncertain": _(
        "The position is less certain than its distance to the boundary (%(distance)s m): a person "
        "confirms."
    ),
    "J7.township": _(
        "The matter was handed to the locality: the township that holds the place leads."
    ),
    "J7.inside": _("The place lies inside the wall, so the unit named for the inside leads."),
    "J7.outside": _("The place lies outside the wall, so the unit named for the outside leads."),
    "J7.firm": _("The firm belongs to the zone, and the matter follows the firm."),
    "J7.other_firm": _(
        "The firm does not belong to the zone, so the unit named for the outside leads."
    ),
    "J8.days": _("No rule settles it: the county decides within %(days)s working days."),
    "J8.cited": _("No rule settles it, but the county has decided such a case here before."),
    "R2": _("Until then the first receiver keeps it and may not refuse."),
    "R5": _("It is the duty of %(unit)s, which may not be pushed down to the township."),
    "R8": _("%(unit)s has a conflict of interest and stands back; %(successor)s takes its place."),
    "R8.nobody": _("%(unit)s has a conflict of interest and stands back."),
    "NO_COMPANY": _(
        "A company may not lead such a duty: %(successor)s takes the place of %(unit)s."
    ),
    "NO_COMPANY.nobody": _("A company may not lead such a duty: %(unit)s cannot."),
    "NO_TOWNSHIP": _("The place lies in no township that the map knows."),
    "NO_RESPONDER": _("Nobody is known who could be sent at once."),
    "NO_OWNER": _("Who owns or operates this segment is not known."),
    "NO_PLACE": _("No place is stated, and this matter needs one."),
    "NOT_ARISING": _("On this side the matter does not arise."),
    "SAME_CANDIDATES": _(
        "The same unit leads on both sides, so the boundary makes no difference."
    ),
    "PRECEDENT": _("The county decided on %(decided_on)s (%(id)s): %(unit)s leads."),
    "ZONE_TOLD": _("The firm is the zone's, so the zone is informed."),
}

REJECTIONS: dict[Rule, Promise] = {
    Rule.BEFORE_REFORM: _("the zone still carried the matter then"),
    Rule.DANGER: _("danger comes first"),
    Rule.DEPARTMENT: _("it is a department's power"),
    Rule.LOCKED: _("a statute places it on the zone inside the wall"),
    Rule.RESIDENTS: _("residents' matters belong to the township's community"),
    Rule.NOT_HANDED_OVER: _("the neighbourhood is not handed over yet"),
    Rule.LINEAR: _("the owner of the segment leads"),
    Rule.NEAR_WALL: _("the place lies near the boundary"),
    Rule.ADJUDICATION: _("the county decided otherwise"),
    Rule.RECUSAL: _("conflict of interest"),
    Rule.NO_COMPANY: _("a company may not lead such a duty"),
}


BY_BASIS = {
    "township": _("the local township leads this matter"),
    "inside": _("it leads outside the wall only"),
    "outside": _("it leads inside the wall only"),
    "firm": _("the firm belongs to the zone, so this unit does not lead"),
    "other_firm": _("the firm does not belong to the zone, so this unit does not lead"),
}
"""Why rule 7 passed a unit over, by what it went by."""
PRESUMED = _("Owner presumed")
PRESUMPTIONS = {
    "inside": _(
        "The register names %(unit)s for facilities inside the wall; who owns this one is to be "
        "confirmed."
    ),
    "outside": _(
        "The register names %(unit)s for facilities outside the wall; who owns this one is to be "
        "confirmed."
    ),
}
WALLED = {"inside": _("inside the wall"), "outside": _("outside the wall")}
PLANNED = {"inside": _("inside the planned area"), "outside": _("outside the planned area")}
BAND = {
    True: _("within the boundary band, inner side"),
    False: _("within the boundary band, outer side"),
}


def variant(rule: Rule, params: Params) -> str:
    """The key of the sentence for a rule with these numbers."""
    picks: dict[Rule, Callable[[], str]] = {
        Rule.DEPARTMENT: lambda: ".unclear" if "side" in params else "",
        Rule.RESIDENTS: lambda: ".neighbourhood" if _names_both(params) else "",
        Rule.LINEAR: lambda: ".crossing" if "share_inside" in params else "",
        Rule.NEAR_WALL: lambda: f".{params['side']}",
        Rule.BASIS: lambda: f".{_basis(params)}",
        Rule.ADJUDICATION: lambda: ".days" if "working_days" in params else ".cited",
        Rule.RECUSAL: lambda: "" if "successor" in params else ".nobody",
        Rule.NO_COMPANY: lambda: "" if "successor" in params else ".nobody",
    }
    pick = picks.get(rule)
    return rule.value + (pick() if pick else "")


def _names_both(params: Params) -> bool:
    return "neighbourhood" in params and "township" in params


def _basis(params: Params) -> str:
    if params.get("basis") == EngineBasis.TOWNSHIP:
        return "township"
    if params.get("basis") == EngineBasis.ZONE and "belongs" in params:
        return "firm" if params["belongs"] else "other_firm"
    return str(params["side"])


def sentence(rule: Rule, params: Params, names: Mapping[str, str]) -> str:
    """What a rule found, in the reader's language; ``names`` are of units by code."""
    text = SENTENCES[variant(rule, params)]
    words = {k: names.get(v, v) if isinstance(v, str) else v for k, v in params.items()}
    if "status" in params:
        words["status"] = Status(params["status"]).label
    if "basis" in params:
        label = str(Basis(params["basis"]).label)
        words["basis"] = label[:1].lower() + label[1:]
    words["distance"] = metres(params.get("distance_m") or 0)
    words["band"] = metres(params.get("band_m", 0))
    words["share"] = f"{round(100 * params.get('share_inside', 0))}%"
    words["days"] = params.get("working_days", "")
    return str(text) % words


def metres(distance: float) -> str:
    """A distance without its sign: decimetres below 100 m, never rounded up to a threshold."""
    size = abs(distance)
    if size >= 100:
        return f"{size:.0f}"
    tenth = round(size, 1)
    is_raised = tenth > size and tenth.is_integer()
    return f"{tenth - 0.1 * is_raised:.1f}".removesuffix(".0")


def side_word(side: str, *, is_walled: bool) -> str:
    """On which side, in the reader's language; before the reform of the planning boundary."""
    words = WALLED if is_walled else PLANNED
    return str(words.get(side) or SIDES[side])


def where(side: str, distance_m: float | None, *, is_walled: bool) -> str:
    """Where a place lies and how far from the line that decides, in the reader's language."""
    if not distance_m:
        return side_word(side, is_walled=is_walled)
    word = BAND[distance_m > 0] if side == "band" else side_word(side, is_walled=is_walled)
    if is_walled:
        text = now("%(side)s, %(distance)s m from the wall")
    else:
        text = now("%(side)s, %(distance)s m from the planned boundary")
    return text % {"side": word, "distance": metres(distance_m)}


def presumption(side: str, unit: str) -> str:
    """That a unit was taken for the owner by the row, in the reader's language."""
    return str(PRESUMPTIONS[side]) % {"unit": unit}


def rejection(rule: Rule, unit: str, basis: Params) -> str:
    """Why a unit was passed over, in the reader's language.

    ``basis`` holds the numbers of rule 7, or the side of a presumed owner: what the lead went by.
    """
    by_row = rule is Rule.BASIS or (rule is Rule.LINEAR and "side" in basis)
    why = BY_BASIS[_basis(basis)] if by_row else REJECTIONS.get(rule, TITLES[rule])
    return now("%(unit)s: %(why)s") % {"unit": unit, "why": why}
