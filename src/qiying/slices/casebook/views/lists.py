"""The tables of a selection's page and files: entries, panel, ranking, the list, objections."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from qiying.kernel import exports
from qiying.kernel.access import Actor
from qiying.slices.casebook import queries, rules
from qiying.slices.casebook.models import EntryMark, Selection, labels
from qiying.slices.casebook.views import shared


def entry_lines(actor: Actor, row: Selection) -> list[dict[str, Any]]:
    """The entries that the reader may see."""
    return [
        {
            "entry": entry,
            "level": labels.LEVEL_LABELS[entry.level],
            "label": labels.ENTRY_LABELS[entry.state],
            "tone": labels.ENTRY_TONES[entry.state],
            "url": reverse("casebook:entry", args=[entry.public_id]),
        }
        for entry in queries.entries_of(actor, row)
    ]


def seat_lines(row: Selection, marks: list[EntryMark]) -> list[dict[str, Any]]:
    """Who sits on the panel, how much each has to read and how strict each proved."""
    lenient = row.ranking.get("leniency", {})
    return [
        {
            "seat": seat,
            "load": sum(m.seat_id == seat.pk for m in marks),
            "done": sum(m.seat_id == seat.pk and m.marked_at is not None for m in marks),
            "leniency": lenient.get(str(seat.pk)),
        }
        for seat in queries.seats_of(row)
    ]


def reading_lines(actor: Actor, row: Selection) -> list[dict[str, Any]]:
    """What this panelist reads."""
    return [
        {
            "mark": mark,
            "blind": mark.entry.blind,
            "title": mark.entry.title,
            "is_given": mark.marked_at is not None,
            "url": reverse("casebook:reading", args=[mark.entry.public_id]),
        }
        for mark in queries.readings_of(actor, row)
    ]


def ranking_lines(actor: Actor, row: Selection) -> list[dict[str, Any]]:
    """The frozen ranking, raw beside adjusted, with the line of the places."""
    entries = {e.pk: e for e in queries.entries_of(actor, row)}
    inside, line = set(row.ranking.get("inside", ())), set(row.ranking.get("on_the_line", ()))
    return [
        {
            **found,
            "entry": entries[found["entry"]],
            "is_inside": found["entry"] in inside,
            "is_on_line": found["entry"] in line,
            "is_chosen": entries[found["entry"]].is_chosen,
        }
        for found in row.ranking.get("rows", ())
        if found["entry"] in entries
    ]


def ranking_facts(row: Selection) -> list[tuple[str, Any]]:
    """How far readers agreed and how firm the line stands."""
    found = row.ranking
    if not found:
        return []
    interval = (
        f"{found['icc_low']:.2f} … {found['icc_high']:.2f}"
        if found["icc_low"] is not None
        else "—"
    )
    return [
        (_("Krippendorff's alpha"), _number(found["alpha"])),
        (_("ICC(1,1), one reader"), _number(found["icc"])),
        (_("95 % interval of it"), interval),
        (_("ICC(1,k), mean of readers"), _number(found["icc_mean"])),
        (_("Points between the last inside and the first outside"), _number(found["gap"])),
        (_("Readers can be compared"), _("yes") if found["is_connected"] else _("no")),
        (_("Digest of the ranking"), found["digest"][:16]),
    ]


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"


def listed(actor: Actor, row: Selection) -> list[dict[str, Any]]:
    """The list that everybody reads; when it is final, as it was hashed."""
    if row.state not in rules.LISTED:
        return []
    ids = {e.number: e.public_id for e in queries.publicised(actor, row)}
    return [
        {**line, "level": labels.LEVEL_LABELS[line["level"]], "id": ids.get(line["number"])}
        for line in queries.list_lines(actor, row)
    ]


def objection_lines(actor: Actor, row: Selection) -> list[dict[str, Any]]:
    return [
        {
            "objection": found,
            "label": labels.OBJECTION_LABELS[found.state],
            "tone": labels.OBJECTION_TONES[found.state],
            "is_open": found.state == rules.ObjectionState.OPEN,
        }
        for found in queries.objections_of(actor, row)
    ]


def sheet_of(
    request: HttpRequest, actor: Actor, row: Selection, *, now: datetime
) -> exports.Sheet:
    """The list, or for those who oversee it the whole ranking, as a table."""
    ranked = row.ranking and actor.has(*rules.ORGANISERS, *rules.CHOOSERS, "auditor")
    headings, rows = _ranked(actor, row) if ranked else _listed(actor, row)
    filters = [
        (_("Selection"), f"{row.number} {row.title}"),
        (_("State"), str(labels.SELECTION_LABELS[row.state])),
        (_("Places"), str(row.quota)),
        (_("Equal scores"), row.get_tie_rule_display()),
    ]
    if row.final_digest:
        filters.append((_("SHA-256 of the final list"), row.final_digest))
    return shared.sheet(request, row.title, headings, rows, filters, now=now)


def _listed(actor: Actor, row: Selection) -> tuple[list[str], list[list[Any]]]:
    headings = [_("Number"), _("Title"), _("Entered by"), _("County"), _("Entrant"), _("Rank")]
    lines = listed(actor, row)
    return headings, [
        [x["number"], x["title"], str(x["level"]), x["county"], x["entrant"], x["rank"]]
        for x in lines
    ]


def _ranked(actor: Actor, row: Selection) -> tuple[list[str], list[list[Any]]]:
    names = [c["name"] for c in shared.criteria_lines(row.criteria)]
    codes = [c["code"] for c in row.criteria]
    headings = [
        *(_("Number"), _("Title"), _("County"), _("Entrant"), _("Rank"), _("Score")),
        *names,
        *(_("Adjusted"), _("Rank adjusted"), _("Difference of readers")),
        *(_("Within the places, of 100 shaken worlds"), _("On the list")),
    ]
    rows = [
        [
            *(x["entry"].number, x["entry"].title, x["entry"].county, x["entry"].entrant),
            *(x["rank"], float(x["score"])),
            *(float(x["points"][c]) for c in codes),
            *(float(x["adjusted"]), x["adjusted_rank"], float(x["spread"])),
            *(float(x["safety"]), _("yes") if x["is_chosen"] else _("no")),
        ]
        for x in ranking_lines(actor, row)
    ]
    return headings, rows


def notes_of(row: Selection) -> list[str]:
    """What stands under the printed list."""
    found = [_("Meeting: %(day)s") % {"day": row.met_on}] if row.met_on else []
    if row.publicity_until:
        words = {"since": row.publicity_from, "until": row.publicity_until}
        found.append(_("Publicity period: %(since)s to %(until)s") % words)
    if row.final_digest:
        found.append(_("SHA-256 of the final list: %(digest)s") % {"digest": row.final_digest})
    return found
