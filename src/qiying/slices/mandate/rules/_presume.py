"""Who is taken for the owner of a facility that no record of lines names."""

from qiying.engines.jurisdiction import LOCAL_TOWNSHIP, Decision, Rule, Side
from qiying.slices.mandate.rules._row import Row


def presumed_owner(row: Row, decision: Decision) -> str | None:
    """The unit that the row names for the side on which the place lies; a person confirms it.

    ``decision`` is the answer without an owner. Presumed is only where that answer is open for
    want of an owner: a precedent, danger or another rule speaks first. Near the boundary, across
    it, or where the row names nobody, nothing is presumed and the county decides.
    """
    fired = {reason.rule for reason in decision.reasons}
    if not decision.needs_adjudication or Rule.NO_OWNER not in fired:
        return None
    cells = {Side.INSIDE: row.lead_inside, Side.OUTSIDE: row.lead_outside}
    named = cells.get(decision.side, ())[:1]
    return decision.township if named == (LOCAL_TOWNSHIP,) else "".join(named) or None
