"""What the law says of deputies and their suggestions, as data with article and evidence grade.

Statutes graded A were read in a public copy of the text. The Zhejiang provisions are written for
the provincial level; counties and townships follow them by reference.
"""

from collections.abc import Mapping

from qiying.kernel.law import OURS, Fact, table
from qiying.slices.council.rules.codes import SuggestionKind

_DL = ("代表法（2025年修正）", "Law on Deputies (as amended 2025)")
_ZJ = (
    "浙江省人大代表建议、批评和意见办理的规定（2016年，省级；县乡参照）",
    "Zhejiang Provisions on Handling Deputies' Suggestions (2016; provincial level, by reference)",
)
_ST = (
    "浙江省街道人大工作条例（2019年，类推）",
    "Zhejiang Regulations on People's Congress Work in Sub-districts (2019, by analogy)",
)
_CP = ("政协提案办理惯例", "Practice of handling CPPCC proposals")
_PR = ("多地政府公开的建议提案办理情况", "Published reports of several governments")

FACTS: Mapping[str, Fact] = table(
    Fact("decides_nothing", _DL, "31", "A"),
    Fact("may_suggest", _DL, "36", "A"),
    Fact("answer_in_time", _DL, "51", "A", months=3),
    Fact("answer_complex", _DL, "51", "A", months=6),
    Fact("talk_with_deputy", _DL, "51", "A"),
    Fact("made_public", _DL, "51", "A"),
    Fact("key_suggestions", _DL, "52", "A"),
    Fact("no_interference", _DL, "59", "A"),
    Fact("no_topic", _ZJ, "6", "A"),
    Fact("acknowledged", _ZJ, "10", "A", days=7),
    Fact("wrong_addressee", _ZJ, "14", "A", days=10),
    Fact("co_handlers", _ZJ, "18", "A", months=2),
    Fact("extension", _ZJ, "21", "A", months=6),
    Fact("opinion_form", _ZJ, "23", "A"),
    Fact("answered_again", _ZJ, "24", "A", months=1),
    Fact("followed_up", _ZJ, "20", "A"),
    Fact("assembly", _ST, "16—18", "A"),
    Fact("cppcc_time", _CP, "", "K", months=3),
    Fact("zone_time", OURS, "", "D", months=1),
    Fact("answer_classes", _PR, "", "B"),
    Fact("notice", OURS, "", "D", days=5),
    Fact("quorum", OURS, "", "D"),
)
NOTICE_DAYS = FACTS["notice"].days
RETURN_DAYS = FACTS["wrong_addressee"].days
CO_MONTHS = FACTS["co_handlers"].months
REDO_MONTHS = FACTS["answered_again"].months
COMPLEX_MONTHS = FACTS["answer_complex"].months
REMINDERS = (15, 5, 1)
"""Days left at which a handling unit is reminded (grade D)."""
_LIMITS: Mapping[str, str] = {
    SuggestionKind.NPC: "answer_in_time",
    SuggestionKind.CPPCC: "cppcc_time",
    SuggestionKind.ZONE: "zone_time",
}
EXTENDABLE = frozenset({SuggestionKind.NPC, SuggestionKind.CPPCC})


def limit_fact(kind: str, *, is_complex: bool = False) -> Fact:
    """The limit for the answer to a suggestion of this kind."""
    return FACTS["answer_complex" if is_complex else _LIMITS[kind]]
