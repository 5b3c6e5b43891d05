"""Addresses and forms of the phone pages."""

import re
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from qiying.kernel import tenancy
from qiying.slices.calls.models import Call
from qiying.slices.registry import public
from tests.slices.world import World

BACKEND = "django.contrib.auth.backends.ModelBackend"
KEY = re.compile(r'name="idempotency_key" value="(\w+)"')
SHANGHAI = ZoneInfo("Asia/Shanghai")
TEXT = "配电房有焦味。请尽快派人来看。"


def sign_in(world: World, name: str, language: str = "zh-hans") -> Client:
    client = Client()
    client.force_login(world.user(name), backend=BACKEND)
    client.cookies["django_language"] = language
    return client


def photo(name: str = "site.jpg") -> SimpleUploadedFile:
    held = BytesIO()
    Image.new("RGB", (32, 24), (120, 90, 60)).save(held, "JPEG")
    return SimpleUploadedFile(name, held.getvalue(), "image/jpeg")


def filled(**more: Any) -> dict[str, Any]:
    given = {"text": TEXT, "urgency": "normal", "where": "premises", "matter": ""}
    return {**given, "contact_name": "王立新", "contact_phone": "13900001111", **more}


def send(client: Client, url: str, **fields: Any) -> HttpResponse:
    """Open the form, fill it, send it with its own key."""
    key = KEY.search(client.get(url).content.decode())
    assert key is not None, url
    return client.post(url, {"idempotency_key": key.group(1), **fields})


def raised(world: World) -> list[Call]:
    with tenancy.reading(world.system):
        return list(Call.objects.order_by("id"))


def words_of(response: HttpResponse) -> str:
    return response.content.decode()


def firm_id(world: World, name: str) -> Any:
    return public.enterprise(world.system, world.firms[name]).public_id


RAISE = "/calls/my/raise/"


def act(world: World, client: Client, call: Call, step: str, **fields: Any) -> HttpResponse:
    return send(client, reverse("calls:act", args=[call.public_id, step]), **fields)
