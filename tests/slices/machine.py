"""Somebody who asks the interface, at the world's time, and what an answer finds wrong."""

import json
from collections.abc import Mapping
from typing import Any

import time_machine
from django.test import Client

from tests.slices.world import World

BACKEND = "django.contrib.auth.backends.ModelBackend"


class Machine:
    """Asks below a root; each request names the status that it expects."""

    def __init__(self, world: World, name: str, root: str) -> None:
        self.client, self.clock, self.root = Client(), world.now, f"/api/v1{root}"
        with time_machine.travel(self.clock, tick=False):
            self.client.force_login(world.user(name), backend=BACKEND)

    def get(self, path: str, status: int = 200) -> Any:
        with time_machine.travel(self.clock, tick=False):
            answer = self.client.get(f"{self.root}{path}")
        assert answer.status_code == status, answer.content.decode()
        return answer.json()

    def post(
        self,
        path: str,
        body: Mapping[str, Any],
        status: int = 200,
        *,
        key: str = "",
        method: str = "post",
        is_form: bool = False,
    ) -> Any:
        """A form goes as multipart, everything else as JSON."""
        headers = {"X-Requested-With": "fetch"} | ({"Idempotency-Key": key} if key else {})
        sent: dict[str, Any] = {"data": body}
        if not is_form:
            sent = {"data": json.dumps(body), "content_type": "application/json"}
        with time_machine.travel(self.clock, tick=False):
            answer = getattr(self.client, method)(f"{self.root}{path}", headers=headers, **sent)
        assert answer.status_code == status, answer.content.decode()
        return answer.json()


def faults(answer: Mapping[str, Any]) -> dict[str, str]:
    """Field → code, as a refusal of what was sent names them."""
    return {found["field"]: found["code"] for found in answer["errors"]}
