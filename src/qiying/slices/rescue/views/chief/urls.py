"""Addresses of the pages of the duty chief, the staff and the leader."""

from django.urls import URLPattern, path

from qiying.slices.rescue.views.chief import (
    board,
    fairness,
    figures,
    job,
    listing,
    paper,
    planning,
)

CHIEF_PATHS: list[URLPattern] = [
    path("", listing.list_page, name="list"),
    path("board/", board.board_page, name="board"),
    path("board/jobs.geojson", board.jobs_layer, name="jobs-layer"),
    path("board/technicians.geojson", board.technicians_layer, name="technicians-layer"),
    path("jobs/<uuid:public_id>/choose/", board.choose, name="choose"),
    path("jobs/<uuid:public_id>/report.pdf", paper.report, name="report"),
    path("jobs/<uuid:public_id>/proposals/<int:proposal_id>/replay/", job.replay, name="replay"),
    path("jobs/<uuid:public_id>/take/<slug:step>/", job.take, name="take"),
    path("coverage/", planning.coverage_page, name="coverage"),
    path("performance/", figures.performance_page, name="performance"),
    path("audit/", fairness.audit_page, name="audit"),
]
