"""How the zones are asked: examples for the blanks of addresses, bodies for forms, a client."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from qiying.kernel import tenancy
from qiying.slices.class_issues.rules import DEFAULTS
from tests.architecture import indices_of_zones, rescues_of_zones
from tests.architecture.cases_of_zones import POINTS, texts_of
from tests.architecture.routes import API_ROOT, Route
from tests.architecture.two_zones import Zone, photo, tenant_models
from tests.slices.world import INSIDE, credit_code

PLAIN: Mapping[tuple[str, str], Any] = {
    ("/layers", "name"): "calls",
    ("/registry/imports", "kind"): "enterprises",
    ("calls", "kind"): "wall",
    ("calls", "case"): "normal",
    ("calls", "clock"): "sign",
    ("calls", "step"): "message",
    ("kernel", "provider_id"): 10**15,
    ("kernel", "secret"): "nobody-was-given-this-one",
    ("kernel", "step"): "pause",
    ("kernel", "what"): "renew",
    ("class_issues", "step"): "report",
    ("channels", "kind"): "calls",
    ("council", "meeting_step"): "cancel",
    ("council", "step"): "support",
    ("council", "suggestion_step"): "amend",
    ("map", "kind"): "grid",
    ("mediation", "step"): "consent",
    ("open311", "fmt"): "json",
    ("registry", "kind"): "enterprises",
    ("registry", "year"): 2026,
    **indices_of_zones.PLAIN,
    **rescues_of_zones.PLAIN,
}
"""Parameters that name no row."""

EXAMPLES: Mapping[tuple[str, str], str] = {
    ("/calls", "call_id"): "call.public_id",
    ("/calls/bulk", "run_id"): "bulk.public_id",
    ("/calls", "wording_id"): "wording.public_id",
    ("/calls/wordings", "wording_id"): "wording.public_id",
    ("/council/members", "member_id"): "seat.pk",
    ("/mediations/mediators", "mediator_id"): "mediator.pk",
    ("/council/meetings", "meeting_id"): "meeting.public_id",
    ("/council/suggestions", "suggestion_id"): "suggestion.public_id",
    ("/council/topics", "topic_id"): "topic.public_id",
    ("/casebook/cases", "case_id"): "case.public_id",
    ("/casebook/entries", "entry_id"): "entry.public_id",
    ("/casebook/objections", "objection_id"): "objection.public_id",
    ("/casebook/readings", "entry_id"): "reading.public_id",
    ("/casebook/selections", "selection_id"): "selection.public_id",
    ("/casebook/work", "case_id"): "draft_case.public_id",
    ("POST /casebook/entries/{entry_id}/steps", "entry_id"): "own_entry.public_id",
    ("POST /casebook/selections/{selection_id}/entries", "selection_id"): (
        "open_selection.public_id"
    ),
    ("POST /casebook/selections/{selection_id}/steps", "selection_id"): "open_selection.public_id",
    ("/mandate/decisions", "public_id"): "decision",
    ("/mandate/matters", "code"): "matter",
    ("/mediations", "dispute_id"): "dispute.public_id",
    ("/registry/enterprises", "public_id"): "firm.public_id",
    ("/webhooks", "delivery_id"): "delivery.public_id",
    ("/webhooks", "endpoint_id"): "webhook.public_id",
    ("/class-issues", "issue_id"): "class_issue.public_id",
    ("calls", "public_id"): "call.public_id",
    ("class_issues", "public_id"): "class_issue.public_id",
    ("calls", "run_id"): "bulk.public_id",
    ("calls", "wording_id"): "wording.public_id",
    ("calls:firm-panel", "public_id"): "firm.public_id",
    ("calls:officer-firm", "public_id"): "looked_after.public_id",
    ("calls:officer-raise", "public_id"): "looked_after.public_id",
    ("calls:officer-visit", "public_id"): "looked_after.public_id",
    ("/channels/batches", "batch_id"): "call_batch.public_id",
    ("/channels/connections", "endpoint_id"): "endpoint.public_id",
    ("/channels/forwards", "forward_id"): "forward.public_id",
    ("/channels/mails", "mail_id"): "mail.public_id",
    ("/channels/orders", "order_id"): "order_back.public_id",
    ("/channels/referrals", "referral_id"): "referral.public_id",
    ("/channels/same", "call_id"): "public.public_id",
    ("POST /channels/orders/{order_id}/steps", "order_id"): "order.public_id",
    ("channels:batch", "public_id"): "call_batch.public_id",
    ("channels:batch-apply", "public_id"): "call_batch.public_id",
    ("channels:batch-discard", "public_id"): "call_batch.public_id",
    ("channels:batch-errors", "public_id"): "call_batch.public_id",
    ("channels:endpoint", "public_id"): "endpoint.public_id",
    ("channels:forward", "public_id"): "forward.public_id",
    ("channels:forward-new", "public_id"): "call.public_id",
    ("channels:mail", "public_id"): "mail.public_id",
    ("channels:order", "public_id"): "order.public_id",
    ("channels:referral", "public_id"): "referral.public_id",
    ("channels:same", "public_id"): "public.public_id",
    ("council", "member_id"): "seat.pk",
    ("council:meeting", "public_id"): "meeting.public_id",
    ("council:suggestion", "public_id"): "suggestion.public_id",
    ("council:take-meeting", "public_id"): "meeting.public_id",
    ("council:take-suggestion", "public_id"): "suggestion.public_id",
    ("council:take-topic", "public_id"): "topic.public_id",
    ("council:topic", "public_id"): "topic.public_id",
    ("casebook", "public_id"): "case.public_id",
    ("casebook:assign", "public_id"): "waiting_case.public_id",
    ("casebook:choose", "public_id"): "judged_selection.public_id",
    ("casebook:cite", "public_id"): "call.public_id",
    ("casebook:cite-class", "public_id"): "class_issue.public_id",
    ("casebook:enter", "public_id"): "open_selection.public_id",
    ("casebook:entry", "public_id"): "entry.public_id",
    ("casebook:entry-edit", "public_id"): "own_entry.public_id",
    ("casebook:entry-step", "public_id"): "own_entry.public_id",
    ("casebook:object", "public_id"): "selection.public_id",
    ("casebook:print", "public_id"): "selection.public_id",
    ("casebook:reading", "public_id"): "reading.public_id",
    ("casebook:reason", "public_id"): "draft_case.public_id",
    ("casebook:recuse", "public_id"): "reading.public_id",
    ("casebook:review", "public_id"): "judged_case.public_id",
    ("casebook:seat", "public_id"): "open_selection.public_id",
    ("casebook:selection", "public_id"): "selection.public_id",
    ("casebook:selection-step", "public_id"): "open_selection.public_id",
    ("casebook:settle", "public_id"): "objection.public_id",
    ("casebook:step", "public_id"): "draft_case.public_id",
    ("casebook:write", "public_id"): "draft_case.public_id",
    ("kernel", "grant_id"): "grant",
    ("kernel", "key_id"): "key.pk",
    ("kernel", "delivery_id"): "delivery.public_id",
    ("kernel", "link_id"): "link.pk",
    ("kernel", "notification_id"): "notice.pk",
    ("kernel", "person_id"): "enrolled.pk",
    ("kernel", "public_id"): "picture.public_id",
    ("kernel:webhook", "public_id"): "webhook.public_id",
    ("kernel:webhook-edit", "public_id"): "webhook.public_id",
    ("kernel:webhook-resend", "public_id"): "webhook.public_id",
    ("kernel:webhook-step", "public_id"): "webhook.public_id",
    ("kernel", "view_id"): "view.pk",
    ("mandate", "code"): "matter",
    ("mandate", "delegation_id"): "delegation.pk",
    ("mandate", "number"): "handover.number",
    ("mandate", "public_id"): "decision",
    ("mandate", "version_id"): "version.pk",
    ("mediation", "mediator_id"): "mediator.pk",
    ("mediation", "public_id"): "dispute.public_id",
    ("mediation:agreement", "public_id"): "settled.public_id",
    ("mediation:certificate", "public_id"): "given_up.public_id",
    ("open311", "code"): "matter",
    ("open311", "number"): "public.number",
    ("registry", "area_id"): "wall.pk",
    ("registry", "contact_id"): "contact.pk",
    ("registry", "key"): "grid.key",
    ("registry", "public_id"): "firm.public_id",
    ("registry", "site_id"): "site.pk",
    ("registry", "unit_id"): "unit.pk",
    ("registry:import", "public_id"): "batch.public_id",
    ("registry:import-apply", "public_id"): "batch.public_id",
    ("registry:import-discard", "public_id"): "batch.public_id",
    ("registry:import-errors", "public_id"): "batch.public_id",
    **indices_of_zones.EXAMPLES,
    **rescues_of_zones.EXAMPLES,
}
"""(address or its room, parameter) → the row of a zone that the parameter names."""

Body = Mapping[str, Any]
QUESTION: Body = {"matter": "M016", "longitude": INSIDE[0], "latitude": INSIDE[1]}
HOOK: Body = {"name": "OA", "url": "https://hook.example/in", "topics": ["calls.received"]}

BODIES: Mapping[str, Callable[[Zone], Body]] = {
    "PATCH /registry/enterprises/{public_id}": lambda _z: {"staff_count": 7},
    "POST /calls/": lambda z: {
        "text": "It is dark",
        "matter": "M016",
        "enterprise": str(z.rows["firm"].public_id),
    },
    "POST /calls/attachments": lambda _z: {"file": photo("lamp")},
    "POST /calls/{call_id}/steps": lambda _z: {"step": "note", "text": "seen"},
    "POST /calls/bulk": lambda z: {
        "action": "note",
        "numbers": [z.rows["call"].number],
        "text": "seen",
    },
    "POST /calls/terms": lambda _z: {
        "clock": "redo",
        "kind": "working_days",
        "amount": 3,
        "reason": "sooner",
    },
    "calls:term": lambda _z: {
        "amount": "3",
        "kind": "hours",
        "valid_from": f"{timezone.localdate():%Y-%m-%d}",
        "grade": "D",
        "reason": "sooner",
    },
    "POST /calls/triage/trainings": lambda _z: {},
    "POST /calls/visits": lambda z: {
        "enterprise": str(z.rows["looked_after"].public_id),
        "text": "all is well",
    },
    "POST /calls/wordings": lambda _z: {
        "name": "Received",
        "step": "answer",
        "text": "We have it, {firm}.",
    },
    "POST /calls/wordings/{wording_id}/steps": lambda _z: {"step": "retire"},
    "POST /calls/{call_id}/wordings/{wording_id}/uses": lambda _z: {},
    "PUT /calls/charges": lambda z: {"unit": "EMB", "person": z.world.user("leader").pk},
    "PUT /calls/day": lambda _z: {"is_on": True, "hour": 9},
    "POST /calls/triage": lambda _z: {"text": "It is dark"},
    "POST /class-issues/{issue_id}/steps": lambda _z: {"step": "report", "text": "going on"},
    "class_issues:look": lambda _z: {},
    "class_issues:take": lambda _z: {"text": "going on"},
    "POST /council/meetings": lambda _z: {
        "title": "Meeting",
        "at": "2026-12-20T09:00:00+08:00",
        "place": "hall",
    },
    "POST /council/members": lambda _z: {"name": "Li", "kind": "npc"},
    "POST /council/members/{member_id}/term": lambda _z: {"term_to": "2026-12-31"},
    "POST /mediations/mediators": lambda z: {
        "person": z.world.user("emb").pk,
        "unit": "EMB",
    },
    "POST /mediations/mediators/{mediator_id}/end": lambda _z: {},
    "PUT /class-issues/thresholds": lambda _z: {
        **DEFAULTS.plain(),
        "reason": "fewer firms are enough",
    },
    "POST /council/suggestions/{suggestion_id}/steps": lambda _z: {
        "step": "amend",
        "text": "more lamps",
    },
    "POST /council/topics": lambda _z: {"title": "Lamps", "text": "It is dark"},
    "POST /council/topics/{topic_id}/steps": lambda _z: {"step": "support"},
    "POST /mandate/decide": lambda _z: QUESTION,
    "POST /mandate/decisions": lambda _z: QUESTION,
    "POST /mediations/": lambda z: {
        "kind": "contract",
        "title": "Rent",
        "facts": "It was not paid",
        "parties": [
            {"side": "applicant", "enterprise": str(z.rows["firm"].public_id)},
            {"side": "respondent", "name": "Li"},
        ],
    },
    "POST /mediations/{dispute_id}/steps": lambda z: {
        "step": "consent",
        "party_id": z.rows["party"],
    },
    "POST /registry/enterprises": lambda _z: {
        "credit_code": credit_code(801),
        "name_zh": "新厂",
        "kind": "enterprise",
    },
    "POST /registry/imports/{kind}": lambda _z: {
        "file": SimpleUploadedFile(
            "firms.csv", f"信用代码,企业名称,类别\n{credit_code(802)},新厂,企业\n".encode()
        )
    },
    "POST /webhooks/": lambda _z: HOOK,
    "POST /webhooks/{endpoint_id}/deliveries/{delivery_id}/again": lambda _z: {},
    "POST /webhooks/{endpoint_id}/secret": lambda _z: {},
    "POST /webhooks/{endpoint_id}/steps": lambda _z: {"step": "ping"},
    "PUT /webhooks/{endpoint_id}": lambda _z: HOOK,
    "calls:bulk": lambda z: {"do": "note", "id": z.rows["call"].number, "text": "seen"},
    "calls:bulk-go": lambda _z: {},
    "calls:bulk-undo": lambda _z: {},
    "calls:case-aid": lambda z: {"wording": str(z.rows["wording"].public_id)},
    "calls:charges": lambda z: {
        "unit": z.world.units["EMB"],
        "person": z.world.user("leader").pk,
    },
    "calls:day": lambda _z: {"is_on": "1", "hour": 9},
    "calls:wording": lambda _z: {"do": "retire"},
    "POST /casebook/cases": lambda z: {"call": str(z.rows["nominable"].public_id)},
    "POST /casebook/cases/{case_id}/citations": lambda z: {
        "call": str(z.rows["public"].public_id)
    },
    "POST /casebook/entries/{entry_id}/objections": lambda _z: {"text": "not so"},
    "POST /casebook/entries/{entry_id}/steps": lambda _z: {"step": "withdraw"},
    "POST /casebook/objections/{objection_id}/settlement": lambda _z: {
        "is_upheld": False,
        "finding": "it holds",
    },
    "POST /casebook/readings/{entry_id}/interests": lambda _z: {"reason": "a relative"},
    "POST /casebook/readings/{entry_id}/marks": lambda _z: {
        "points": POINTS,
        "comment": "well said",
    },
    "POST /casebook/selections": lambda _z: {
        "title_zh": "评选",
        "rules_zh": "规则",
        "quota": 3,
        "opens_on": "2026-12-01",
        "closes_on": "2026-12-20",
        "review_until": "2027-01-20",
    },
    "POST /casebook/selections/{selection_id}/entries": lambda z: {
        "level": "county",
        "county": "East",
        "entrant": "East office",
        "text": dict(texts_of(z)),
    },
    "POST /casebook/selections/{selection_id}/steps": lambda _z: {
        "step": "cancel",
        "reason": "later",
    },
    "POST /casebook/work/{case_id}/steps": lambda _z: {"step": "drop"},
    "casebook:assign": lambda z: {"person": z.world.user("auditor").pk},
    "casebook:cite": lambda z: {"case": z.rows["case"].public_id, "cited_in": "measure"},
    "casebook:entry-step": lambda _z: {"step": "withdraw"},
    "casebook:object": lambda z: {"entry": z.rows["entry"].public_id, "text": "not so"},
    "casebook:reading": lambda _z: {
        **{f"points_{code}": 7 for code in POINTS},
        "comment": "well said",
    },
    "casebook:reason": lambda z: {"key": z.rows["finding"].key, "reason": "see the record"},
    "casebook:recuse": lambda _z: {"reason": "a relative"},
    "casebook:review": lambda _z: {
        **{f"points_{code}": 7 for code in POINTS},
        "comment": "well said",
    },
    "casebook:seat": lambda z: {"person": z.world.user("caller").pk},
    "casebook:selection-step": lambda _z: {"step": "cancel", "reason": "later"},
    "casebook:settle": lambda _z: {"outcome": "dismissed", "finding": "it holds"},
    "casebook:step": lambda _z: {"step": "drop"},
    "casebook:write": lambda _z: {"title": "another title"},
    "calls:act": lambda _z: {"text": "one more word"},
    "calls:take": lambda _z: {"text": "one more word"},
    "calls:register-typed": lambda z: {
        "text": "It is dark",
        "firm": str(z.rows["firm"].public_id),
    },
    "calls:understanding-train": lambda _z: {},
    "calls:officer-visit": lambda _z: {"purpose": "routine", "text": "all is well"},
    "POST /channels/batches": lambda _z: {
        "kind": "calls",
        "file": SimpleUploadedFile("calls.csv", "诉求内容\nIt is dark\n".encode()),
    },
    "POST /channels/batches/{batch_id}/apply": lambda _z: {},
    "POST /channels/batches/{batch_id}/discard": lambda _z: {},
    "POST /channels/connections": lambda _z: {
        "code": "town",
        "kind": "open311",
        "name": "Town",
        "url": "https://8.8.8.8/open311/v2",
    },
    "POST /channels/forwards": lambda z: {
        "call": str(z.rows["call"].public_id),
        "endpoint": str(z.rows["endpoint"].public_id),
        "reason": "outside the wall",
    },
    "POST /channels/forwards/{forward_id}/steps": lambda _z: {
        "step": "say",
        "text": "one more word",
    },
    "POST /channels/mails/{mail_id}/steps": lambda _z: {
        "step": "dismiss",
        "reason": "advertising",
    },
    "POST /channels/orders/{order_id}/steps": lambda _z: {
        "step": "ask_return",
        "reason": "not_ours",
        "text": "no",
    },
    "POST /channels/referrals": lambda z: {
        "kind": "deputy",
        "referrer": "Zhang",
        "text": "It is dark",
        "credit_code": z.rows["firm"].credit_code,
    },
    "POST /channels/referrals/{referral_id}/steps": lambda _z: {
        "step": "waive",
        "text": "not wanted",
    },
    "POST /channels/same/{call_id}/steps": lambda _z: {"step": "unlink", "text": "another lamp"},
    "PUT /channels/connections/{endpoint_id}": lambda _z: {
        "name": "Town",
        "url": "https://8.8.8.8/open311/v2",
    },
    "POST /channels/orders": lambda _z: {"order_number": "ZJ-77", "text": "It is dark"},
    "POST /channels/orders/{order_id}/answers": lambda _z: {"about": "return", "is_agreed": False},
    "POST /channels/signals": lambda _z: {
        "kind": "power",
        "source": "meter",
        "text": "It fell",
    },
    "channels:batch-apply": lambda _z: {},
    "channels:batch-discard": lambda _z: {},
    "channels:forward": lambda _z: {"do": "say", "text": "one more word"},
    "channels:forward-new": lambda z: {
        "endpoint": str(z.rows["endpoint"].public_id),
        "reason": "outside the wall",
    },
    "channels:mail": lambda _z: {"do": "dismiss", "reason": "advertising"},
    "channels:order": lambda _z: {"do": "ask_return", "reason": "not_ours", "text": "no"},
    "channels:order-replies": lambda _z: {},
    "channels:referral": lambda _z: {"do": "waive", "text": "not wanted"},
    "channels:same": lambda _z: {"do": "unlink", "text": "another lamp"},
    "channels:stuck-again": lambda _z: {},
    "council:end-term": lambda _z: {"term_to": "2026-12-31"},
    "council:take-meeting": lambda _z: {"text": "too few"},
    "council:take-suggestion": lambda _z: {"text": "more lamps"},
    "council:take-topic": lambda _z: {},
    "kernel:grant-end": lambda _z: {},
    "kernel:key-revoke": lambda _z: {},
    "kernel:oidc-unlink": lambda _z: {},
    "kernel:second-reset": lambda _z: {},
    "kernel:webhook-edit": lambda _z: HOOK,
    "kernel:webhook-resend": lambda _z: {},
    "kernel:webhook-step": lambda _z: {},
    "kernel:saved-view-remove": lambda _z: {"page": "/"},
    "mandate:count-list": lambda _z: {"name": "people", "listed": 3, "accepted": 1},
    "mandate:end-delegation": lambda _z: {"ends_on": "2026-12-31"},
    "mandate:replay": lambda _z: {},
    "mandate:step-handover": lambda _z: {"step": "list"},
    "mandate:withdraw": lambda _z: {},
    "mediation:end-mediator": lambda _z: {},
    "mediation:take": lambda z: {"party_id": z.rows["party"]},
    "registry:area-end": lambda _z: {},
    "registry:contact-edit": lambda _z: {"do": "erase"},
    "registry:contact-new": lambda _z: {"name": "Li", "phone": "13900001111"},
    "registry:firm-retire": lambda _z: {"status": "moved"},
    "registry:grid-assign": lambda z: {"officer": z.world.user("grid").pk},
    "registry:import-apply": lambda _z: {},
    "registry:import-discard": lambda _z: {},
    "registry:site-retire": lambda _z: {},
    "registry:unit-retire": lambda _z: {},
    **indices_of_zones.BODIES,
    **rescues_of_zones.BODIES,
}
"""What is sent to an address that changes something, so that only the row can be wrong."""


class Asker:
    """Somebody who asks; every request is taken back, so that the next one finds the same zone."""

    def __init__(self, zone: Zone, name: str = "", *, key: str = "") -> None:
        self.zone = zone
        self.client = Client(raise_request_exception=False)
        self.headers = {"X-API-Key": key} if key else {"X-Requested-With": "fetch"}
        if name:
            backend = "django.contrib.auth.backends.ModelBackend"
            self.client.force_login(zone.world.user(name), backend=backend)
        self.cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}

    def ask(
        self, method: str, route: Route, given: Mapping[str, Any], query: str = ""
    ) -> HttpResponse:
        """Send what the route takes, with the rows of the asker's own zone in the body."""
        with taken_back():
            return self.insist(method, route, given, query)

    def insist(
        self, method: str, route: Route, given: Mapping[str, Any], query: str = ""
    ) -> HttpResponse:
        """Ask, and leave what the answer did."""
        body = BODIES[route.name](self.zone) if route.name in BODIES and method != "GET" else {}
        if route.name.startswith("open311:"):
            zone = f"jurisdiction_id={self.zone.world.tenant.code}"
            query = f"{query}&{zone}" if query else f"?{zone}"
        return self.send(method, route.address(given) + query, body)

    def send(self, method: str, address: str, body: Body, *, is_kept: bool = True) -> HttpResponse:
        self.client.cookies.load(self.cookies)
        more: dict[str, Any] = {"data": body, "headers": self.headers}
        if address.startswith(API_ROOT) and method != "GET" and "file" not in body:
            more["content_type"] = "application/json"
        with transaction.atomic() if is_kept else taken_back():
            answer: HttpResponse = getattr(self.client, method.lower())(address, **more)
        if answer.streaming:
            whole = b"".join(answer.streaming_content)
            for close in answer._resource_closers:
                # the answer's own ``close`` would also close the connection that holds the zones
                close()
            answer.streaming_content = [whole]
        return answer


@contextmanager
def taken_back() -> Iterator[None]:
    """Nothing that happens inside stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def room(route: Route) -> str:
    """What examples are shared by: the namespace of a page, the resource of an operation."""
    if route.is_api:
        return route.template.removeprefix(API_ROOT).partition("/{")[0]
    return route.name.partition(":")[0]


def is_object(route: Route, parameter: str) -> bool:
    """Does this parameter name a row of a zone?"""
    return plain_key(route, parameter) not in PLAIN


def plain_key(route: Route, parameter: str) -> tuple[str, str]:
    """An address's own plain value goes before that of its room."""
    own = route.name, parameter
    return own if own in PLAIN else (room(route), parameter)


def value(zone: Zone, route: Route, parameter: str) -> Any:
    """The row of this zone that a parameter names, or the plain value."""
    if not is_object(route, parameter):
        return PLAIN[plain_key(route, parameter)]
    path = EXAMPLES.get((route.name, parameter)) or EXAMPLES.get((room(route), parameter))
    assert path is not None, (
        f"{route.name} has a parameter {parameter!r} without an example: add "
        f"({room(route)!r}, {parameter!r}) to EXAMPLES with the row of two_zones.py that it names, "
        "or to PLAIN when it names no row."
    )
    name, _, attribute = path.partition(".")
    row = zone.rows[name]
    return getattr(row, attribute) if attribute else row


def values(zone: Zone, route: Route) -> dict[str, Any]:
    """The blanks of an address filled with the rows of one zone."""
    return {name: value(zone, route, name) for name in route.parameters}


def text_of(answer: HttpResponse) -> str:
    """Body and headers, to be searched."""
    parts = answer.streaming_content if answer.streaming else [answer.content]
    return b"".join(parts).decode("utf-8", "replace") + str(answer.headers)


def content_of(zone: Zone) -> dict[str, str]:
    """A digest of every row of a zone, table by table."""
    found = {}
    with tenancy.reading(zone.world.system), connection.cursor() as cursor:
        for model in tenant_models():
            table = connection.ops.quote_name(model._meta.db_table)
            rows = "count(*), md5(string_agg(t::text, '|' ORDER BY t::text))"
            cursor.execute(f"SELECT {rows} FROM {table} t")  # noqa: S608  names of our own tables
            found[model._meta.label] = str(cursor.fetchone())
    return found
