"""Installable pages: the manifest, and the service worker that keeps the shell and nothing else."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils.translation import gettext as _

from qiying.kernel.web import page

SHELL = (
    "qy/offline.html",
    "qy/css/offline.css",
    "qy/js/offline.js",
    "qy/mark.svg",
    *(f"qy/css/{name}.css" for name in ("tokens", "base", "layout", "phone", "print")),
    *(
        f"qy/css/components/{name}.css"
        for name in (
            *("actions", "badges", "feedback", "figures", "forms", "map"),
            *("overlays", "records", "tables"),
        )
    ),
    *(
        f"qy/js/{name}.js"
        for name in (
            *("charts", "core", "countdown", "dom", "forms", "keys", "live", "map", "media"),
            *("outbox", "palette", "place", "rows", "theme", "toast"),
        )
    ),
    "django_htmx/htmx-2.min.js",
)
"""What the service worker may keep: files that are the same for everybody. The first is the page
without a connection."""
WORKER = "qy/js/sw.js"
ICONS = (("any", 192), ("any", 512), ("maskable", 512))


@page(anyone=True)
def manifest(_request: HttpRequest) -> HttpResponse:
    """The web app manifest, in the reader's language."""
    body = {
        "id": "/",
        "name": _("Qiying: the zone answers"),
        "short_name": _("Qiying"),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#F4F6F8",
        "theme_color": "#1747A6",
        "icons": [
            {"src": static("qy/mark.svg"), "sizes": "any", "type": "image/svg+xml"},
            *(
                {
                    "src": static(f"qy/icons/{purpose}-{size}.png"),
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": purpose,
                }
                for purpose, size in ICONS
            ),
        ],
    }
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/manifest+json"
    return response


@page(anyone=True)
def service_worker(_request: HttpRequest) -> HttpResponse:
    """The worker with the names and the version of the shell; the browser asks for it each time."""
    addresses = json.dumps([static(name) for name in SHELL])
    head = f'const VERSION = "{_version()}";\nconst SHELL = {addresses};\n'
    response = HttpResponse(head + _text(WORKER), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@lru_cache(maxsize=1)
def _version() -> str:
    """Changes when a file of the shell does."""
    digest = hashlib.sha256()
    for name in (*SHELL, WORKER):
        digest.update(name.encode() + _text(name).encode())
    return digest.hexdigest()[:12]


def _text(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found).read_text(encoding="utf-8")
