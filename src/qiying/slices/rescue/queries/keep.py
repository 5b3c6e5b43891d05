"""What the pages of the registers ask beside the lists: skills, what runs out, price lists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from qiying.kernel.access import Actor
from qiying.slices.rescue.models import (
    Certificate,
    Equipment,
    Job,
    Manager,
    PriceItem,
    PriceList,
    Provider,
    Reading,
    Retrofit,
    Settlement,
    Shift,
    Technician,
)
from qiying.slices.rescue.queries._crew import in_force
from qiying.slices.rescue.queries._find import _one
from qiying.slices.rescue.queries._registers import Effect, effect, list_retrofits
from qiying.slices.rescue.rules import OPEN, Criticality, MachineState, SettlementState

MOST_ENDING = 60


def skills_by_provider(actor: Actor, on: date) -> dict[int, dict[str, int]]:
    """How many people of each provider hold a skill on a day; one query."""
    rows = Certificate.objects.visible_to(actor).filter(in_force(on), technician__left_on=None)
    counted = rows.values("technician__provider_id", "skill").annotate(
        n=Count("technician", distinct=True)
    )
    found: dict[int, dict[str, int]] = {}
    for row in counted.order_by("technician__provider_id", "skill"):
        found.setdefault(row["technician__provider_id"], {})[row["skill"]] = row["n"]
    return found


def skills_of(actor: Actor, technicians: list[int], on: date) -> dict[int, list[str]]:
    """The skills that people may use on a day; one query."""
    rows = Certificate.objects.visible_to(actor).filter(
        in_force(on), technician_id__in=technicians
    )
    found: dict[int, list[str]] = {}
    for pk, skill in rows.order_by("id").values_list("technician_id", "skill"):
        if skill not in found.setdefault(pk, []):
            found[pk].append(skill)
    return found


def ending_certificates(actor: Actor, today: date, until: date) -> list[Certificate]:
    """Certificates of people in work that end soon or have ended lately, the soonest first."""
    rows = Certificate.objects.visible_to(actor).filter(
        until_on__lte=until, until_on__gte=today.replace(year=today.year - 1, day=1)
    )
    rows = rows.filter(technician__left_on=None)
    rows = rows.select_related("technician__person", "technician__provider")
    return list(rows.order_by("until_on", "id")[:MOST_ENDING])


@dataclass(frozen=True, slots=True)
class Prices:
    """A version of the prices with its rows."""

    version: PriceList
    items: tuple[PriceItem, ...]


def price_lists(actor: Actor, provider: Provider) -> list[Prices]:
    """Every version, newest first; two queries."""
    lists = list(
        PriceList.objects.visible_to(actor).filter(provider=provider).order_by("-from_on")
    )
    found: dict[int, list[PriceItem]] = {}
    rows = PriceItem.objects.visible_to(actor).filter(price_list__provider=provider)
    for item in rows.order_by("is_part", "code"):
        found.setdefault(item.price_list_id, []).append(item)
    return [Prices(v, tuple(found.get(v.pk, ()))) for v in lists]


def people_at_work(actor: Actor) -> frozenset[int]:
    """Keys of the persons who work for some provider now."""
    rows = Technician.objects.visible_to(actor).filter(left_on=None)
    return frozenset(rows.values_list("person_id", flat=True))


def managers_now(actor: Actor, provider: Provider) -> frozenset[int]:
    """Keys of the persons who lead a provider's people now."""
    rows = Manager.objects.visible_to(actor).filter(provider=provider, is_current=True)
    return frozenset(rows.values_list("person_id", flat=True))


def roster_people(actor: Actor, provider_id: int) -> list[Technician]:
    """Whose weeks are shown: people in work, by provider."""
    rows = Technician.objects.visible_to(actor).filter(left_on=None)
    if provider_id:
        rows = rows.filter(provider_id=provider_id)
    rows = rows.select_related("person", "provider", "station")
    return list(rows.order_by("provider_id", "id"))


def provider_of(actor: Actor, public_id: object) -> Provider:
    """One provider by the id in its address."""
    return _one(Provider.objects.visible_to(actor), public_id=public_id)


def technician_by_public_id(actor: Actor, public_id: object) -> Technician:
    """Somebody in work, by the id that machines know."""
    return _one(Technician.objects.visible_to(actor), public_id=public_id)


def settlement_of(actor: Actor, public_id: object) -> Settlement:
    """One settlement by the id in its address."""
    rows = Settlement.objects.visible_to(actor).select_related(
        "provider", "budget", "drawn_by", "checked_by", "paid_by"
    )
    return _one(rows, public_id=public_id)


def settlement_sums(actor: Actor) -> Mapping[str, int]:
    """How many settlements stand in each state."""
    rows = Settlement.objects.visible_to(actor).values("state").annotate(n=Count("pk"))
    found = {row["state"]: row["n"] for row in rows.order_by("state")}
    return {str(state): found.get(state, 0) for state in SettlementState}


def retrofit_of(actor: Actor, public_id: object) -> Retrofit:
    """One project by the id in its address."""
    return _one(list_retrofits(actor), public_id=public_id)


def effects(actor: Actor, rows: list[Retrofit]) -> dict[int, Effect | None]:
    """The effects of some projects, in one query."""
    readings: dict[int, list[Reading]] = {}
    for reading in Reading.objects.visible_to(actor).filter(retrofit__in=rows):
        readings.setdefault(reading.retrofit_id, []).append(reading)
    return {row.pk: effect(row, readings.get(row.pk, [])) for row in rows}


def shift_rows(actor: Actor, start: datetime, end: datetime) -> "QuerySet[Shift]":
    """Shifts that begin in a period; page them by ``("starts_at", "id")``."""
    rows = Shift.objects.visible_to(actor).filter(starts_at__gte=start, starts_at__lt=end)
    return rows.select_related("technician__person", "technician__provider", "station")


def shift_of(actor: Actor, shift_id: int) -> Shift:
    """One shift with who is on duty and where."""
    rows = Shift.objects.visible_to(actor)
    rows = rows.select_related("technician__person", "technician__provider", "station")
    return _one(rows, pk=shift_id)


def machine_sums(actor: Actor) -> Mapping[str, int]:
    """How many machines stand in the register, of how many firms, and of which weight."""
    rows = Equipment.objects.visible_to(actor).exclude(state=MachineState.SCRAPPED)
    found: Mapping[str, int] = rows.aggregate(
        machines=Count("pk"),
        firms=Count("enterprise", distinct=True),
        special=Count("pk", filter=Q(kind__is_special=True)),
        critical=Count("pk", filter=Q(criticality=Criticality.STOPS_LINE)),
    )
    return found


def jobs_of_machines(actor: Actor, machines: list[int]) -> dict[int, tuple[int, int]]:
    """Rescues of machines, and how many of them are open, in one query."""
    rows = Job.objects.visible_to(actor).filter(equipment__in=machines)
    counted = rows.values("equipment_id").annotate(
        n=Count("pk"), open=Count("pk", filter=Q(state__in=sorted(OPEN)))
    )
    return {r["equipment_id"]: (r["n"], r["open"]) for r in counted.order_by("equipment_id")}


def machines_by_key(actor: Actor, keys: Iterable[int]) -> "QuerySet[Equipment]":
    """Some machines, as far as this actor may see them."""
    return Equipment.objects.visible_to(actor).filter(pk__in=list(keys))


def settlements_by_key(actor: Actor, keys: Iterable[int]) -> "QuerySet[Settlement]":
    """Some settlements, as far as this actor may see them."""
    return Settlement.objects.visible_to(actor).filter(pk__in=list(keys))
