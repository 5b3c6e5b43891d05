"""Every address of the platform. Slices bring their own paths; this file only hangs them up."""

from django.urls import include, path
from django.views.i18n import set_language

from qiying.config.api import api
from qiying.kernel.web import page

urlpatterns = [
    path("", include("qiying.kernel.urls")),
    path("language/", page(anyone=True)(set_language), name="set_language"),
    path("api/v1/", api.urls),
]
handler400 = "qiying.kernel.faults.bad_request"
handler403 = "qiying.kernel.faults.forbidden"
handler404 = "qiying.kernel.faults.not_found"
handler500 = "qiying.kernel.faults.broken"
