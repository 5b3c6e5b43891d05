"""The zone's own matter of equipment rescue: the register that comes with the product has none.

The nearest matters are none of it: M019 is the team that saves people after accidents, M022 the
patrol of special equipment, M026 the safety of gas and electricity.
"""

from collections.abc import Mapping
from typing import Any

OWN_MATTER = "Z120"
OWN_MATTER_TEXT: Mapping[str, Any] = {
    "code": OWN_MATTER,
    "category": "01",
    "name_zh": "设备急救（工业120）",
    "name_en": "Equipment rescue (Industry 120)",
    "status": "CORE",
    "basis": "ZONE",
    "nature": "help",
    "power": "public_service",
    "duty": "economy",
    "grade": "D",
    "basis_text": "园区自设事项：工业120政府购买服务",
    "time_kind": "working_days",
    "time_amount": 1,
    "time_source": "园区承诺：2小时内响应、不过夜 [D]",
    "extension_max": 0,
    "keywords_zh": ("设备急救", "设备故障", "机器故障", "停机", "抢修", "工业120"),
    "keywords_en": ("machine", "breakdown", "standstill", "repair"),
    "note_zh": "派单后自动开立救援单，响应时限以工业120规则为准；法定检验仍由检验机构实施",
    "note_en": "A rescue is opened as soon as the call is dispatched; the rules of Industry 120 set "
    "its promise. Statutory inspection stays with the licensed body",
}
"""What the register says of it, but for days and units; grade D, for no outside rule was found."""
WORDS_OF_MACHINES = ("设备", "机器", "停机", "抢修", "检修", "维修", "应急救援")
"""A matter whose name or keywords hold one of these is near enough to be offered for marking."""
