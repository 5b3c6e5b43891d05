"""An invented council: members, three meetings, topics, suggestions on their way."""

from datetime import date, datetime, timedelta
from typing import Any

from qiying.demo.talkers import Talkers
from qiying.slices.council import operations as council
from qiying.slices.council import queries

SCREEN = {"is_in_zone": True, "is_public_matter": True, "is_free": True}
MEMBERS = (
    ("npc", "澜川县第十七届人民代表大会", 0),
    ("firm", "园区企业代表", 1),
    ("npc", "澜川县第十七届人民代表大会", None),
    ("cppcc", "政协澜川县委员会", None),
    ("firm", "园区企业代表", 2),
)
NAMES = ("沈代表", "韩委员")
"""Members without an account, by their office."""
LAMPS = ("东区道路夜间照明", "多家企业反映东区三条道路夜班照明不足，建议分步补装。")
POWER = ("迎峰度夏错峰用电安排", "建议提前一周告知错峰计划，给连续生产企业留出调整时间。")
BUS = ("早晚通勤公交班次", "夜班员工下班后没有公交，建议增开通勤班次。")
CANTEEN = ("员工公共食堂", "小微企业各自办食堂成本高，建议共建公共食堂。")
DRAIN = ("雨季排水", "主干道两处低洼路段雨季积水，影响货车进出。")
TENDER = ("某项目评标意见", "对正在评标的项目提出具体中标意见。")


def play_council(talkers: Talkers) -> None:
    _Council(talkers).run()


class _Council:
    """The council of two years; ``seats`` are the members' ids."""

    def __init__(self, talkers: Talkers) -> None:
        self.talkers = talkers
        self.desk, self.deputy = talkers.desks[0], talkers.bosses[0]
        self.term_from = date(talkers.ends_at.year - 2, 1, 1)
        self.seats: list[int] = []

    def run(self) -> None:
        self._sit_down()
        self._first_meeting()
        self._second_meeting()
        self._next_meeting()
        self._loose_topics()

    def _sit_down(self) -> None:
        names = iter(NAMES)
        for kind, level, boss in MEMBERS:
            actor = None if boss is None else self.talkers.bosses[boss]
            row = council.add_member(
                self.talkers.platform,
                name=next(names) if actor is None else actor.name,
                kind=kind,
                level=level,
                person_id=actor.person_id if actor else None,
                enterprise_id=self.talkers.firms[boss] if boss is not None else None,
                term_from=self.term_from,
                now=self.talkers.at(400),
            )
            self.seats.append(row.pk)

    def _take(self, who: Any, row: Any, step: str, now: datetime, **inputs: Any) -> Any:
        entity = type(row).__name__.lower()
        return council.take(who, entity, row.pk, step, now=now, **inputs)

    def _propose(self, who: Any, words: tuple[str, str], now: datetime, **more: Any) -> Any:
        return council.propose(who, title=words[0], text=words[1], now=now, **more)

    def _prepare(self, title: str, days: float, *topics: Any) -> Any:
        """A meeting some days before the end, with notice, members and topics."""
        at = self.talkers.at(days, 14.5)
        early = at - timedelta(days=12)
        meeting = council.plan_meeting(
            self.desk, title=title, at=at, place="企业社区议事厅", now=early
        )
        for topic in topics:
            self._take(self.desk, topic, "list", early, text="属园区公共事务", **SCREEN)
            self._take(self.desk, topic, "schedule", early, meeting_id=meeting.pk)
        self._take(self.desk, meeting, "invite", early, members=self.seats)
        return self._take(self.desk, meeting, "notice", early)

    def _hold(self, meeting: Any, *topics: Any) -> datetime:
        """Most members come, two say what they think, the deliberation is recorded."""
        now: datetime = meeting.at + timedelta(hours=1)
        self._take(self.desk, meeting, "hold", now, present=self.seats[:4])
        for topic in topics:
            said = {"position": "support", "text": "企业呼声集中，建议尽快办。"}
            self._take(self.deputy, topic, "speak", now, **said)
            said = {"position": "reserve", "text": "建议先试点再推开。"}
            self._take(self.desk, topic, "speak", now, member_id=self.seats[2], **said)
            text = "比较了一次建成、分步实施、企业共建三种方案，多数意见倾向分步实施。"
            self._take(self.desk, topic, "record", now, text=text)
        text = "共议题目见议程；各项意见为协商意见。"
        self._take(self.desk, meeting, "publish", now + timedelta(days=1), text=text)
        return now + timedelta(days=2)

    def _suggest(self, topic: Any, text: str, now: datetime, seat: int) -> Any:
        given = {"route": "suggestion", "text": text, "member_id": self.seats[seat]}
        self._take(self.desk, topic, "route", now, **given)
        rows = queries.list_suggestions(self.talkers.platform).filter(topic_id=topic.pk)
        return rows.get()

    def _hand(self, row: Any, unit: str, now: datetime, **more: Any) -> Any:
        unit_id = self.talkers.units[unit]
        return self._take(self.desk, row, "hand", now, unit_id=unit_id, **more)

    def _first_meeting(self) -> None:
        """Long ago: lamps became a suggestion that was answered, the canteen was passed on."""
        early = self.talkers.at(190)
        lamps = self._propose(self.deputy, LAMPS, early)
        canteen = self._propose(self.desk, CANTEEN, early, source="call")
        for boss in self.talkers.bosses[1:3]:
            self._take(boss, lamps, "support", early)
        meeting = self._prepare("上半年代表议事会", 165, lamps, canteen)
        now = self._hold(meeting, lamps, canteen)
        given = {"route": "policy", "text": "共建补助方案须先作公平竞争审查。"}
        self._take(self.desk, canteen, "route", now, **given)
        row = self._suggest(lamps, "分两年补装东区三条道路照明，先主路后支路。", now, 0)
        self._hand(row, "ZONE_BUILD", now, is_key=True)
        hand = self.talkers.handlers["ZONE_BUILD"]
        self._take(hand, row, "sign", now + timedelta(days=1))
        talk = now + timedelta(days=20)
        self._take(hand, row, "talk", talk, text="与代表夜间实地查看，确认缺灯点位四十二处。")
        text = "主路照明已列入本年计划，支路明年实施。"
        self._take(hand, row, "answer", talk + timedelta(days=10), answer_class="B", text=text)
        judged = talk + timedelta(days=14)
        self._take(self.deputy, row, "accept", judged, satisfaction="satisfied")
        given = {"answer_class": "A", "text": "主路、支路照明均已装完。"}
        self._take(hand, row, "follow_up", judged + timedelta(days=60), **given)
        self._take(self.desk, row, "publish", judged + timedelta(days=61))
        text = "照明已补装，夜班出行改善。"
        self._take(self.desk, lamps, "close", judged + timedelta(days=62), text=text)

    def _second_meeting(self) -> None:
        """Lately: power is being answered with a co-handler, the buses must be answered again."""
        early = self.talkers.at(70)
        power = self._propose(self.deputy, POWER, early)
        bus = self._propose(self.talkers.bosses[1], BUS, early)
        self._take(self.deputy, bus, "support", early)
        meeting = self._prepare("第三季度代表议事会", 55, power, bus)
        now = self._hold(meeting, power, bus)
        row = self._suggest(power, "错峰计划至少提前七天告知，并设一名联络员。", now, 0)
        co = [self.talkers.units["ZONE_BUILD"]]
        self._hand(row, "POWER", now, co_units=co, is_key=True)
        hand = self.talkers.handlers["POWER"]
        self._take(hand, row, "sign", now + timedelta(days=2))
        self._take(hand, row, "talk", now + timedelta(days=9), text="走访三家连续生产企业。")
        row = self._suggest(bus, "早七点、晚十一点各增一班通勤公交。", now, 1)
        self._hand(row, "HUD", now)
        hand = self.talkers.handlers["HUD"]
        self._take(hand, row, "sign", now + timedelta(days=1))
        self._take(hand, row, "talk", now + timedelta(days=5), text="电话沟通")
        given = {"answer_class": "D", "text": "客流不足，暂不增开。"}
        self._take(hand, row, "answer", now + timedelta(days=20), **given)
        again = now + timedelta(days=max(22, 55 - 2 - 12))
        self._take(self.talkers.bosses[1], row, "reject", again, text="没有客流调查依据")

    def _next_meeting(self) -> None:
        """Ahead: notice is given."""
        drain = self._propose(self.talkers.bosses[2], DRAIN, self.talkers.at(14))
        self._take(self.deputy, drain, "support", self.talkers.at(13))
        self._prepare("第四季度代表议事会", -8, drain)

    def _loose_topics(self) -> None:
        now = self.talkers.at(3)
        words = ("危化品车辆停放", "企业自备停车区不足，建议设公共停放区。")
        self._propose(self.deputy, words, now)
        row = self._propose(self.talkers.bosses[1], TENDER, now)
        given = {"decline_reason": "tender", "text": "正在进行的招标投标不作议题。"}
        self._take(self.desk, row, "decline", now, **given)
