"""Every address of the platform. Slices bring their own paths; this file only hangs them up."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from qiying.config.api import api
from qiying.kernel.web import page

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("qiying.kernel.urls")),
    path("language/", page(anyone=True)(set_language), name="set_language"),
    path("api/v1/", api.urls),
    path("registry/", include("qiying.slices.registry.urls")),
    path("map/", include("qiying.slices.registry.urls.zone_map")),
    path("mandate/", include("qiying.slices.mandate.urls")),
    path("calls/", include("qiying.slices.calls.urls")),
    path("rescue/", include("qiying.slices.rescue.urls")),
    path("class-issues/", include("qiying.slices.class_issues.urls")),
    path("channels/", include("qiying.slices.channels.urls")),
    path("mediation/", include("qiying.slices.mediation.urls")),
    path("council/", include("qiying.slices.council.urls")),
    path("casebook/", include("qiying.slices.casebook.urls")),
    path("indices/", include("qiying.slices.indices.urls")),
    path("open311/", include("qiying.slices.calls.open311.urls")),
]
handler400 = "qiying.kernel.faults.bad_request"
handler403 = "qiying.kernel.faults.forbidden"
handler404 = "qiying.kernel.faults.not_found"
handler500 = "qiying.kernel.faults.broken"
