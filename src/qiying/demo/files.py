"""The generated zone as files that the register imports: one function a kind of file."""

import csv
import io
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from qiying.demo.enterprises import Enterprise
from qiying.demo.geography import FOUNDED_ON, WALL_REFORM_ON, Geography, Segment
from qiying.demo.organisations import Organisations, Unit
from qiying.demo.shapes import point_geojson, track_geojson
from qiying.demo.sites import Site

#: Stretches that are drawn on the map; mains and cables lie under the streets and share their line.
_DRAWN = {"road": "road", "bridge": "road", "river": "river"}
_OWN_GROUND_M, _RENTED_M = 5, 10
_FLAG = {True: "是", False: "否"}
Row = Mapping[str, object]


def units_file(units: Iterable[Unit]) -> bytes:
    """Units with their parents."""
    return _csv(
        {
            "code": unit.code,
            "name_zh": unit.name_zh,
            "English name": unit.name_en,
            "kind": unit.kind,
            "parent": unit.parent,
            "phone": unit.phone,
        }
        for unit in units
    )


def areas_file(geography: Geography) -> bytes:
    """Boundaries, walls, grids, townships, villages, estates, streets and the river."""
    features = [
        _feature(
            kind=row.kind,
            key=row.code,
            names=(row.name_zh, row.name_en),
            geometry=row.area.geojson(),
            since=row.since,
            until=row.until,
        )
        for row in geography.boundaries
    ]
    for kind, rows, since in (
        ("grid", geography.grids, WALL_REFORM_ON),
        ("township", geography.townships, FOUNDED_ON),
        ("village", geography.villages, FOUNDED_ON),
    ):
        features += [
            _feature(
                kind=kind,
                key=row.code,
                names=(row.name_zh, row.name_en),
                geometry=row.area.geojson(),
                since=since,
                unit=_township_of(kind, row),
            )
            for row in rows
        ]
    features += _estates(geography)
    features += [_stretch(row) for row in geography.segments if row.kind in _DRAWN]
    return _geojson(features)


def _township_of(kind: str, row: Any) -> str | None:
    return {"township": row.code, "village": getattr(row, "township", None)}.get(kind)


def _estates(geography: Geography) -> Iterator[dict[str, Any]]:
    for row in geography.neighbourhoods:
        yield _feature(
            kind="neighbourhood",
            key=row.code,
            names=(row.name_zh, row.name_en),
            geometry=row.area.geojson(),
            since=FOUNDED_ON,
            unit=row.township,
            households=row.households,
            residents=row.residents,
        )


def _stretch(row: Segment) -> dict[str, Any]:
    return _feature(
        kind=_DRAWN[row.kind],
        key=row.code,
        names=(row.name_zh, row.name_en),
        geometry=track_geojson(row.track),
        since=FOUNDED_ON,
        unit=row.owner,
    )


def _feature(
    *,
    kind: str,
    key: str,
    names: tuple[str, str],
    geometry: dict[str, object],
    since: date,
    **more: object,
) -> dict[str, Any]:
    until = more.pop("until", None)
    properties = {
        "kind": kind,
        "key": key,
        "name": names[0],
        "English name": names[1],
        "from": since.isoformat(),
        "until": until.isoformat() if isinstance(until, date) else None,
        **more,
    }
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def firms_file(firms: Iterable[Enterprise]) -> bytes:
    """Market entities, each with the first person to ring."""
    return _csv(
        {
            "credit code": firm.credit_code,
            "name_zh": firm.name_zh,
            "English name": firm.name_en,
            "entity_kind": firm.kind,
            "industry_code": firm.industry_code,
            "address": firm.address_zh,
            "longitude": firm.position[0],
            "latitude": firm.position[1],
            "accuracy_m": _OWN_GROUND_M if firm.is_whole_parcel else _RENTED_M,
            "staff_count": firm.staff,
            "capital_cny": firm.capital_cny,
            "registered_on": firm.registered_on.isoformat(),
            "is_above_scale": _FLAG[firm.is_above_scale],
            "belongs_to_zone": _FLAG[firm.belongs_to_zone],
            "township_code": firm.township,
            "contact_name": firm.contacts[0].name_zh,
            "contact_phone": firm.contacts[0].phone,
            "contact_title": firm.contacts[0].title_zh,
        }
        for firm in firms
    )


def second_contacts_file(firms: Iterable[Enterprise]) -> bytes:
    """The second person to ring of those firms that have two."""
    return _csv(
        {
            "credit code": firm.credit_code,
            "name_zh": firm.name_zh,
            "contact_name": contact.name_zh,
            "contact_phone": contact.phone,
            "contact_title": contact.title_zh,
        }
        for firm in firms
        for contact in firm.contacts[1:2]
    )


def sites_file(sites: Iterable[Site], credit_codes: Mapping[str, str]) -> bytes:
    """Sites of the firms given by `credit_codes` (by the firm's code) and of units."""
    return _geojson(
        {
            "type": "Feature",
            "properties": {
                "key": site.code,
                "kind": site.kind,
                "name": site.name_zh,
                "English name": site.name_en,
                "credit code": credit_codes.get(site.enterprise or ""),
                "owner unit": site.unit,
                "from": site.since.isoformat(),
                "until": site.until.isoformat() if site.until else None,
            },
            "geometry": site.area.geojson() if site.area else point_geojson(site.position),
        }
        for site in sites
        if site.enterprise is None or site.enterprise in credit_codes
    )


def staff_file(organisations: Organisations, since: date) -> bytes:
    """Everybody who works for the zone, one line a role."""
    return _csv(
        {
            "username": person.username,
            "name": person.name_zh,
            "phone": person.phone,
            "role": post.role,
            "unit": post.unit,
            "valid_from": since.isoformat(),
        }
        for person in organisations.people
        for post in person.posts
    )


def callers_file(firms: Iterable[Enterprise], callers: Collection[str], since: date) -> bytes:
    """The person who signs in for each firm that calls; `callers` are the firms' codes."""
    return _csv(
        {
            "username": username_of(firm.code),
            "name": firm.contacts[0].name_zh,
            "phone": firm.contacts[0].phone,
            "role": "enterprise",
            "credit code": firm.credit_code,
            "valid_from": since.isoformat(),
        }
        for firm in firms
        if firm.code in callers
    )


def username_of(firm: str) -> str:
    """The user name of the person who signs in for a firm."""
    return firm.lower()


def _csv(rows: Iterable[Row]) -> bytes:
    target = io.StringIO(newline="")
    writer: csv.DictWriter[str] | None = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(target, list(row))
            writer.writeheader()
        writer.writerow(row)
    return target.getvalue().encode()


def _geojson(features: Iterable[dict[str, Any]]) -> bytes:
    collection = {"type": "FeatureCollection", "features": list(features)}
    return json.dumps(collection, ensure_ascii=False).encode()
