"""Migrating without drawing every model anew makes the same tables, and data migrations see all."""

import os
import subprocess
import sys
from typing import Any

import psycopg
import pytest
from django.core.management import get_commands, load_command_class
from django.db import migrations, models
from django.db.migrations.state import ProjectState
from psycopg import sql

from qiying.config.database import APP_ROLE, OWNER_ROLE, prepare
from qiying.kernel.management.commands.migrate import Command, drawing_little

PLAINLY = """
import django
django.setup()
from django.core.management import call_command
from django.core.management.commands.migrate import Command
call_command(Command(), database="owner", verbosity=0)
"""
OURS = PLAINLY.replace("django.core.management.commands.migrate", Command.__module__)
SHAPE = {
    "columns": """
        SELECT c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, a.attname, a.attnum,
               format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
               pg_get_expr(d.adbin, d.adrelid)
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
          LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (c.oid, a.attnum)
         WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger
         WHERE NOT tgisinternal
    """,
    "policies": "SELECT tablename, policyname, qual, with_check FROM pg_policies",
    "rows of Django's own": "SELECT app, name FROM django_migrations",
    "kinds": "SELECT app_label, model FROM django_content_type",
}


def test_the_platform_migrates_by_its_own_command() -> None:
    assert isinstance(load_command_class(get_commands()["migrate"], "migrate"), Command)


def steps() -> list[migrations.operations.base.Operation]:
    """Two tables, one of which points to the other by a later field, with what may be added."""
    name = models.CharField(max_length=9)
    return [
        migrations.CreateModel("Zone", [("id", models.BigAutoField(primary_key=True))]),
        migrations.CreateModel(
            "Firm", [("id", models.BigAutoField(primary_key=True)), ("name", name)]
        ),
        migrations.AddField("firm", "zone", models.ForeignKey("town.Zone", models.CASCADE)),
        migrations.AddIndex("firm", models.Index(fields=["name"], name="firm_name")),
        migrations.AddConstraint(
            "firm", models.UniqueConstraint(fields=["zone", "name"], name="firm_once")
        ),
    ]


def test_code_of_a_migration_finds_every_relation_and_constraint() -> None:
    state = ProjectState()
    assert not list(state.apps.get_models())
    with drawing_little():
        for step in steps():
            step.state_forwards("town", state)
    seen = list[tuple[list[str], list[str]]]()

    def look(apps: Any, _editor: Any) -> None:
        zone, firm = apps.get_model("town", "Zone"), apps.get_model("town", "Firm")
        assert firm._meta.get_field("zone").related_model is zone
        related = [relation.name for relation in zone._meta.related_objects]
        seen.append((related, [constraint.name for constraint in firm._meta.constraints]))

    run = migrations.RunPython(look)
    editor = type("Editor", (), {"connection": type("C", (), {"alias": "default"})})
    run.database_forwards("town", editor, state, state)  # type: ignore[arg-type]  # alias only
    assert seen == [(["firm"], ["firm_once"])]


def test_the_state_says_the_same_as_drawn_whole() -> None:
    whole, little = ProjectState(), ProjectState()
    for state in (whole, little):
        assert not list(state.apps.get_models())
    for step in steps():
        step.state_forwards("town", whole)
    with drawing_little():
        for step in steps():
            step.state_forwards("town", little)
    assert little == whole


@pytest.fixture
def two_shapes(test_databases: Any) -> list[dict[str, list[Any]]]:
    """What two empty databases look like after each way of migrating them."""
    server, shapes = test_databases.server, list[dict[str, list[Any]]]()
    for way, code in {"plainly": PLAINLY, "ours": OURS}.items():
        name = f"building_{way}_{os.getpid()}"
        prepare(server.admin, database=name)
        try:
            where = f"@/{name}?host={server.socket}&port=5432"
            environment = {
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "qiying.config.settings",
                "QIYING_DATABASE_URL": f"postgresql://{APP_ROLE}{where}",
                "QIYING_DATABASE_OWNER_URL": f"postgresql://{OWNER_ROLE}{where}",
            }
            subprocess.run([sys.executable, "-c", code], env=environment, check=True)
            with psycopg.connect(**{**server.admin, "dbname": name}) as connection:
                shapes.append(
                    {part: sorted(map(str, connection.execute(q))) for part, q in SHAPE.items()}
                )
        finally:
            with psycopg.connect(**server.admin, autocommit=True) as admin:
                line = sql.SQL("DROP DATABASE {} WITH (FORCE)")
                admin.execute(line.format(sql.Identifier(name)))
    return shapes


@pytest.mark.full
def test_an_empty_database_gets_the_same_tables(two_shapes: list[dict[str, list[Any]]]) -> None:
    plainly, ours = two_shapes
    for part in SHAPE:
        assert ours[part] == plainly[part], part
        assert ours[part], part
