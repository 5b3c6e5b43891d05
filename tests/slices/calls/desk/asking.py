"""Addresses and forms of the pages of the staff."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from qiying.kernel import tenancy
from qiying.kernel.models import Event
from qiying.slices.calls.models import Call
from tests.slices.calls.steps import fresh
from tests.slices.world import World

At = Callable[[str], Client]
HTMX = {"HX-Request": "true"}


def case(call: Call) -> str:
    return f"/calls/case/{call.public_id}/"


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def form_of(client: Client, call: Call, step: str, row: int | None = None) -> HttpResponse:
    """The form of a step as the page of a call fetches it when the step is opened."""
    given = {} if row is None else {"row": row}
    return client.get(f"{case(call)}{step}/", given, headers=HTMX)


def send(client: Client, world: World, call: Call, step: str, **fields: Any) -> HttpResponse:
    """Post the form of a step as the page draws it."""
    given = {
        "idempotency_key": uuid4().hex,
        "version": fresh(world, call).version,
        "row": call.pk,
        **fields,
    }
    return client.post(f"{case(call)}{step}/", given)


def events_of(world: World, call: Call, topic: str) -> int:
    with tenancy.reading(world.system):
        return Event.objects.filter(
            tenant_id=world.tenant.pk, topic=topic, subject_id=call.pk
        ).count()


# --- who may open what ---
