"""Words and units of the zone's rules, in the groups in which they are shown."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Words: TypeAlias = "_StrPromise | str"
MINUTES, DAYS, HOURS, PERCENT = _("min"), _("days"), _("o'clock"), "%"

RULES: Mapping[str, tuple[Words, Words]] = {
    "answer_within_min": (_("Promise: answered within"), MINUTES),
    "arrive_within_min": (_("Goal: at the machine within"), MINUTES),
    "repair_answer_days": (_("Repair or retrofit answered within"), _("working days")),
    "tier1_min": (_("Contracted provider answers within"), MINUTES),
    "tier2_min": (_("Nearest provider answers within"), MINUTES),
    "tier3_min": (_("Backup team answers within"), MINUTES),
    "alarm_every_min": (_("Then the duty chief is alarmed every"), MINUTES),
    "night_hour": (_("Open rescues want a night plan from"), HOURS),
    "night_from_hour": (_("Night prices from"), HOURS),
    "night_until_hour": (_("Night prices until"), HOURS),
    "night_factor": (_("Labour at night costs"), _("times")),
    "public_percent": (_("The zone's share of labour"), PERCENT),
    "warranty_days": (_("Warranty of a repair"), DAYS),
    "confirm_after_days": (_("The desk may confirm for the firm after"), _("working days")),
    "remind_days": (_("Reminder before an inspection is due"), DAYS),
    "apply_days": (_("Inspection applied for at the latest before"), DAYS),
    "certificate_days": (_("Reminder before a certificate ends"), DAYS),
    "site_radius_m": (_("Counts as at the machine within"), _("metres")),
    "speed_kmh": (_("Speed assumed on the way"), "km/h"),
    "publish_gain": (_("A better plan is published from a gain of"), MINUTES),
    "improve_iterations": (_("Effort for a better plan"), _("rounds of search")),
}
"""What each rule is called, and in what it is counted."""
GROUPS: tuple[tuple[Words, tuple[str, ...]], ...] = (
    (_("Promise"), ("answer_within_min", "arrive_within_min", "repair_answer_days")),
    (_("Ladder"), ("tier1_min", "tier2_min", "tier3_min", "alarm_every_min")),
    (_("Night"), ("night_hour", "night_from_hour", "night_until_hour", "night_factor")),
    (_("Money and warranty"), ("public_percent", "warranty_days", "confirm_after_days")),
    (_("Reminders"), ("remind_days", "apply_days", "certificate_days")),
    (_("Dispatch"), ("site_radius_m", "speed_kmh", "publish_gain", "improve_iterations")),
)
