"""A file of firms on its way to the register, on the pages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.slices.registry.models import Enterprise, ImportBatch, Unit
from tests.slices.registry.conftest import code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("zone")]


def test_a_file_goes_from_upload_over_preview_to_the_register(
    admin: Client, keeper: Actor
) -> None:
    content = (
        f"统一社会信用代码,企业名称,经度,纬度\n{code(1)},甲,119.205,29.005\n坏,乙,119.2,29.0\n"
    )
    upload = SimpleUploadedFile("firms.csv", content.encode("gb18030"))
    data = {"kind": "enterprises", "file": upload, "system": "wgs84"}
    sent = admin.post(reverse("registry:import-new"), data)
    assert sent.status_code == 303
    preview = admin.get(sent.headers["Location"]).content.decode()
    assert "18" in preview
    with tenancy.reading(keeper):
        batch = ImportBatch.objects.get()
    assert (batch.counts["new"], batch.counts["failed"]) == (1, 1)
    apply = reverse("registry:import-apply", args=[batch.public_id])
    assert admin.post(apply).status_code == 409
    errors = admin.get(
        reverse("registry:import-errors", args=[batch.public_id]), {"format": "csv"}
    )
    assert "坏" in errors.content.decode("utf-8-sig")
    assert admin.post(apply, {"good_rows": "on"}).status_code == 303
    with tenancy.reading(keeper):
        assert Enterprise.objects.get().name_zh == "甲"


@pytest.mark.parametrize(
    ("name", "content", "system"),
    [
        ("a.pdf", b"%PDF-", "wgs84"),
        ("a.csv", b"code\nA", "wgs84"),
        ("walls.geojson", b'{"features": []}', "gcj02"),
    ],
)
def test_a_useless_file_is_refused_on_the_form(
    admin: Client, name: str, content: bytes, system: str
) -> None:
    kind = "walls" if name.startswith("walls") else "enterprises"
    data = {"kind": kind, "file": SimpleUploadedFile(name, content), "system": system}
    response = admin.post(reverse("registry:import-new"), data)
    assert response.status_code == 422
    assert "error" in response.content.decode()


def test_a_batch_can_be_put_aside(admin: Client, keeper: Actor) -> None:
    upload = SimpleUploadedFile("u.csv", "code,name,kind\nX,某局,department\n".encode())
    admin.post(
        reverse("registry:import-new"), {"kind": "units", "file": upload, "system": "wgs84"}
    )
    with tenancy.reading(keeper):
        batch = ImportBatch.objects.get()
    assert (
        admin.post(reverse("registry:import-discard", args=[batch.public_id])).status_code == 303
    )
    with tenancy.reading(keeper):
        assert not Unit.objects.filter(code="X").exists()
    template = admin.get(reverse("registry:import-template", args=["units"]))
    assert template.content.decode("utf-8-sig").startswith("单位代码,")
