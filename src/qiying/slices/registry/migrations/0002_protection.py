from django.db import migrations

from qiying.kernel.tenancy import protect


def no_overlap(table: str, name: str, *columns: str) -> migrations.RunSQL:
    """Rows that agree in these columns may not be in force at the same time."""
    same = ", ".join(f"{column} WITH =" for column in ("tenant_id", *columns))
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist "
        f"({same}, daterange(valid_from, valid_to) WITH &&)",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial"), ("kernel", "0002_protection")]

    operations = [
        no_overlap("registry_area", "area_one_version_at_a_time", "kind", "key"),
        no_overlap("registry_gridduty", "grid_one_officer_at_a_time", "grid_key"),
        protect(
            "registry_zone",
            "registry_unit",
            "registry_enterprise",
            "registry_contact",
            "registry_site",
            "registry_area",
            "registry_gridduty",
            "registry_workcalendar",
            "registry_importbatch",
            "registry_importrow",
        ),
    ]
