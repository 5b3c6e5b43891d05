"""Every address of the platform. Slices bring their own paths; this file only hangs them up."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from qiying.config.api import api
from qiying.kernel.web import page

SLICE_PATHS = {
    "registry/": "qiying.slices.registry.urls",
    "map/": "qiying.slices.registry.urls.zone_map",
    "mandate/": "qiying.slices.mandate.urls",
    "calls/": "qiying.slices.calls.urls",
    "open311/": "qiying.slices.calls.open311.urls",
}


def _exists(module: str) -> bool:
    try:
        parent = ".".join(module.split(".")[:3])
        return find_spec(module) is not None and find_spec(f"{parent}.operations") is not None
    except ModuleNotFoundError:
        return False


urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("qiying.kernel.urls")),
    path("language/", page(anyone=True)(set_language), name="set_language"),
    path("api/v1/", api.urls),
    *(path(prefix, include(module)) for prefix, module in SLICE_PATHS.items() if _exists(module)),
]
handler400 = "qiying.kernel.faults.bad_request"
handler403 = "qiying.kernel.faults.forbidden"
handler404 = "qiying.kernel.faults.not_found"
handler500 = "qiying.kernel.faults.broken"
