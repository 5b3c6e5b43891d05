"""Sentences for the codes with which this slice refuses."""

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "mandate.no_matter": _("The register has no matter %(matter)s on that day."),
    "mandate.case": _("The place or the object cannot be read. Check longitude and latitude."),
    "mandate.place": _("Give a point on the map or an area of the zone."),
    "mandate.unit_unknown": _("The registry has no such unit."),
    "mandate.unit_twice": _("A unit stands twice in the same cell."),
    "mandate.no_lead": _("Somebody must lead on at least one side."),
    "mandate.never_public": _(
        "Complaints, reports of a breach and residents' matters are never shown to the public."
    ),
    "mandate.period": _("The end must lie after the beginning."),
    "mandate.row": _("The row %(matter)s cannot be written as it stands."),
    "mandate.code_taken": _("The register has a matter %(matter)s already."),
    "mandate.not_in_force": _("The matter %(matter)s is not in force on that day."),
    "mandate.later_version": _(
        "A later version of %(matter)s is planned already. Withdraw it first, or choose a later day."
    ),
    "mandate.same_day": _(
        "The present version of %(matter)s begins on that very day. Choose a later day."
    ),
    "mandate.no_change": _("Nothing differs from the version in force."),
    "mandate.has_begun": _("A version that has begun cannot be withdrawn. Make a new version."),
    "mandate.empty_register": _("No matter is in force on that day."),
    "mandate.edition_taken": _("That day is named by an edition already."),
    "mandate.register_not_empty": _("The register holds matters already."),
    "mandate.delegation_overlaps": _(
        "This power is delegated to the same unit in the same form on some of these days already."
    ),
    "mandate.no_neighbourhood": _("The map has no neighbourhood %(area)s."),
    "mandate.handover_open": _("The hand-over of this neighbourhood has been opened already."),
    "mandate.not_a_township": _("Only a township or sub-district can receive a neighbourhood."),
    "mandate.handover_document": _("Name the agreement that both sides signed."),
    "mandate.handover_receiver": _("Name the township that receives the neighbourhood."),
    "mandate.handover_extended": _("The dual run can be extended once only."),
    "mandate.handover_open_items": _("Some listed objects are not accepted yet."),
    "mandate.handover_uncounted": _(
        "Count each of the five lists first, or say that there is nothing to hand over."
    ),
    "mandate.list_count": _("No more objects can be accepted than are listed."),
    "mandate.file_line": _("Line %(line)s of the file cannot be read."),
    "mandate.file_columns": _("The file needs a head line with the columns %(needed)s."),
    "mandate.legal_basis": _(
        "Write each text as: Chinese name | English name | article | grade, one a line."
    ),
}
