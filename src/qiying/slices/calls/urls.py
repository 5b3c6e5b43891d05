"""Addresses of the calls: the firm's phone, the grid officer's phone, the desk."""

from django.urls import URLPattern, path

from qiying.slices.calls.views import firm, officer

app_name = "calls"

FIRM_PATHS: list[URLPattern] = [
    path("my/", firm.mine, name="mine"),
    path("my/all/", firm.history, name="history"),
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
DESK_PATHS: list[URLPattern] = []

urlpatterns = FIRM_PATHS + OFFICER_PATHS + DESK_PATHS
