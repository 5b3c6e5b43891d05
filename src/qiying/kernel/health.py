"""``/healthz``: the process answers. ``/readyz``: it can do its work."""

import shutil

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

MIN_FREE = 200 * 1024 * 1024


def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(_request: HttpRequest) -> HttpResponse:
    """200 when database, role, migrations, queue and disk are fit; 503 with what is not."""
    checks: dict[str, str] = {}
    try:
        checks["role"] = _role()
        checks["migrations"] = _migrations()
        checks["queue"] = _queue()
    except DatabaseError:
        checks["database"] = "unreachable"
    free = shutil.disk_usage(settings.VAR if settings.VAR.exists() else ".").free
    checks["disk"] = "ok" if free > MIN_FREE else "full"
    is_ready = all(value == "ok" for value in checks.values())
    return JsonResponse({"ready": is_ready, **checks}, status=200 if is_ready else 503)


def _role() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        row = cursor.fetchone()
    return "privileged" if row is None or row[0] else "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    targets = executor.loader.graph.leaf_nodes()
    return "pending" if executor.migration_plan(targets) else "ok"


def _queue() -> str:
    """The oldest job that waits although it was due is younger than five minutes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs j WHERE status = 'todo' "
            "AND coalesce(scheduled_at, now()) < now() - interval '5 minutes'"
        )
        (late,) = cursor.fetchone()
    return "late" if late else "ok"
