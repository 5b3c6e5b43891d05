"""Everything that can happen in Industry 120; the only writer of its tables."""

from qiying.slices.rescue.operations._improve import improve
from qiying.slices.rescue.operations._inspections import (
    book_inspection,
    close_inspection,
    plan_inspection,
)
from qiying.slices.rescue.operations._machines import (
    ClassIn,
    change_machine,
    define_class,
    register_machine,
    scrap_machine,
)
from qiying.slices.rescue.operations._money import (
    check_settlement,
    draw_up,
    pay_settlement,
    return_settlement,
    set_budget,
)
from qiying.slices.rescue.operations._providers import (
    PriceIn,
    add_licence,
    add_station,
    add_technician,
    certify,
    end_technician,
    name_manager,
    recuse,
    set_prices,
    sign_provider,
)
from qiying.slices.rescue.operations._report import ReportIn, report_job, rework
from qiying.slices.rescue.operations._retrofits import (
    add_reading,
    finish_retrofit,
    give_up_retrofit,
    plan_retrofit,
    start_retrofit,
)
from qiying.slices.rescue.operations._roster import drop_shift, plan_shift, publish_roster
from qiying.slices.rescue.operations._rules import enter_own_matter, set_rules
from qiying.slices.rescue.operations._steps import STEPS, take, track
from qiying.slices.rescue.operations._sweeps import (
    alarm_unanswered,
    expire_offers,
    list_night,
    note_lost_promises,
    offer_proposals,
    remind_certificates,
    remind_inspections,
)

__all__ = [
    "STEPS",
    "ClassIn",
    "PriceIn",
    "ReportIn",
    "add_licence",
    "add_reading",
    "add_station",
    "add_technician",
    "alarm_unanswered",
    "book_inspection",
    "certify",
    "change_machine",
    "check_settlement",
    "close_inspection",
    "define_class",
    "draw_up",
    "drop_shift",
    "end_technician",
    "enter_own_matter",
    "expire_offers",
    "finish_retrofit",
    "give_up_retrofit",
    "improve",
    "list_night",
    "name_manager",
    "note_lost_promises",
    "offer_proposals",
    "pay_settlement",
    "plan_inspection",
    "plan_retrofit",
    "plan_shift",
    "publish_roster",
    "recuse",
    "register_machine",
    "remind_certificates",
    "remind_inspections",
    "report_job",
    "return_settlement",
    "rework",
    "scrap_machine",
    "set_budget",
    "set_prices",
    "set_rules",
    "sign_provider",
    "start_retrofit",
    "take",
    "track",
]
