"""What the law says, as data with article and evidence grade; pages show both beside each limit.

Statutes graded A were read in a public copy of the text of each law (edition in the name). Later
amendments are not in it: check again before production.
"""

from collections.abc import Mapping

from qiying.kernel.law import OURS, Fact, table
from qiying.slices.mediation.rules.codes import Kind, Path

_PML = ("人民调解法（2010年）", "People's Mediation Law (2010)")
_LDL = (
    "劳动争议调解仲裁法（2007年）",
    "Law on Mediation and Arbitration of Labour Disputes (2007)",
)
_CPL = ("民事诉讼法（2023年修正）", "Civil Procedure Law (as amended 2023)")
_CC = ("民法典", "Civil Code")

FACTS: Mapping[str, Fact] = table(
    Fact("voluntary", _PML, "3", "A"),
    Fact("free", _PML, "4", "A"),
    Fact("refusal_ends", _PML, "17", "A"),
    Fact("mediator_choice", _PML, "19", "A"),
    Fact("party_rights", _PML, "23", "A"),
    Fact("escalation", _PML, "25", "A"),
    Fact("told_path", _PML, "26", "A"),
    Fact("record_kept", _PML, "27", "A"),
    Fact("oral_form", _PML, "28", "A"),
    Fact("written_effect", _PML, "29", "A"),
    Fact("oral_effect", _PML, "30", "A"),
    Fact("binding", _PML, "31", "A"),
    Fact("dispute_of_agreement", _PML, "32", "A"),
    Fact("confirmation", _PML, "33", "A", days=30),
    Fact("confirmation_court", _CPL, "205", "A", days=30),
    Fact("confirmation_effect", _CPL, "206", "A"),
    Fact("secrecy", _PML, "15", "A"),
    Fact("labour_written", _LDL, "14", "A"),
    Fact("labour_fallback", _LDL, "14", "A", days=15),
    Fact("labour_breach", _LDL, "15", "A"),
    Fact("payment_order", _LDL, "16", "A"),
    Fact("labour_limitation", _LDL, "27", "A", years=1),
    Fact("labour_award", _LDL, "43", "A", days=45),
    Fact("general_limitation", _CC, "188", "B", years=3),
    Fact("general_time", OURS, "", "K", days=30),
    Fact("appointed_by_another", OURS, "", "D"),
    Fact("reminders", OURS, "", "D"),
)

CONFIRM_WITHIN_DAYS = FACTS["confirmation"].days
CONFIRM_REMINDERS = (20, 10, 3, 1)
"""Days left of the 30 at which the parties are reminded (grade D)."""
SETTLE_REMINDERS = (5, 1)
PERFORM_REMINDERS = (3,)
LIMITATION_REMINDERS = (60, 30, 7)


def settle_fact(kind: str) -> Fact:
    """The limit for reaching an agreement: 15 days by law for labour, else our own 30."""
    return FACTS["labour_fallback" if kind == Kind.LABOUR else "general_time"]


def limitation_fact(kind: str) -> Fact:
    """The time within which a claim must be brought elsewhere; a hint, not a calculation of it."""
    return FACTS["labour_limitation" if kind == Kind.LABOUR else "general_limitation"]


FAILURE_PATHS: Mapping[str, tuple[Path, ...]] = {
    Kind.LABOUR: (Path.LABOUR_ARBITRATION,),
    Kind.LAND: (Path.LAND_ARBITRATION, Path.COURT),
    Kind.CONTRACT: (Path.ARBITRATION, Path.COURT),
    Kind.SUPPLY: (Path.ARBITRATION, Path.COURT),
    Kind.LEASE: (Path.ARBITRATION, Path.COURT),
}
"""Where a dispute of a kind can go when mediation ends; any other goes to court."""


def failure_paths(kind: str) -> tuple[Path, ...]:
    return FAILURE_PATHS.get(kind, (Path.COURT,))


def breach_paths(kind: str, *, is_confirmed: bool) -> tuple[Path, ...]:
    """What is open to whom an agreement is not kept: enforcement once a court confirmed it."""
    if is_confirmed:
        return (Path.ENFORCEMENT,)
    if kind == Kind.LABOUR:
        return (Path.PAYMENT_ORDER, Path.LABOUR_ARBITRATION)
    return (Path.COURT,)
