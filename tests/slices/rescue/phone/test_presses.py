"""The red button pressed twice at once, and with photographs that are too large for memory."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from qiying.kernel import tenancy
from qiying.kernel.models import Attachment
from qiying.slices.rescue import operations
from qiying.slices.rescue.models import Job
from tests.slices.rescue import steps
from tests.slices.rescue.phone.asking import pressed, sign_in
from tests.slices.world import World

pytestmark = pytest.mark.django_db(transaction=True)
PRESS = "/rescue/my/press/"
AT_ONCE = 4


def photo(side: int = 8) -> SimpleUploadedFile:
    """A picture of noise, which no format makes smaller."""
    held = BytesIO()
    Image.effect_noise((side, side), 80).convert("RGB").save(held, "PNG")
    return SimpleUploadedFile("machine.png", held.getvalue(), "image/png")


@pytest.fixture
def phones(transactional_db: None, request: pytest.FixtureRequest) -> tuple[World, list[Client]]:
    world: World = request.getfixturevalue("world")
    return world, [sign_in(world, "boss") for _ in range(AT_ONCE)]


def press_together(phones: list[Client], forms: list[dict[str, Any]]) -> list[Any]:
    def run(number: int) -> Any:
        try:
            return phones[number].post(PRESS, {**forms[number], "photos": photo()})
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def test_one_form_pressed_in_several_windows_at_once_makes_one_rescue(
    phones: tuple[World, list[Client]],
) -> None:
    """Whoever comes while the first is under way is asked to wait and finds it the next time."""
    world, windows = phones
    form = pressed(machine=steps.machine(world).label)
    answers = press_together(windows, [form] * AT_ONCE)
    assert {a.status_code for a in answers} <= {303, 422}
    (where,) = {a.headers["Location"] for a in answers if a.status_code == 303}
    again = windows[0].post(PRESS, form)
    assert (again.status_code, again.headers["Location"]) == (303, where)
    with tenancy.reading(world.system):
        job = Job.objects.get()
        tied = Attachment.objects.filter(subject_type="rescue.job")
        assert [a.subject_id for a in tied] == [job.pk]


def test_forms_pressed_at_once_make_a_rescue_each(phones: tuple[World, list[Client]]) -> None:
    world, windows = phones
    label = steps.machine(world).label
    answers = press_together(windows, [pressed(machine=label) for _ in range(AT_ONCE)])
    assert [a.status_code for a in answers] == [303] * AT_ONCE
    with tenancy.reading(world.system):
        assert len({j.number for j in Job.objects.all()}) == AT_ONCE


def test_a_large_photo_survives_a_press_that_was_refused(
    phones: tuple[World, list[Client]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form comes back with the photo in hand, and the next press takes it along."""
    world, (phone, *_) = phones
    large = photo(1000)
    assert large.size is not None
    assert large.size > 2 * 1024 * 1024
    form = pressed(machine=steps.machine(world).label)
    report = operations.report_job

    def refuse(*args: Any, **given: Any) -> Job:
        return report(*args, **{**given, "title": ""})

    with monkeypatch.context() as patched:
        patched.setattr(operations, "report_job", refuse)
        assert phone.post(PRESS, {**form, "photos": large}).status_code == 422
    with tenancy.reading(world.system):
        (kept,) = Attachment.objects.all()
    assert phone.post(PRESS, {**form, "kept": str(kept.public_id)}).status_code == 303
    with tenancy.reading(world.system):
        assert Attachment.objects.get().subject_id == Job.objects.get().pk
