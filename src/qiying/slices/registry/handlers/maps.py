"""Boundaries and sites as layers for the maps of other programs."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from qiying.kernel import layers
from qiying.kernel.access import STAFF, Actor, Role
from qiying.slices.registry import queries
from qiying.slices.registry.models.labels import AREA_KINDS
from qiying.slices.registry.rules.kinds import LINES, AreaKind

READERS = {*STAFF, Role.ENTERPRISE, Role.MACHINE}
AREAS: dict[str, AreaKind] = {
    "planned": AreaKind.PLANNED,
    "developed": AreaKind.DEVELOPED,
    "walls": AreaKind.WALL,
    "grids": AreaKind.GRID,
    "townships": AreaKind.TOWNSHIP,
    "neighbourhoods": AreaKind.NEIGHBOURHOOD,
    "villages": AreaKind.VILLAGE,
    "rivers": AreaKind.RIVER,
    "roads": AreaKind.ROAD,
}


def _areas_of(kind: AreaKind) -> layers.Source:
    def source(actor: Actor, window: layers.Window) -> list[layers.Item]:
        rows = queries.list_areas_on(actor, timezone.localdate(), [kind])
        return layers.in_order(
            (
                layers.Item(
                    row.pk,
                    row.key,
                    row.geometry,
                    {
                        "kind": row.kind,
                        "name_zh": row.name_zh,
                        "name_en": row.name_en,
                        "area_m2": round(row.area_m2, 1),
                        "valid_from": row.valid_from.isoformat(),
                    },
                )
                for row in rows.filter(id__gt=window.after).order_by("id")
            ),
            window,
        )

    return source


def _sites(actor: Actor, window: layers.Window) -> list[layers.Item]:
    rows = queries.list_sites(actor, on=timezone.localdate()).filter(id__gt=window.after)
    return layers.in_order(
        (
            layers.Item(
                row.pk,
                str(row.public_id),
                row.geometry,
                {
                    "key": row.key,
                    "kind": row.kind,
                    "name_zh": row.name_zh,
                    "name_en": row.name_en,
                    "area_m2": round(row.area_m2, 1),
                },
            )
            for row in rows.order_by("id").iterator(chunk_size=500)
        ),
        window,
    )


_titles = dict(AREA_KINDS)
for _name, _kind in AREAS.items():
    _shape = "LineString" if _kind in LINES else "Polygon"
    layers.provider(_name, _titles[_kind], geometry=_shape, roles=READERS)(_areas_of(_kind))
layers.provider("sites", _("Sites"), geometry="Polygon", roles=READERS)(_sites)
