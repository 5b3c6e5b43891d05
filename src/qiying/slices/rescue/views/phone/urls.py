"""Addresses of the phone pages; hung up by ``rescue.urls``."""

from django.urls import URLPattern, path

from qiying.slices.rescue.views.phone import button, door, duty, firm, firm_job, scan, work

PHONE_PATHS: list[URLPattern] = [
    path("jobs/<uuid:public_id>/", door.job, name="job"),
    path("my/", firm.mine, name="mine"),
    path("my/jobs/", firm.jobs, name="my-jobs"),
    path("my/machines/", firm.machines, name="my-machines"),
    path("my/press/", button.press, name="press"),
    path("my/press/machines/", button.find, name="press-machines"),
    path("my/<uuid:public_id>/", firm_job.job_page, name="my-job"),
    path("my/<uuid:public_id>/report.pdf", door.paper, name="my-paper"),
    path("my/<uuid:public_id>/<slug:step>/", firm_job.act, name="my-act"),
    path("scan/<str:label>/", scan.machine, name="scan"),
    path("labels/", scan.sheet, name="labels"),
    path("duty/", duty.duty, name="duty"),
    path("duty/jobs/", duty.jobs, name="duty-jobs"),
    path("duty/shifts/", duty.shifts, name="duty-shifts"),
    path("duty/<uuid:public_id>/", work.job_page, name="duty-job"),
    path("duty/<uuid:public_id>/track/", work.track, name="duty-track"),
    path("duty/<uuid:public_id>/<slug:step>/", work.take, name="duty-take"),
]
