"""Raising a call on the phone: the firm itself, or its grid officer for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.kernel.models import Attachment
from qiying.kernel.web import actor_of
from qiying.slices.calls import operations, queries
from qiying.slices.calls.forms.firm import ON_MAP, PREMISES, RaiseForm
from qiying.slices.calls.forms.words import title_of
from qiying.slices.calls.models import Call
from qiying.slices.calls.rules import Channel, Nature, PositionSource, Purpose, Urgency
from qiying.slices.calls.views import uploads
from qiying.slices.calls.views.shared import hotline_of, send, uuid_of
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry

MOST_MATTERS = 8
UNIT_GROUPS: dict[str, Promise] = {
    "zone": _("Zone offices"),
    "department": _("County departments"),
    "township": _("Townships and sub-districts"),
    "utility": _("Utilities"),
    "company": _("State-owned companies"),
    "community": _("Communities"),
}
OBJECT_OF_SITE = {
    "construction_site": mandate.ObjectKind.CONSTRUCTION_SITE,
    "workshop": mandate.ObjectKind.WORKSHOP,
    "dormitory": mandate.ObjectKind.ENTERPRISE_DORMITORY,
    "port_yard": mandate.ObjectKind.PORT_YARD,
}


@dataclass(frozen=True, slots=True)
class Scene:
    """For which firm, by whom, and what may be chosen."""

    firm: registry.EnterpriseCard
    sites: tuple[registry.SiteCard, ...]
    matters: tuple[mandate.MatterCard, ...]
    units: tuple[registry.UnitCard, ...]
    hotline: str
    contact: tuple[str, str] = ("", "")
    """Name and phone to begin with."""
    is_on_behalf: bool = False
    is_found: bool = False
    """The officer found it on a visit: it counts as found by us."""
    follows: Call | None = None
    """The earlier call of this firm that is filed again."""

    def form(self, *args: Any, **options: Any) -> RaiseForm:
        return RaiseForm(
            *args,
            places=self._places(),
            matters=[(m.code, m.name) for m in self.matters],
            units=[(str(u.id), u.name) for u in self.units],
            **options,
        )

    def _places(self) -> list[tuple[str, str]]:
        own = self.firm.address or self.firm.name
        return [
            (PREMISES, gettext("On our premises: %(address)s") % {"address": own}),
            *((f"site:{s.id}", s.name) for s in self.sites),
            (ON_MAP, gettext("Somewhere else: mark it on the map")),
        ]


def scene_of(
    actor: Actor,
    firm: registry.EnterpriseCard,
    *,
    now: datetime,
    contact: tuple[str, str],
    is_on_behalf: bool = False,
    is_found: bool = False,
    follows: str = "",
) -> Scene:
    """Everything that the form offers, read in one scope."""
    with tenancy.reading(actor):
        cards = registry.units(actor).values()
        return Scene(
            firm=firm,
            sites=tuple(registry.sites(actor, firm.id)),
            matters=matters_for_firms(actor, timezone.localdate(now)),
            units=tuple(u for u in cards if u.kind in UNIT_GROUPS and not u.is_retired),
            hotline=hotline_of(actor),
            contact=contact,
            is_on_behalf=is_on_behalf,
            is_found=is_found,
            follows=_earlier(actor, firm, follows),
        )


def _earlier(actor: Actor, firm: registry.EnterpriseCard, follows: str) -> Call | None:
    """The firm's call whose id stands in the address, when it may be filed again."""
    if not follows:
        return None
    call = queries.get_by_public_id(actor, uuid_of(follows))
    if call.enterprise_id != firm.id:
        raise NotFound("not_found")
    return call


def matters_for_firms(actor: Actor, on: date) -> tuple[mandate.MatterCard, ...]:
    """The matters in force that a firm can have; what concerns residents only is left out."""
    return tuple(m for m in mandate.matters(actor, on) if not m.is_resident_matter)


def raise_page(request: HttpRequest, scene: Scene) -> HttpResponse:
    """The form; on POST the call, then its receipt."""
    now = timezone.now()
    actor = actor_of(request)
    if request.method != "POST":
        form = scene.form(initial=_initial(scene, request))
        return _show(request, scene, form, held=[], key="")
    held = uploads.kept(request, actor)
    form = scene.form(request.POST, request.FILES, kept_count=len(held))

    def work(attachments: list[int]) -> str:
        call = receive(actor, scene, form, attachments, now=now)
        return reverse("calls:receipt", args=[call.public_id])

    sent = send(request, form, work, held=held, now=now)
    if sent.response is not None:
        return sent.response
    return _show(request, scene, form, held=sent.kept, key=sent.key, status=422)


def _initial(scene: Scene, request: HttpRequest) -> dict[str, Any]:
    name, phone = scene.contact
    urgency = request.GET.get("urgency", "")
    return {
        "urgency": urgency if urgency in set(Urgency) else Urgency.NORMAL.value,
        "matter": again_of(scene),
        "where": PREMISES,
        "contact_name": name,
        "contact_phone": phone,
    }


def again_of(scene: Scene) -> str:
    """The matter to begin with: that of the call that is filed again, while firms can have it."""
    code = scene.follows.matter_code if scene.follows else ""
    return code if any(m.code == code for m in scene.matters) else ""


def receive(
    actor: Actor, scene: Scene, form: RaiseForm, attachments: list[int], *, now: datetime
) -> Call:
    """Raise the call that a sound form describes; the desk's form also says the channel."""
    data = form.cleaned_data
    text = data["text"] or spoken()
    title = title_of(data["text"]) or gettext("Voice note of %(firm)s") % {"firm": scene.firm.name}
    is_on_map = data["where"] == ON_MAP
    unit = data["complained_unit"]
    visit_id = None
    if scene.is_found:
        visit = operations.record_visit(
            actor, enterprise_id=scene.firm.id, text=text, purpose=Purpose.FOLLOW_UP, now=now
        )
        visit_id = visit.pk
    return operations.receive(
        actor,
        title=title[:80],
        text=text,
        now=now,
        enterprise_id=scene.firm.id,
        matter_code=data["matter"],
        urgency=data["urgency"],
        channel=data.get("channel") or _own_channel(scene),
        nature=Nature.COMPLAINT if unit else "",
        longitude=data["lon"] if is_on_map else None,
        latitude=data["lat"] if is_on_map else None,
        accuracy_m=data["accuracy_m"] if is_on_map else None,
        position_source=PositionSource.STATED if is_on_map else "",
        site_id=form.site_id,
        object_kind=_object_kind(scene, form),
        address=data["address"],
        attachments=attachments,
        complained_unit_id=int(unit) if unit else None,
        contact_name=data["contact_name"],
        contact_phone=data["contact_phone"],
        visit_id=visit_id,
        follows_id=scene.follows.pk if scene.follows else None,
    )


def _own_channel(scene: Scene) -> str:
    return Channel.ON_BEHALF if scene.is_on_behalf else Channel.ONLINE


def spoken() -> str:
    """What stands for the words of somebody who only spoke or photographed."""
    return gettext("(Nothing written; please listen to the voice note and look at the files.)")


def _object_kind(scene: Scene, form: RaiseForm) -> str:
    if form.cleaned_data["where"] == ON_MAP:
        return mandate.ObjectKind.PUBLIC_PLACE
    site = next((s for s in scene.sites if s.id == form.site_id), None)
    default = mandate.ObjectKind.ENTERPRISE_PREMISES
    return OBJECT_OF_SITE.get(site.kind, default) if site else default


def _show(
    request: HttpRequest,
    scene: Scene,
    form: RaiseForm,
    *,
    held: Sequence[Attachment],
    key: str,
    status: int = 200,
) -> HttpResponse:
    chosen = str(form["matter"].value() or "")
    context = {
        "scene": scene,
        "form": form,
        "held": held,
        "key": key,
        "matters": found_matters(scene.matters, "", chosen),
        "chosen_matter": next((m for m in scene.matters if m.code == chosen), None),
        "unit_groups": _grouped(scene.units),
        "layers": map_layers(scene.firm),
        "has_more_errors": any(form.errors.get(n) for n in ("complained_unit", "papers")),
        "draft": f"call-{scene.firm.id}",
    }
    return render(request, "calls/firm/raise.html", context, status=status)


def _grouped(units: Iterable[registry.UnitCard]) -> list[tuple[Promise, list[registry.UnitCard]]]:
    groups = [
        (label, sorted((u for u in units if u.kind == kind), key=lambda u: u.code))
        for kind, label in UNIT_GROUPS.items()
    ]
    return [(label, cards) for label, cards in groups if cards]


def map_layers(firm: registry.EnterpriseCard) -> list[dict[str, str]]:
    """What the small map draws: the zone's edge, the wall, roads and the firm's own ground."""
    labels = {"planned": "", "wall": gettext("Industrial wall"), "site": gettext("Own sites")}
    return [
        {
            "url": f"{reverse('calls:ground', args=[kind])}?firm={firm.public_id}",
            "kind": kind,
            "label": label,
        }
        for kind, label in labels.items()
    ]


def found_matters(
    matters: Sequence[mandate.MatterCard], q: str, chosen: str
) -> list[mandate.MatterCard]:
    """The matters that fit some words best, the chosen one always among them."""
    words = [w for w in q.lower().replace("，", " ").replace("、", " ").split() if w]
    ranked = [(_fit(m, words), m.code, m) for m in matters]
    best = [m for score, _code, m in sorted(ranked, key=lambda r: (-r[0], r[1])) if score > 0]
    kept = [m for m in matters if m.code == chosen]
    return kept + [m for m in best if m.code != chosen][:MOST_MATTERS]


def _fit(matter: mandate.MatterCard, words: Sequence[str]) -> int:
    """Points for how well a matter fits: its name counts more than its keywords."""
    names = f"{matter.name_zh} {matter.name_en}".lower()
    keys = [k.lower() for k in matter.keywords]
    score = 0
    for word in words:
        score += 4 * (word in names) + 3 * (word in keys)
        score += sum(1 for k in keys if k in word or word in k)
    return score
