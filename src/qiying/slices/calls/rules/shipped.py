"""The terms that the platform ships, what each rests on, and what statutes set.

Sources: ``calls.md`` §3.6 and §3.8, ``rulebook.md`` §3.7 and §10. Values without an outside rule
are our own (grade D). A guarded term protects the firm or the truth of the rates: a zone may
tighten it and never loosen it. What no zone decides at all (re-opening within 30 days without
leave, three attempts on two days, who may decide on the own matter, three pauses, two extensions,
the third round to the joint meeting) is no term; guards, triggers and constraints keep it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from qiying.engines.worktime import Kind, Rule
from qiying.kernel.law import Basis
from qiying.slices.calls.rules.codes import Clock, Nature, Urgency

TermKey = tuple[str, str]
"""Which clock, and of which urgency, nature, matter or rung ("" for all)."""
MOST_OF_KIND: Mapping[Kind, int] = {
    "hours": 24 * 60,
    "working_hours": 8 * 60,
    "working_days": 60,
    "natural_days": 90,
}
"""The longest term of a matter that no statute limits."""
HOURS_OF_DAY: Mapping[str, int] = {
    "hours": 24,
    "working_hours": 8,
    "working_days": 1,
    "natural_days": 1,
}
SHORT_KINDS = ("hours", "working_hours", "working_days")
DAY_KINDS = ("working_days", "natural_days")


class TermClock(StrEnum):
    """What a term is for: the clocks of calls, and the zone's other periods."""

    ACCEPT = Clock.ACCEPT.value
    DISPATCH = Clock.DISPATCH.value
    SIGN = Clock.SIGN.value
    CONTACT = Clock.CONTACT.value
    ADJUDICATE = Clock.ADJUDICATE.value
    DISPUTE = "dispute"
    ANSWER = Clock.ANSWER.value
    TASK = Clock.TASK.value
    MILESTONE = Clock.MILESTONE.value
    INFO = "info"
    PAUSE = "pause"
    PAUSE_CAP = "pause_cap"
    EXTENSION = "extension"
    CALLBACK = Clock.CALLBACK.value
    REDO = "redo"
    LIMIT = "limit"
    NOTE = "note"
    LONG_OVERDUE = "long_overdue"


@dataclass(frozen=True, slots=True)
class Shipped:
    """A default: the rule, what it rests on, and how far a zone may go from it."""

    rule: Rule
    basis: Basis
    kinds: tuple[str, ...]
    longest_days: int = 0
    """The longest in days; nought for a guarded term, which may not grow at all."""

    @property
    def is_guarded(self) -> bool:
        return not self.longest_days

    def most(self, kind: str) -> int:
        """The longest that a zone may set, in this kind."""
        if self.is_guarded:
            return int(self.rule.amount)
        return self.longest_days * HOURS_OF_DAY[kind]


OURS = Basis("平台默认，可由本区设定", "our default, for the zone to set", "D")
_GUARD = Basis("平台保底规则，只可缩短", "our own guard: it may only be shortened", "D")
_DB11 = Basis(
    "北京市地方标准《12345热线服务与管理规范》（报道转引）",
    "Beijing standard DB11/T 2021 on the 12345 hotline, as the press reports it",
    "C",
)
_CONTACT = Basis(
    "中山“马上办”：1小时内联系；江门：60分钟响应",
    "Zhongshan and Jiangmen: the firm is rung within an hour",
    "C",
)
_ZZ = Basis("枣庄“企呼枣应”：1个工作日内签收", "Zaozhuang: signed for within a working day", "C")
_QZH = Basis(
    "泉州企业问题办理流程：1个工作日内提出异议，当日裁定",
    "procedure of Quanzhou: objection within a working day, decided the same day",
    "C",
)
_CO = Basis(
    "泉州企业问题办理流程：协办3个工作日",
    "procedure of Quanzhou: three working days for co-handlers",
    "C",
)
_FIVE = Basis(
    "济南市12345市民服务热线条例第二十四条、潍坊市12345政务服务便民热线条例第二十条（类比）",
    "Jinan regulations on the hotline, article 24; Weifang regulations, article 20 (by analogy)",
    "A*",
)
_EXTENSION = Basis(
    "山东省政务服务热线管理办法：延期累计不超过10个工作日",
    "Shandong measures on hotlines: ten working days in all",
    "C",
)
_CALLBACK = Basis(
    "北京市接诉即办工作条例第二十三条（时限届满后回访，类比）；期限为平台默认",
    "Beijing regulations, article 23 (call-back after the time limit, by analogy); the period is "
    "our default",
    "D",
)
_NOTICE = Basis(
    "广州某局限时办结规定（公开页面）：逾期次日催办，再逾5日书面批评",
    "time-limit rules of a Guangzhou bureau (public page): a notice the day after, criticism in "
    "writing five days later",
    "C",
)
_HOTLINES = Basis(
    "潍坊市12345政务服务便民热线条例第二十六条（督办触发）；期限为平台默认",
    "Weifang regulations, article 26 (triggers); the period is our default",
    "D",
)
_BASES: Mapping[TermKey, Basis] = {
    (TermClock.DISPATCH, Urgency.NORMAL): _DB11,
    (TermClock.DISPATCH, Urgency.URGENT): _DB11,
    (TermClock.DISPATCH, Urgency.DANGER): _DB11,
    (TermClock.SIGN, Urgency.NORMAL): _ZZ,
    (TermClock.CONTACT, Urgency.URGENT): _CONTACT,
    (TermClock.CONTACT, Urgency.DANGER): _CONTACT,
    (TermClock.ADJUDICATE, Urgency.NORMAL): _QZH,
}
_STEPS: Mapping[str, tuple[tuple[Kind, int], tuple[Kind, int], tuple[Kind, int], int]] = {
    # normal, urgent, danger; the longest of a normal one in days
    TermClock.ACCEPT: (("working_hours", 4), ("hours", 1), ("hours", 1), 2),
    TermClock.DISPATCH: (("working_days", 1), ("hours", 2), ("hours", 1), 3),
    TermClock.SIGN: (("working_days", 1), ("hours", 1), ("hours", 1), 3),
    TermClock.CONTACT: (("working_hours", 4), ("hours", 1), ("hours", 1), 2),
    TermClock.ADJUDICATE: (("working_days", 1), ("hours", 4), ("hours", 1), 5),
}


def _steps() -> dict[TermKey, Shipped]:
    """Each step indoors by urgency; what is urgent may be done sooner and never later."""
    found: dict[TermKey, Shipped] = {}
    for clock, (normal, urgent, danger, longest) in _STEPS.items():
        pairs = zip(Urgency, (normal, urgent, danger), strict=True)
        for urgency, (kind, amount) in pairs:
            key, is_normal = (clock, urgency), urgency == Urgency.NORMAL
            found[key] = Shipped(
                Rule(kind, amount),
                _BASES.get(key, OURS if is_normal else _GUARD),
                SHORT_KINDS if is_normal else (kind,),
                longest if is_normal else 0,
            )
    return found


def _answers() -> dict[TermKey, Shipped]:
    """The answer by urgency, else by nature; ``other`` where the nature is not known yet."""
    ten = Shipped(Rule("working_days", 10), OURS, DAY_KINDS, 15)
    five = Shipped(Rule("working_days", 5), _FIVE, DAY_KINDS, 15)
    by_case = {
        Urgency.DANGER: Shipped(Rule("hours", 2), _DB11, ("hours",)),
        Urgency.URGENT: Shipped(Rule("hours", 24), _DB11, ("hours",)),
        Nature.ENQUIRY: Shipped(Rule("working_days", 1), OURS, SHORT_KINDS, 3),
        Nature.HELP: five,
        Nature.RESOURCE: five,
        Nature.COMPLAINT: ten,
        Nature.REPORT: ten,
        Nature.SUGGESTION: ten,
        "other": five,
    }
    return {(TermClock.ANSWER, case): shipped for case, shipped in by_case.items()}


def _days(amount: int, basis: Basis = OURS, longest: int = 0) -> Shipped:
    return Shipped(Rule("working_days", amount), basis, ("working_days",), longest)


SHIPPED: Mapping[TermKey, Shipped] = {
    **_steps(),
    **_answers(),
    (TermClock.DISPUTE, ""): _days(1, _QZH, 5),
    (TermClock.TASK, ""): _days(3, _CO, 10),
    (TermClock.MILESTONE, ""): _days(20, OURS, 30),
    (TermClock.INFO, ""): _days(5, OURS, 15),
    (TermClock.PAUSE, ""): _days(5, OURS, 10),
    (TermClock.PAUSE_CAP, ""): _days(20, _GUARD),
    (TermClock.EXTENSION, ""): _days(10, _EXTENSION),
    (TermClock.CALLBACK, ""): _days(2, _CALLBACK, 5),
    (TermClock.REDO, ""): _days(5, OURS, 10),
    (TermClock.LIMIT, "chase"): _days(1, _NOTICE, 5),
    (TermClock.LIMIT, "supervise"): _days(3, _HOTLINES, 10),
    (TermClock.LIMIT, "post"): _days(10, OURS, 20),
    (TermClock.LIMIT, "interview"): _days(5, OURS, 10),
    (TermClock.NOTE, ""): _days(5, OURS, 10),
    (TermClock.LONG_OVERDUE, ""): _days(5, _NOTICE, 10),
}
_MATTER = re.compile(r"[A-Z][A-Z0-9_-]{0,19}")
_GRADE = re.compile(r"\s*\[([A-Z]\*?)\]$")
STATUTE = "A"
"""The grade of a statute that was read in a copy of its text."""


def is_matter(case: str) -> bool:
    """Whether a case of the answer is the code of a matter, not a nature or an urgency."""
    return _MATTER.fullmatch(case) is not None


def source_and_grade(source: str) -> tuple[str, str]:
    """The words of a source and its grade, as the register writes them: ``… [A]``."""
    found = _GRADE.search(source)
    return (_GRADE.sub("", source), found.group(1)) if found else (source, "")


@dataclass(frozen=True, slots=True)
class Statute:
    """A time limit that a law sets, and the matters whose answer it limits.

    ``longest`` is the limit with every extension that the law knows. Without matters the register
    of duties has none of this kind: the limit is shown for whoever adds one.
    """

    code: str
    zh: str
    en: str
    rule: Rule
    basis: Basis
    longest: Rule | None = None
    matters: tuple[str, ...] = ()


def _law(zh: str, en: str) -> Basis:
    return Basis(zh, en, STATUTE)


def _statute(
    code: str,
    words: tuple[str, str],
    period: tuple[str, int],
    basis: Basis,
    *,
    longest: int = 0,
    matters: tuple[str, ...] = (),
) -> Statute:
    kind = cast("Kind", period[0])
    most = Rule(kind, longest) if longest else None
    return Statute(code, *words, Rule(kind, period[1]), basis, most, matters)


_XF = "信访工作条例第%s条"
_XF_EN = "Regulations on Petition Work, article %s"
STATUTES: Mapping[str, Statute] = {
    s.code: s
    for s in (
        _statute(
            "petition",
            ("信访事项办理", "petition: handled"),
            ("natural_days", 60),
            _law(_XF % "三十四", _XF_EN % 34),
            longest=90,
            matters=("M053", "M054"),
        ),
        _statute(
            "petition_notice",
            ("信访事项是否受理的告知", "petition: told whether it is accepted"),
            ("natural_days", 15),
            _law("信访工作条例第二十二条、第二十三条", _XF_EN % "22 and 23"),
        ),
        _statute(
            "petition_review",
            ("信访事项复查、复核（各）", "petition: each review"),
            ("natural_days", 30),
            _law("信访工作条例第三十五条、第三十六条", _XF_EN % "35 and 36"),
        ),
        _statute(
            "permission",
            ("行政许可决定", "administrative permission: decided"),
            ("working_days", 20),
            _law(
                "行政许可法第四十二条、第八十二条",
                "Administrative Permission Law, articles 42 and 82",
            ),
            longest=30,
        ),
        _statute(
            "payment_transfer",
            ("拖欠中小企业款项投诉转交", "late payment to an SME: complaint handed on"),
            ("working_days", 10),
            _law(
                "保障中小企业款项支付条例第二十五条",
                "Regulations on Payments to Small and Medium Enterprises, article 25",
            ),
        ),
        _statute(
            "payment",
            ("拖欠中小企业款项投诉处理", "late payment to an SME: complaint handled"),
            ("natural_days", 30),
            _law(
                "保障中小企业款项支付条例第二十五条",
                "Regulations on Payments to Small and Medium Enterprises, article 25",
            ),
            longest=90,
        ),
        _statute(
            "labour_mediation",
            ("劳动争议调解", "labour dispute: mediated"),
            ("natural_days", 15),
            _law(
                "劳动争议调解仲裁法第十四条",
                "Labour Dispute Mediation and Arbitration Law, article 14",
            ),
            matters=("M067",),
        ),
        _statute(
            "labour_award",
            ("劳动争议仲裁裁决", "labour dispute: arbitrated"),
            ("natural_days", 45),
            _law(
                "劳动争议调解仲裁法第四十三条",
                "Labour Dispute Mediation and Arbitration Law, article 43",
            ),
            longest=60,
        ),
    )
}
"""By code. None of them is the zone's to change."""
