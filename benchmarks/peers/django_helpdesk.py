"""The shared scenarios on django-helpdesk, in an environment of its own; one line of JSON.

Usage: python django_helpdesk.py ARGUMENTS, a JSON object: ``database`` (keyword arguments of a connection
to an empty PostgreSQL database), ``size`` (tickets), ``batches``. Its tickets have one follow-up
each, as many fields as its own forms fill, and mail goes nowhere. CPU of this process and of its
PostgreSQL backend together, as ours is measured.
"""

# ruff: noqa: PLC0415  Django is set up first
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

GIVEN = json.loads(sys.argv[1])
WHAT = ("配电房异响", "路灯不亮", "污水外溢", "变压器过载", "班车改线", "招工困难", "消防通道被占")
TICKS = os.sysconf("SC_CLK_TCK")
WARM = 3


def configure() -> None:
    """Settings of a small installation, as its documentation shows them."""
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY="not-a-secret",  # noqa: S106  of a database that is dropped
        DEBUG=False,
        ALLOWED_HOSTS=["*"],
        SITE_ID=1,
        ROOT_URLCONF=sys.modules[__name__],
        LOGIN_URL="/login/",
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        STATIC_URL="/static/",
        HELPDESK_TEAMS_MODEL="auth.Group",
        HELPDESK_TEAMS_MIGRATION_DEPENDENCIES=[("auth", "0012_alter_user_first_name_max_length")],
        HELPDESK_KBITEM_TEAM_GETTER=lambda _item: None,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": GIVEN["database"]["dbname"],
                "USER": GIVEN["database"]["user"],
                "HOST": GIVEN["database"]["host"],
                "PORT": str(GIVEN["database"]["port"]),
                "CONN_MAX_AGE": None,
            }
        },
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "django.contrib.sites",
            "django.contrib.humanize",
            "django.contrib.admin",
            "bootstrap4form",
            "rest_framework",
            "helpdesk",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
    )
    django.setup()


def urls() -> list[Any]:
    from django.urls import include, path

    return [path("", include("helpdesk.urls", namespace="helpdesk"))]


def fill(size: int) -> None:
    """Tickets as its own interface makes them, half of them closed, a follow-up each."""
    from django.utils import timezone
    from helpdesk.models import FollowUp, Queue, Ticket

    queue = Queue.objects.create(title="Zone", slug="zone", allow_public_submission=True)
    now = timezone.now()
    tickets = [
        Ticket(
            title=WHAT[n % len(WHAT)],
            description=f"{WHAT[n % len(WHAT)]}，影响生产，请尽快安排人员到现场处理。",
            queue=queue,
            submitter_email=f"firm{n % 800}@example.invalid",
            status=4 if n % 5 else 1,
            priority=n % 5 + 1,
            created=now,
            modified=now,
            secret_key=f"{n:08d}",
        )
        for n in range(size)
    ]
    Ticket.objects.bulk_create(tickets, batch_size=1000)
    rows = [
        FollowUp(ticket=t, title="Opened", comment=t.description, public=True, date=now)
        for t in tickets
    ]
    FollowUp.objects.bulk_create(rows, batch_size=1000)


def people() -> Any:
    from django.contrib.auth import get_user_model
    from django.test import Client

    user = get_user_model().objects.create_superuser("desk", "desk@example.invalid", "desk")
    client = Client()
    client.force_login(user)
    return client


def scenarios(client: Any) -> dict[str, tuple[Callable[[int], Any], int]]:
    """What is asked, by name, and how many times in a batch."""
    from helpdesk.models import Queue, Ticket
    from helpdesk.query import query_to_base64

    queue = Queue.objects.get()
    first = Ticket.objects.order_by("id").values_list("id", flat=True)[0]
    query = query_to_base64({"filtering": {}, "sorting": "created", "sortreverse": True})
    page = f"/datatables_ticket_list/{query}?draw=1&start=0&length=25&order[0][column]=0"

    def create(n: int) -> Any:
        body = {
            "queue": queue.pk,
            "title": WHAT[n % len(WHAT)],
            "description": "配电房有异响和焦味，变压器外壳发烫，请尽快派人来看看，以免影响夜班生产。",
            "submitter_email": "firm@example.invalid",
            "priority": 3,
        }
        return client.post("/api/tickets/", json.dumps(body), content_type="application/json")

    return {
        "create": (create, 10),
        "page": (lambda n: client.get(f"/tickets/{first + n % 50}/"), 10),
        "list_rows": (lambda _n: client.get(page), 5),
        "dashboard": (lambda _n: client.get("/dashboard/"), 5),
        "rest_list": (lambda _n: client.get("/api/tickets/?page_size=25"), 1),
    }


def clock() -> Callable[[], float]:
    """CPU seconds of this process and of its backend."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]

    def read() -> float:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return time.process_time() + (int(fields[11]) + int(fields[12])) / TICKS

    return read


def statements(work: Callable[[int], Any]) -> int:
    from django.db import connection

    found = 0

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal found
        found += not sql.lstrip().upper().startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        work(0)
    return found


def measure(work: Callable[[int], Any], batch: int, read: Callable[[], float]) -> float:
    """The median CPU-milliseconds of one piece of work."""
    slow = batch == 1
    for n in range(1 if slow else WARM * batch):
        answer = work(n)
        if answer.status_code not in {200, 201}:
            raise RuntimeError(answer.status_code, answer.content[:500])
    times = []
    for _ in range(3 if slow else GIVEN["batches"]):
        before = read()
        for n in range(batch):
            work(n)
        times.append(1000 * (read() - before) / batch)
    return sorted(times)[len(times) // 2]


def main() -> None:
    from importlib.metadata import version

    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    client = people()
    fill(GIVEN["size"])
    read = clock()
    found = {}
    for name, (work, batch) in scenarios(client).items():
        found[name] = {"cpu_ms": measure(work, batch, read), "statements": statements(work)}
    print(json.dumps({"version": version("django-helpdesk"), "scenarios": found}))


if __name__ == "__main__":
    configure()
    urlpatterns = urls()
    main()
