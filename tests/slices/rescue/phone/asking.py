"""Asking pages as a browser does."""

import re
from io import BytesIO
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from qiying.slices.rescue.models import Job
from tests.slices.world import World

BACKEND = "django.contrib.auth.backends.ModelBackend"
_keys = count(1)
AT_MACHINE = {"longitude": "119.205", "latitude": "29.005", "accuracy_m": "12"}


def sign_in(world: World, name: str, language: str = "zh-hans") -> Client:
    client = Client()
    client.force_login(world.user(name), backend=BACKEND)
    client.cookies["django_language"] = language
    return client


def picture(name: str = "after.png") -> SimpleUploadedFile:
    held = BytesIO()
    Image.new("RGB", (8, 8), (200, 30, 30)).save(held, "PNG")
    return SimpleUploadedFile(name, held.getvalue(), "image/png")


def pressed(**more: Any) -> dict[str, Any]:
    """The red button as a firm fills it in."""
    return {
        "machine": "",
        "kind": "emergency",
        "fault": "stopped",
        "text": "一声响后停机",
        "safety": "stopped",
        "urgency": "line_stopped",
        "place": "一车间 3 号线",
        "contact": "王主任",
        "contact_phone": "13900001111",
        "idempotency_key": f"press{next(_keys)}",
        **more,
    }


def walk(client: Client, job: Job, step: str, **fields: Any) -> HttpResponse:
    """One step of the technician's phone."""
    url = reverse("rescue:duty-take", args=[job.public_id, step])
    given = {"idempotency_key": f"walk{next(_keys)}", **AT_MACHINE, **fields}
    return client.post(url, given)  # type: ignore[return-value]  # the test client's own class


def act(client: Client, job: Job, step: str, query: str = "", **fields: Any) -> HttpResponse:
    """One step of the firm."""
    url = reverse("rescue:my-act", args=[job.public_id, step])
    given = {"idempotency_key": f"act{next(_keys)}", **fields}
    return client.post(url + query, given)  # type: ignore[return-value]


def words(response: Any) -> str:
    """What stands on the page, without its marks."""
    assert response.status_code == 200, (response.status_code, response.content.decode()[:2000])
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))
