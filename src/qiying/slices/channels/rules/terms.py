"""How long each step beside a call may take, and where that comes from.

Sources as in the rulebook of the project; the grade says how well each is proven. What has no
outside rule is our own proposal (grade D) and says so on the page.
"""

from dataclasses import dataclass
from datetime import datetime

from qiying.engines import worktime
from qiying.engines.worktime import Calendar, Rule
from qiying.kernel.law import Basis
from qiying.slices.channels.rules.codes import ReferralKind


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit and what it rests on."""

    rule: Rule
    basis: Basis


SIGN = Limit(
    Rule("working_days", 1),
    Basis(
        "12345工单签收：各地多为1个工作日（本区默认，可随当地规定调整）",
        "Signing a 12345 order: mostly 1 working day (our default, follows the local rule)",
        "D",
    ),
)
RETURN = Limit(
    Rule("working_days", 1),
    Basis(
        "退单应当说明理由，并在1个工作日内提出（泉州企业问题办理流程公开报道）",
        "Returning an order with a reason within 1 working day (procedure of Quanzhou as reported)",
        "C",
    ),
)
EXTENSION_BEFORE = Limit(
    Rule("working_days", 1),
    Basis(
        "延期应在到期前至少1个工作日申请并写明新期限（泉州企业问题办理流程公开报道）",
        "Extension asked at least 1 working day before the due time, with the new date (as reported)",
        "C",
    ),
)
EXTENSION_MOST = Limit(
    Rule("working_days", 10),
    Basis(
        "延期累计不超过10个工作日（山东12345规定公开报道）",
        "Extension of 10 working days at most (Shandong 12345 rules as reported)",
        "C",
    ),
)
ANSWER = Limit(
    Rule("working_days", 5),
    Basis(
        "一般诉求5个工作日答复（济南市12345条例第24条、潍坊市12345条例第20条，类推适用）",
        "General requests 5 working days (Jinan art. 24, Weifang art. 20, by analogy)",
        "A*",
    ),
)
DEPUTY_MONTHS = 3
DEPUTY_MONTHS_COMPLEX = 6
DEPUTY_SOURCE = Basis(
    "《代表法》（2025年修正）第51条：交办之日起3个月内答复，复杂的6个月内",
    "Law on Deputies (2025) art. 51: answer within 3 months of the referral, complex ones 6",
    "A",
)
REDO_MONTHS = 1
REDO_SOURCE = Basis(
    "浙江省代表建议办理规定（2016年）第24条：代表不满意的，1个月内再次答复",
    "Zhejiang rules on deputies' suggestions (2016) art. 24: a new reply within 1 month",
    "A",
)
PROPOSAL_SOURCE = Basis(
    "政协提案办理：参照代表建议3个月（本区默认）",
    "Proposals of the consultative conference: 3 months, as deputies' suggestions (our default)",
    "D",
)
LEADER = Limit(
    Rule("working_days", 5),
    Basis(
        "领导交办：交办时未写明期限的，按5个工作日（本区默认）",
        "A leader's assignment without a date: 5 working days (our default)",
        "D",
    ),
)


def due(start_at: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """When a limit ends."""
    return worktime.due(start_at, limit.rule, calendar).due_at


def referral_months(kind: str, *, is_complex: bool) -> int | None:
    """Months for a reply by law; None where working days count."""
    if kind == ReferralKind.LEADER:
        return None
    return DEPUTY_MONTHS_COMPLEX if is_complex else DEPUTY_MONTHS


def referral_source(kind: str) -> Basis:
    """What the time for a reply rests on."""
    if kind == ReferralKind.DEPUTY:
        return DEPUTY_SOURCE
    if kind == ReferralKind.PROPOSAL:
        return PROPOSAL_SOURCE
    return LEADER.basis
