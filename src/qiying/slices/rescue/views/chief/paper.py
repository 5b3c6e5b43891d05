"""The service report as a document in Chinese, whatever the reader's language."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from qiying.kernel import letters
from qiying.kernel.errors import Refused
from qiying.kernel.letters import Letter, Part
from qiying.kernel.people import SHANGHAI
from qiying.kernel.web import actor_of, page
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import labels
from qiying.slices.rescue.queries import record
from qiying.slices.rescue.queries.record import Record
from qiying.slices.rescue.views.chief.job import moments_of
from qiying.slices.rescue.views.chief.shared import AT_LIST

CHINESE = "zh-hans"


@page(*AT_LIST)
def report(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was done at the machine, signed by the firm on the technician's phone."""
    return document(actor_of(request), public_id)


def document(actor: Any, public_id: UUID) -> HttpResponse:
    """The report of a job that this actor may see; Refused while there is none."""
    job = queries.get_by_public_id(actor, public_id)
    found = record.record(actor, job, now=timezone.now())
    if found.report is None:
        raise Refused("rescue.no_report")
    with translation.override(CHINESE):
        firm = queries.firm_names(actor, [job]).get(job.enterprise_id, "")
        return letters.respond(_letter(found, firm))


def _letter(found: Record, firm: str) -> Letter:
    job, done = found.job, found.report
    if done is None:
        raise Refused("rescue.no_report")
    machine = job.equipment
    head = [
        _("Firm: %(name)s") % {"name": firm},
        _("Machine: %(name)s") % {"name": _machine(machine)},
        _("Reported: %(what)s") % {"what": job.title},
        _("Provider: %(provider)s, technician: %(name)s")
        % {"provider": done.technician.provider.name, "name": done.technician.person},
    ]
    parts = [
        Part("", head),
        Part(_("The four moments"), rows=_moments(found), widths=(25, 40, 35)),
        Part(_("Fault"), [f"{d.fault_code}　{d.cause}" for d in found.diagnoses] or ["—"]),
        Part(_("What was done"), [str(labels.OUTCOMES[done.outcome]), done.text]),
    ]
    if found.parts:
        parts.append(Part(_("Parts used"), rows=_used(found), widths=(50, 20, 30)))
    if found.quote is not None:
        parts.append(Part(_("Costs"), _costs(found)))
    if done.warranty_until:
        told = _("Until %(day)s the same fault is repaired free of charge.")
        parts.append(Part(_("Warranty"), [told % {"day": done.warranty_until.isoformat()}]))
    signed = _("Signed for the firm by %(name)s on the technician's phone, %(at)s") % {
        "name": done.signed_by,
        "at": f"{done.signed_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
    }
    parts.append(Part(_("Signature"), [signed]))
    foot = _("Industry 120, service report")
    return Letter(_("Service report"), job.number, parts, (), foot, found.now)


def _machine(machine: Any) -> str:
    if machine is None:
        return "—"
    more = f"，{machine.special_number}" if machine.special_number else ""
    return f"{machine.kind.name}　{machine.name}（{machine.label}{more}）"


def _moments(found: Record) -> list[tuple[str, ...]]:
    head = (_("Moment"), _("When"), _("After the report"))
    told = f"{found.job.reported_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    rows = [
        (
            str(m.label),
            f"{m.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if m.at else "—",
            m.took or "—",
        )
        for m in moments_of(found.job)
    ]
    return [head, (_("Told"), told, ""), *rows]


def _used(found: Record) -> list[tuple[str, ...]]:
    head = (_("Part"), _("Quantity"), _("From whose store"))
    return [
        head,
        *((p.name, f"{p.quantity:g}", str(labels.STOCKS[p.stock])) for p in found.parts),
    ]


def _costs(found: Record) -> list[str]:
    quote = found.quote
    if quote is None:
        return []
    told = _("Together ¥%(total)s: the zone pays ¥%(zone)s, the firm pays ¥%(firm)s.")
    lines = [
        f"{line.item.name} × {line.quantity:g} {line.item.unit}　¥{line.amount_cny:,.2f}"
        for line in found.lines
    ]
    return [
        *lines,
        told
        % {
            "total": f"{quote.total_cny:,.2f}",
            "zone": f"{quote.zone_cny:,.2f}",
            "firm": f"{quote.firm_cny:,.2f}",
        },
    ]
