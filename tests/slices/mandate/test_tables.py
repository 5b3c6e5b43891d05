import pytest

from qiying.slices.mandate import models


@pytest.mark.django_db
def test_without_a_tenant_every_table_reads_empty() -> None:
    for model in (models.Matter, models.Decision, models.Snapshot, models.Seat):
        assert not model.objects.exists()
