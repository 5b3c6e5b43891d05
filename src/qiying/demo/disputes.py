"""Invented disputes in every state, so that each page of mediation has something to show."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from qiying.demo.talkers import Talkers
from qiying.slices.calls.models import Call
from qiying.slices.mediation import operations as mediation
from qiying.slices.mediation import queries
from qiying.slices.mediation.models import Case
from qiying.slices.mediation.operations import PartyIn, TermIn

STAGES = ("registered", "mediating", "talked", "drafted", "effective", "performed", "archived")


@dataclass(frozen=True, slots=True)
class Quarrel:
    """A dispute: who against whom (firms by number, persons by name), how far it came, when."""

    kind: str
    title: str
    facts: str
    applicant: int | str
    respondent: int | str
    stage: str
    days: int
    """Days before the end of the plan at which it was registered."""
    amount: int = 0
    owed_in: int = 20
    """Days from the agreement to the first term."""
    after: tuple[str, ...] = ()
    """What follows the stage: ``confirm``, ``perform_first``, ``breach``, ``fail``, ``recuse``."""
    has_call: bool = False


QUARRELS = (
    Quarrel("labour", "夜班加班费争议", "员工主张去年夜班加班费未足额支付，请求补发差额。",
            "周大勇", 0, "talked", 12, 8600),
    Quarrel("labour", "解除劳动合同经济补偿", "企业调岗后解除合同，员工请求支付经济补偿。",
            "吴小兰", 1, "mediating", 18, 21000),
    Quarrel("contract", "设备定制合同货款", "设备已交付验收，余款三期未付，请求按期支付。",
            0, 2, "effective", 24, 180000, 8, ("perform_first",), has_call=True),
    Quarrel("arrears", "工程尾款拖欠", "厂房改造完工两年，尾款未结清，请求支付并说明时间。",
            3, 1, "effective", 38, 96000, 40),
    Quarrel("neighbour", "夜间卸货噪声", "隔壁仓库夜间卸货影响宿舍休息，请求调整作业时间。",
            0, 4, "archived", 110, 0, 5),
    Quarrel("lease", "厂房租金调整", "续租时租金涨幅双方意见不一，请求协商。",
            1, 0, "registered", 2),
    Quarrel("supply", "原料质量异议", "一批原料含水率超标，要求退换并赔偿停工损失。",
            2, 5, "talked", 45, 52000, after=("fail",)),
    Quarrel("harm", "叉车碰撞围墙", "叉车倒车撞坏相邻围墙，就修复费用意见不一。",
            4, 3, "mediating", 6, 12000, after=("recuse",)),
    Quarrel("labour", "工伤医疗费垫付", "员工受伤后医疗费垫付产生争议，请求报销。",
            "郑国华", 2, "archived", 75, 15800, 6, ("confirm",)),
    Quarrel("contract", "物流运输费结算", "运费结算标准理解不一，双方对账差额较大。",
            5, 0, "effective", 70, 43000, 10, ("breach",)),
    Quarrel("contract", "包装材料采购", "交货数量与合同不符，请求补齐并扣减货款。",
            1, 3, "drafted", 9, 27000),
    Quarrel("land", "围界位置争议", "新建围栏位置与相邻企业测量结果不一致。",
            2, 4, "mediating", 15),
)  # fmt: skip
MINUTES = "双方陈述事实，核对单据；调解员说明法律规定，双方愿意协商分期方案。"


def play_disputes(talkers: Talkers) -> None:
    """The roster, then each quarrel as far as it came."""
    mediators = _roster(talkers)
    for number, quarrel in enumerate(QUARRELS):
        _Play(talkers, quarrel, mediators, number).run()


def _roster(talkers: Talkers) -> list[int]:
    begin = talkers.at(400)
    kinds: tuple[tuple[str, ...], ...] = ((), ("labour", "arrears", "contract", "harm"), ())
    rows = [
        mediation.list_mediator(
            talkers.platform,
            person_id=actor.person_id or 0,
            unit_id=talkers.units["COMMUNITY"],
            kinds=known,
            credential="人民调解员（示范）",
            listed_on=begin.date(),
            now=begin,
        )
        for actor, known in zip(talkers.mediators, kinds, strict=False)
    ]
    return [row.pk for row in rows]


class _Play:
    """One quarrel on its way; ``now`` moves on with every step."""

    def __init__(
        self, talkers: Talkers, quarrel: Quarrel, mediators: list[int], number: int
    ) -> None:
        self.talkers, self.quarrel = talkers, quarrel
        self.now: datetime = talkers.at(quarrel.days, 9.5)
        # the second mediator does not take every kind; the first and the third do
        self.place = 0 if number % 2 == 0 else len(mediators) - 1
        self.mediator_id = mediators[self.place]
        self.case: Case = self._open()

    def run(self) -> None:
        if self.quarrel.stage != "registered":
            self._agree_to_talk()
        if self._reaches("talked"):
            self._talk()
        if self._reaches("drafted"):
            self._draft()
        if self._reaches("effective"):
            self._sign()
        for what in self.quarrel.after:
            self._go_on(what)
        if self._reaches("performed"):
            self._perform()

    def _reaches(self, stage: str) -> bool:
        return STAGES.index(self.quarrel.stage) >= STAGES.index(stage)

    def _open(self) -> Case:
        q = self.quarrel
        call = None
        if q.has_call and isinstance(q.applicant, int):
            rows = Call.objects.filter(
                tenant_id=self.talkers.platform.tenant_id,
                enterprise_id=self.talkers.firms[q.applicant],
                complained_unit=None,
                received_at__lt=self.now,
            )
            call = rows.order_by("-received_at", "-id").values_list("id", flat=True).first()
        return mediation.open_case(
            self.talkers.desks[0],
            kind=q.kind,
            title=q.title,
            facts=q.facts,
            parties=[
                self._party("applicant", q.applicant),
                self._party("respondent", q.respondent),
            ],
            now=self.now,
            arose_on=(self.now - timedelta(days=200)).date(),
            claim_cny=Decimal(q.amount) if q.amount else None,
            call_id=call,
        )

    def _party(self, side: str, who: int | str) -> PartyIn:
        if isinstance(who, int):
            return PartyIn(side, self.talkers.firms[who])
        return PartyIn(side, None, who, "13900000000")

    def _take(self, who: Any, step: str, *, hours: float = 2.0, **inputs: Any) -> None:
        self.now += timedelta(hours=hours)
        self.case = mediation.take(who, self.case.pk, step, now=self.now, **inputs)

    def _docket(self) -> queries.Docket:
        return queries.docket(self.talkers.platform, self.case, now=self.now)

    @property
    def mediator(self) -> Any:
        return self.talkers.mediators[self.place]

    def _agree_to_talk(self) -> None:
        for party in self._docket().parties:
            if party.enterprise_id:
                boss = self.talkers.bosses[self.talkers.firms.index(party.enterprise_id)]
                self._take(boss, "consent", party_id=party.pk)
            else:
                self._take(self.talkers.desks[1], "consent", party_id=party.pk, way="signature")
        self._take(self.talkers.desks[0], "appoint", mediator_id=self.mediator_id, is_chosen=True)

    def _talk(self) -> None:
        at = self.now + timedelta(hours=20)
        self._take(self.mediator, "plan_session", at=at, place="企业社区二楼调解室")
        docket = self._docket()
        came = [p.pk for p in docket.parties]
        session = docket.rows.sessions[-1].pk
        given = {"session_id": session, "minutes": MINUTES, "present": came}
        self._take(self.mediator, "hold_session", hours=24, **given)

    def _draft(self) -> None:
        q, owes = self.quarrel, self._docket().parties[1].pk
        day = (self.now + timedelta(days=q.owed_in)).date()
        half = Decimal(q.amount) / 2 if q.amount else None
        terms = [
            TermIn(owes, "支付首期款项" if q.amount else "调整作业时间并书面告知", day, half),
            TermIn(
                owes, "支付余款" if q.amount else "加装隔声设施", day + timedelta(days=12), half
            ),
        ]
        text = "双方对主要事实没有争议，自愿按下列条款履行。"
        self._take(self.mediator, "draft", form="written", text=text, terms=terms)

    def _sign(self) -> None:
        for party in self._docket().parties:
            self._take(self.mediator, "sign", party_id=party.pk, way="seal")
        self._take(self.mediator, "attest")

    def _go_on(self, what: str) -> None:
        desk = self.talkers.desks[1]
        if what == "recuse":
            self._take(
                self.mediator, "recuse", recusal="relation", text="与一方负责人相识，主动回避"
            )
        elif what == "fail":
            self._take(self.mediator, "fail", hours=60, text="双方对损失金额分歧过大")
        elif what == "confirm":
            court = {"court": "澜川县人民法院"}
            self._take(desk, "ask_confirmation", hours=48, on=self._day(48), **court)
            ruled = {"confirmation": "confirmed", "text": "裁定调解协议有效"}
            self._take(desk, "record_confirmation", hours=120, on=self._day(120), **ruled)
        elif what == "perform_first":
            term = self._docket().terms[0].pk
            hours = 24.0 * self.quarrel.owed_in
            self._take(desk, "perform", hours=hours, term_id=term, on=self._day(hours))
        elif what == "breach":
            term, hours = self._docket().terms[0].pk, 24.0 * (self.quarrel.owed_in + 3)
            self._take(
                self.mediator, "breach", hours=hours, term_id=term, text="到期未付，催告无果"
            )

    def _day(self, hours: float) -> Any:
        return queries.today(self.now + timedelta(hours=hours))

    def _perform(self) -> None:
        for term in self._docket().terms:
            self._take(self.mediator, "perform", hours=72, term_id=term.pk, on=self._day(72))
        self._take(self.mediator, "complete")
        self._take(self.talkers.desks[1], "revisit", hours=240, text="双方均已履行，关系恢复")
        if self.quarrel.stage == "archived":
            self._take(self.talkers.desks[0], "archive", hours=24)
