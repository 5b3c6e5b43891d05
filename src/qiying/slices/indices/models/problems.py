"""Sentences for the codes with which this slice refuses, and for cells that cannot be used."""

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "indices.tree.heading": _("The tree begins with the line: code,parent,weight"),
    "indices.tree.size": _("A tree has at most %(most)s lines."),
    "indices.tree.number": _("Line %(line)s of the tree: the weight must be a number from 0."),
    "indices.tree.repeated": _("Line %(line)s of the tree: a code of its own is needed."),
    "indices.tree.roots": _("The tree needs exactly one line without a parent: the index."),
    "indices.tree.parent": _("Line %(line)s of the tree: the parent is not a node of this tree."),
    "indices.tree.unknown": _("Line %(line)s of the tree: no such indicator in the dictionary."),
    "indices.tree.depth": _("Line %(line)s of the tree: too deep, or in a circle."),
    "indices.plan": _("The plan cannot be used: %(fault)s (%(place)s)."),
    "indices.years": _("The last year must not be before the first, and at most 30 after it."),
    "indices.kinds": _("Choose at least one kind of data."),
    "indices.code": _("A code has up to 12 letters and digits."),
    "indices.run.no_places": _("There are no places to evaluate. Take over the list of places."),
    "indices.run.no_values": _("There is not one value of these years and kinds of data."),
    "indices.run.unusable": _("The data do not fit the plan: %(fault)s (%(place)s)."),
    "indices.run.check": _("The independent recount does not agree: %(fault)s (%(place)s)."),
    "indices.run.released": _("This run is released already."),
    "indices.run.own": _("Somebody else than the maker of a run releases it."),
    "indices.run.weights": _("Weights are numbers from 0 to 10 for nodes of this index."),
    "indices.value.faults": _("Nothing was written: some cells cannot be used. See the list."),
    "indices.cell.column": _("No indicator of the dictionary has this name or code."),
    "indices.cell.headings": _("The table needs a column for the year and one for the place."),
    "indices.cell.year": _("This is no year."),
    "indices.cell.place": _("No such place in the list."),
    "indices.cell.name": _("Code and name of the place do not belong together."),
    "indices.cell.ambiguous": _("Several places have this name. Give the code."),
    "indices.cell.boundary": _("This place did not exist at the end of that year."),
    "indices.cell.number": _("This is no number."),
    "indices.cell.twice": _("The same value stands in the file twice."),
    "indices.cell.kind": _("The dictionary says that this indicator is of another kind of data."),
}
TOPICS = {
    "indices.dictionary_taken": _("Standard dictionary taken over"),
    "indices.indicator_defined": _("Indicator defined"),
    "indices.values_recorded": _("Values recorded"),
    "indices.edition_opened": _("Edition of an evaluation opened"),
    "indices.run_made": _("Run of an evaluation made"),
    "indices.run_released": _("Run of an evaluation released"),
}
