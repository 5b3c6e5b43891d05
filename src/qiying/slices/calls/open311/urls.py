from django.urls import re_path

from qiying.slices.calls.open311 import updates, views

FMT = r"\.(?P<fmt>xml|json)$"
V2 = "^v2/+"
app_name = "open311"
urlpatterns = [
    re_path(rf"^discovery{FMT}", views.discovery, name="discovery"),
    re_path(rf"{V2}discovery{FMT}", views.discovery, name="discovery-v2"),
    re_path(rf"{V2}services{FMT}", views.services, name="services"),
    re_path(rf"{V2}services/(?P<code>[\w-]{{1,20}}){FMT}", views.definition, name="definition"),
    re_path(rf"{V2}requests{FMT}", views.requests, name="requests"),
    re_path(rf"{V2}requests/(?P<number>[\w-]{{1,24}}){FMT}", views.one, name="request"),
    re_path(rf"{V2}servicerequestupdates{FMT}", updates.updates, name="updates"),
    re_path(rf"{V2}tokens/(?P<number>[\w-]{{1,24}}){FMT}", views.token, name="token"),
]
