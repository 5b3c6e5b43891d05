"""Make roles, database, extensions and privileges: the same on any PostgreSQL.

Two roles on purpose. ``qiying_owner`` owns the tables and runs migrations; ``qiying_app`` runs the
platform, owns nothing and cannot pass by row-level security. Everything here may be repeated.
"""

from typing import Any

import psycopg
from psycopg import Connection, sql

from qiying.config.database._address import APP_ROLE, DATABASE_NAME, OWNER_ROLE

EXTENSIONS = ("btree_gist", "pg_trgm")

ROLE_ATTRIBUTES = sql.SQL("LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS")


def prepare(
    admin: dict[str, Any],
    *,
    database: str = DATABASE_NAME,
    owner_password: str = "",
    app_password: str = "",
) -> None:
    """Make the server behind `admin` (psycopg's keywords) ready for migrations.

    A password that is left empty is left as it is.
    """
    with psycopg.connect(**admin, autocommit=True) as connection:
        _ensure_role(connection, OWNER_ROLE, owner_password)
        _ensure_role(connection, APP_ROLE, app_password)
        _ensure_member(connection)
        create_database(connection, database)
    with psycopg.connect(**{**admin, "dbname": database}) as connection:
        _open_database(connection)


def create_database(connection: Connection[Any], name: str, *, template: str = "") -> None:
    """Create a database of the owner, unless it exists, that only our two roles may enter."""
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
    names = {
        "database": sql.Identifier(name),
        "owner": sql.Identifier(OWNER_ROLE),
        "app": sql.Identifier(APP_ROLE),
        "template": sql.Identifier(template or "template1"),
    }
    if not found:
        line = "CREATE DATABASE {database} OWNER {owner} TEMPLATE {template}"
        connection.execute(sql.SQL(line).format(**names))
    for line in (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {app}",
    ):
        connection.execute(sql.SQL(line).format(**names))


def _ensure_role(connection: Connection[Any], name: str, password: str) -> None:
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone()
    role = sql.Identifier(name)
    if not found:
        connection.execute(sql.SQL("CREATE ROLE {} {}").format(role, ROLE_ATTRIBUTES))
    if password:
        connection.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(password))
        )


def _ensure_member(connection: Connection[Any]) -> None:
    """An administrator who is not a superuser must belong to the owner to make things for it."""
    row = connection.execute(
        "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if row and not row[0]:
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER_ROLE)))


def _open_database(connection: Connection[Any]) -> None:
    """Say what each role may do; new tables get it by default, so a migration can take it away."""
    names = {"owner": sql.Identifier(OWNER_ROLE), "app": sql.Identifier(APP_ROLE)}
    for extension in EXTENSIONS:
        connection.execute(
            sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
        )
    _let_search_use_its_index(connection)
    for line in (
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO {app}",
        "GRANT USAGE, CREATE ON SCHEMA public TO {owner}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE ON SEQUENCES TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT EXECUTE ON FUNCTIONS TO {app}",
    ):
        connection.execute(sql.SQL(line).format(**names))


def _let_search_use_its_index(connection: Connection[Any]) -> None:
    """Say that LIKE tells nothing about rows that it is not shown, where we may say so.

    Row-level security keeps an operator that could leak hidden rows away from an index, so that a
    search would read the whole table. LIKE fails by its pattern alone, never by the text. Only a
    superuser can declare it; elsewhere search gives the same answer, more slowly.
    """
    connection.execute(
        """
        DO $$ BEGIN
            IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
               AND NOT (SELECT proleakproof FROM pg_proc
                        WHERE oid = 'pg_catalog.textlike(text,text)'::regprocedure) THEN
                ALTER FUNCTION pg_catalog.textlike(text, text) LEAKPROOF;
            END IF;
        END $$
        """
    )
