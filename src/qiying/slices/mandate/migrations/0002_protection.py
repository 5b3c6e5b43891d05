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


SEAL = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qiying_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON mandate_decision, mandate_snapshot FROM qiying_app;
    END IF;
END $$;
"""
UNSEAL = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qiying_app') THEN
        GRANT UPDATE, DELETE ON mandate_decision, mandate_snapshot TO qiying_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("mandate", "0001_initial"), ("kernel", "0002_protection")]

    operations = [
        no_overlap("mandate_matterversion", "matter_one_version_at_a_time", "matter_id"),
        no_overlap(
            "mandate_delegation", "delegation_once_at_a_time", "matter_id", "kind", "to_unit_id"
        ),
        protect(
            "mandate_matter",
            "mandate_matterversion",
            "mandate_seat",
            "mandate_edition",
            "mandate_delegation",
            "mandate_handover",
            "mandate_precedent",
            "mandate_snapshot",
            "mandate_decision",
        ),
        migrations.RunSQL(SEAL, UNSEAL),
    ]
