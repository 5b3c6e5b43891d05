"""Addresses of the calls: the firm's phone, the grid officer's phone, the desk."""

from django.urls import URLPattern, path

from qiying.slices.calls.views import (
    around,
    board,
    bulk,
    case,
    day,
    desk,
    firm,
    hall,
    intake,
    ladder,
    layers,
    members,
    officer,
    published,
    queues,
    rates,
    rounds,
    terms,
    triage,
    understanding,
    wordings,
)

app_name = "calls"

FIRM_PATHS: list[URLPattern] = [
    path("my/", firm.mine, name="mine"),
    path("my/all/", firm.history, name="history"),
    path("my/rates/", published.published_rates, name="published"),
    path("my/raise/", firm.raise_call, name="raise"),
    path("my/raise/matters/", firm.matters, name="matters"),
    path("my/ground/<slug:kind>.geojson", firm.ground, name="ground"),
    path("<uuid:public_id>/", firm.detail, name="detail"),
    path("my/<uuid:public_id>/received/", firm.receipt, name="receipt"),
    path("my/<uuid:public_id>/<slug:step>/", firm.act, name="act"),
]
OFFICER_PATHS: list[URLPattern] = [
    path("officer/", officer.officer, name="officer"),
    path("officer/waiting/", officer.waiting, name="officer-waiting"),
    path("officer/firms/<uuid:public_id>/", officer.firm, name="officer-firm"),
    path("officer/firms/<uuid:public_id>/visit/", officer.visit, name="officer-visit"),
    path("officer/firms/<uuid:public_id>/raise/", officer.raise_for, name="officer-raise"),
]
DESK_PATHS: list[URLPattern] = [
    path("", desk.list_page, name="list"),
    path("desk/", desk.desk_page, name="desk"),
    path("case/<uuid:public_id>/", case.case, name="case"),
    path("case/<uuid:public_id>/drawer/", desk.drawer, name="drawer"),
    path("case/<uuid:public_id>/around/", around.around, name="case-around"),
    path("case/<uuid:public_id>/<slug:step>/", case.take, name="take"),
    path("tasks/", queues.tasks, name="tasks"),
    path("callbacks/", queues.callbacks, name="callbacks"),
    path("callbacks/<uuid:public_id>/", queues.callback_sheet, name="callback-sheet"),
    path("register/", intake.register, name="register"),
    path("register/firms/", intake.find_firm, name="register-firms"),
    path("register/typed/", triage.typed, name="register-typed"),
    path("morning/", queues.morning, name="morning"),
    path("board/", board.board, name="board"),
    path("board/rounds/", rounds.rounds, name="rounds"),
    path("understanding/", understanding.understanding, name="understanding"),
    path("understanding/train/", understanding.train, name="understanding-train"),
    path("rates/", rates.rates, name="rates"),
    path("rates/declined/", ladder.declined, name="declined"),
    path("rates/received/", members.received, name="received"),
    path("rates/parts/", members.parts, name="parts"),
    path("supervision/", ladder.supervision, name="supervision"),
    path("meetings/", ladder.meetings, name="meetings"),
    path("layer.geojson", layers.layer, name="layer"),
    path("firm/<uuid:public_id>/", layers.firm_panel, name="firm-panel"),
]

SPEED_PATHS: list[URLPattern] = [
    path("terms/", terms.terms, name="terms"),
    path("terms/<slug:clock>/<slug:case>/", terms.term, name="term"),
    path("hall/", hall.hall_page, name="hall"),
    path("wall/", hall.wall, name="wall"),
    path("day/", day.day, name="day"),
    path("charges/", day.charges, name="charges"),
    path("workload/", day.workload, name="workload"),
    path("wordings/", wordings.shelf, name="wordings"),
    path("wordings/<uuid:wording_id>/", wordings.wording, name="wording"),
    path("case/<uuid:public_id>/aid/<slug:step>/", wordings.aid, name="case-aid"),
    path("case/<uuid:public_id>/people/named/", wordings.colleagues, name="case-people"),
    path("bulk/", bulk.ask, name="bulk"),
    path("bulk/<uuid:run_id>/", bulk.result, name="bulk-result"),
    path("bulk/<uuid:run_id>/undo/", bulk.undo, name="bulk-undo"),
    path("bulk/<uuid:run_id>/go/", bulk.go_on, name="bulk-go"),
]

urlpatterns = FIRM_PATHS + OFFICER_PATHS + DESK_PATHS + SPEED_PATHS
