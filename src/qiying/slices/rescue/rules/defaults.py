"""The zone's rules of Industry 120 with their defaults, limits and sources; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from qiying.slices.rescue.rules.codes import Kind, Tier

SOURCE_ZH = (
    "园区工业120服务承诺：24小时值守、2小时内响应、不过夜；其余时限为本平台设定，可由园区调整"
)
SOURCE_EN = (
    "The zone's promise of Industry 120: on duty 24 hours, answer within 2 hours, no fault left "
    "overnight; the other limits are set here and may be changed by the zone"
)
GRADE = "R"
LIMITS: Mapping[str, tuple[int, int]] = {
    "answer_within_min": (10, 1440),
    "arrive_within_min": (10, 1440),
    "repair_answer_days": (1, 10),
    "tier1_min": (1, 120),
    "tier2_min": (1, 120),
    "tier3_min": (1, 120),
    "alarm_every_min": (1, 60),
    "site_radius_m": (50, 5000),
    "night_hour": (16, 23),
    "night_from_hour": (18, 24),
    "night_until_hour": (4, 9),
    "confirm_after_days": (1, 15),
    "warranty_days": (0, 730),
    "public_percent": (0, 100),
    "remind_days": (1, 365),
    "apply_days": (1, 365),
    "certificate_days": (1, 365),
    "publish_gain": (0, 1000),
    "improve_iterations": (0, 5000),
    "speed_kmh": (5, 120),
}
NIGHT_FACTORS = (Decimal(1), Decimal(3))


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of the rules; what they mean stands beside each."""

    answer_within_min: int = 120
    """The zone's promise (A19): somebody has accepted and the firm knows who and when."""
    arrive_within_min: int = 120
    """Our stricter goal, printed beside the promise."""
    repair_answer_days: int = 1
    """Working days to answer a repair or a retrofit."""
    tier1_min: int = 10
    tier2_min: int = 10
    tier3_min: int = 10
    alarm_every_min: int = 5
    site_radius_m: int = 500
    night_hour: int = 20
    night_from_hour: int = 22
    night_until_hour: int = 6
    confirm_after_days: int = 3
    warranty_days: int = 90
    public_percent: int = 50
    remind_days: int = 60
    apply_days: int = 30
    """A statutory inspection is applied for so many days before it is due."""
    certificate_days: int = 60
    publish_gain: int = 10
    """An improved plan is published when it saves more than so many minutes of response."""
    improve_iterations: int = 200
    speed_kmh: int = 30
    night_factor: Decimal = Decimal("1.5")

    def minutes(self, tier: Tier) -> int:
        """How long an offer of a tier stays open."""
        found = {
            Tier.CONTRACTED: self.tier1_min,
            Tier.NEAREST: self.tier2_min,
            Tier.BACKUP: self.tier3_min,
        }
        return found.get(tier, self.alarm_every_min)

    def answer_by(self, reported_at: datetime) -> datetime:
        """The promise of an emergency: minutes by the clock, at any hour of any day."""
        return reported_at + timedelta(minutes=self.answer_within_min)

    def arrive_by(self, reported_at: datetime) -> datetime:
        """The goal of an emergency."""
        return reported_at + timedelta(minutes=self.arrive_within_min)

    def is_night(self, local: datetime) -> bool:
        """Whether the night's prices count at this local time."""
        return local.hour >= self.night_from_hour or local.hour < self.night_until_hour


DEFAULTS = Rule()
LADDER = (Tier.CONTRACTED, Tier.NEAREST, Tier.BACKUP, Tier.ALARM)
WEIGHTS: Mapping[str, float] = {"line_stopped": 3.0, "slowed": 1.5, "not_urgent": 1.0}
"""What a minute of response is worth to the engine by how much stands still."""
USUAL_MINUTES: Mapping[str, tuple[float, float]] = {
    Kind.EMERGENCY: (90.0, 60.0),
    Kind.REPAIR: (150.0, 70.0),
    Kind.RETROFIT: (240.0, 90.0),
}
"""Mean and spread of the work when nothing is known of the machine."""


def next_tier(tier: Tier) -> Tier:
    """One rung up; the last one stays."""
    return LADDER[min(LADDER.index(tier) + 1, len(LADDER) - 1)]
